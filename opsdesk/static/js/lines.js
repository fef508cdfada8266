// Lines of a form: <table data-lines="FIELD"> with inputs f-FIELD-ROW-COL and a <template data-line> whose names carry
// __row__. [data-add-line] adds a row; a paste from Excel spreads over cells and adds the rows it needs.
import { say } from "./live.js";

export function parse(text) {
  const rows = [[""]];
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    const row = rows.at(-1);
    if (sign === '"' && (quoted || row.at(-1) === "")) {
      if (quoted && text[at + 1] === '"') { row[row.length - 1] += '"'; at += 1; } else quoted = !quoted;
    } else if (sign === "\t" && !quoted) row.push("");
    else if (sign === "\n" && !quoted) rows.push([""]);
    else if (sign !== "\r" || quoted) row[row.length - 1] += sign;
  }
  if (rows.length > 1 && rows.at(-1).join("") === "") rows.pop();
  return rows;
}

const lines = (table) => [...table.tBodies[0].rows].filter((row) => row.querySelector("[name]"));
const cells = (row) => [...row.querySelectorAll("input:not([type=hidden], [type=file]), select, textarea")];

export function addLine(table) {
  const template = table.querySelector("template[data-line]") ?? table.parentElement.querySelector("template[data-line]");
  if (!template) return null;
  const number = lines(table).reduce((most, row) => Math.max(most, Number(row.dataset.row ?? -1)), -1) + 1;
  const piece = template.content.cloneNode(true);
  const row = piece.querySelector("tr");
  row.dataset.row = number;
  for (const node of row.querySelectorAll("*")) {
    for (const name of ["name", "id", "for", "aria-label", "aria-labelledby", "aria-describedby"]) {
      const value = node.getAttribute(name);
      if (value) node.setAttribute(name, value.replaceAll("__row__", number).replaceAll("__n__", number + 1));
    }
    if (node.textContent === "__n__") node.textContent = number + 1;
  }
  table.tBodies[0].append(piece);
  const count = document.querySelector(`[data-line-count="${table.dataset.lines}"]`);
  if (count) count.value = number + 1;
  return row;
}

function put(field, value) {
  const text = value.trim();
  if (field.tagName === "SELECT") {
    const option = [...field.options].find((one) => one.text.trim() === text || one.value === text);
    if (option) field.value = option.value;
  } else if (field.type === "checkbox") field.checked = ["1", "○", "はい", "TRUE", "true", "レ"].includes(text);
  else field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("paste", (event) => {
  const field = event.target.closest("[data-lines] input, [data-lines] textarea, [data-lines] select");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!field || !/[\t\n]/.test(text.trimEnd())) return;
  event.preventDefault();
  const table = field.closest("[data-lines]");
  const grid = parse(text);
  const all = lines(table);
  let row = all.indexOf(field.closest("tr"));
  const column = cells(all[row]).indexOf(field);
  for (const values of grid) {
    const line = lines(table)[row] ?? addLine(table);
    if (!line) break;
    cells(line).slice(column, column + values.length).forEach((cell, at) => put(cell, values[at]));
    row += 1;
  }
  say(`${grid.length}行を貼り付けました`);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add-line]");
  if (!button) return;
  const table = document.querySelector(`[data-lines="${button.dataset.addLine}"]`);
  const row = table && addLine(table);
  if (row) { cells(row)[0]?.focus(); event.preventDefault(); }
});
