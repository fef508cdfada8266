// The grid of a draft, <form data-grid>: arrows move from cell to cell, 1 2 3 0 set ◎ ○ △ blank, a block from Excel is
// pasted where the focus is (the server reads it), and what is not saved is not left by accident.
// The keys act only while a cell of the grid has the focus.
import { parse, say } from "./ops.js";

const MARKS = { 0: "", 1: "main", 2: "support", 3: "related" };
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const grid = () => document.querySelector("form[data-grid]");
const cells = (row) => [...row.querySelectorAll("select[data-col]")];
const glyph = (field) => field.selectedOptions[0]?.text || "空";
let leaving = false;

const typed = (field) => (field.tagName === "SELECT"
  ? !field.selectedOptions[0]?.defaultSelected && [...field.options].some((option) => option.defaultSelected)
  : field.value !== field.defaultValue);
const isDirty = (form) => form.hasAttribute("data-dirty") || [...form.querySelectorAll("[data-col]")].some(typed);

function show(field) {
  const cell = field.closest("td[data-was]");
  if (!cell) return;
  const was = cell.dataset.was;
  const isChanged = glyph(field) !== was;
  cell.classList.toggle("chg", isChanged);
  cell.querySelector(".was-m")?.remove();
  if (isChanged) field.before(Object.assign(document.createElement("span"), { className: "was-m", textContent: `${was}→` }));
  if (field.matches(".mk")) field.className = field.value ? `mk mk-${field.value}` : "mk";
}

function step(field, [down, right]) {
  const rows = [...field.closest("tbody").rows].filter((row) => cells(row).length);
  const at = rows.indexOf(field.closest("tr"));
  const column = cells(rows[at]).indexOf(field);
  const next = cells(rows[at + down] ?? rows[at])[column + right];
  next?.focus();
}

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("form[data-grid] select[data-col]");
  if (!field || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key in STEPS) { event.preventDefault(); step(field, STEPS[event.key]); return; }
  if (!field.matches(".mk")) return;
  const digit = event.key.normalize("NFKC");
  if (!(digit in MARKS)) return;
  event.preventDefault();
  field.value = MARKS[digit];
  field.dispatchEvent(new Event("change", { bubbles: true }));
});

document.addEventListener("change", (event) => {
  if (event.target.closest?.("form[data-grid]") && event.target.matches("select[data-col]")) show(event.target);
});

document.addEventListener("paste", (event) => {
  const field = event.target.closest?.("form[data-grid] [data-col]");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!field || !text) return;
  if (field.tagName === "INPUT" && !/[\t\n]/.test(text.trimEnd())) return; // a word into a text: the browser's own
  event.preventDefault();
  const form = field.form;
  const key = /^c-(-?\d+)-/.exec(field.id)[1];
  form.elements.paste.value = text;
  form.elements.paste_column.value = field.dataset.col;
  const go = document.getElementById("paste-go");
  go.value = `paste:${key}`;
  go.click();
  say(`${parse(text).length}行を貼り付けています`);
});

function settle() {
  const form = grid();
  const id = form?.dataset.focusOn;
  if (id) (document.getElementById(id) ?? document.getElementById("s-g"))?.focus();
}
// While the server draws the grid anew nothing is typed into the old one, which would be lost.
const ofGrid = (event) => event.detail.elt.closest?.("form[data-grid]");
document.addEventListener("htmx:beforeRequest", (event) => { const form = ofGrid(event); if (form) form.inert = true; });
document.addEventListener("htmx:afterRequest", (event) => { const form = ofGrid(event); if (form) form.inert = false; });
document.addEventListener("htmx:afterSettle", (event) => { if (event.detail.elt.matches?.("form[data-grid]")) settle(); });

document.addEventListener("submit", (event) => { if (event.target.matches("form[data-grid]")) leaving = true; });
window.addEventListener("pageshow", () => { leaving = false; });
window.addEventListener("beforeunload", (event) => {
  const form = grid();
  if (form && !leaving && isDirty(form)) event.preventDefault();
});
