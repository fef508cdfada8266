// What somebody has typed outlives the session: kept in this browser by user and form (<form data-draft="NAME">),
// put back with a note, thrown away when the server says that it was saved (saved.js) or after seven days.
// Passwords, files and hidden fields are never kept.
import { addLine } from "./lines.js";

const user = document.body.dataset.user;
const WEEK = 7 * 86400 * 1000;
const key = (form) => `draft:${user}:${form.dataset.draft}`;
const kept = (field) => field.name && !field.matches("[type=hidden], [type=password], [type=file], [type=submit], button");
const fields = (form) => [...form.elements].filter(kept);
const value = (field) => (field.matches("[type=checkbox], [type=radio]") ? field.checked : field.value);
const id = (field) => (field.matches("[type=checkbox], [type=radio]") ? `${field.name}=${field.value}` : field.name);
// What the page came with, whatever was typed before this script was there.
const given = (field) => {
  if (field.matches("[type=checkbox], [type=radio]")) return field.defaultChecked;
  if (!field.matches("select")) return field.defaultValue;
  return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value ?? "";
};
const original = (form) => Object.fromEntries(fields(form).map((field) => [id(field), given(field)]));
const snapshot = (form) => Object.fromEntries(fields(form).map((field) => [id(field), value(field)]));
const read = (name) => { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } };
const write = (name, data) => { try { localStorage.setItem(name, JSON.stringify(data)); } catch { /* full: only the draft is lost */ } };
const mine = () => Object.keys(localStorage).filter((name) => name.startsWith(`draft:${user}:`));

function tidy() {
  for (const name of mine()) {
    const draft = read(name);
    if (!draft || Date.now() - draft.at > WEEK) localStorage.removeItem(name);
  }
}

function note(form, draft, before) {
  const line = document.createElement("p");
  line.className = "note note-warn draft";
  line.setAttribute("role", "status");
  const text = document.createElement("span");
  const at = new Date(draft.at);
  text.textContent = `${at.getMonth() + 1}/${at.getDate()} ${at.getHours()}:${String(at.getMinutes()).padStart(2, "0")} に入力していた内容を戻しました。まだ記録されていません。`;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-s";
  button.textContent = "破棄";
  button.addEventListener("click", () => { fill(form, before, true); localStorage.removeItem(key(form)); line.remove(); });
  line.append(text, button);
  form.prepend(line);
}

// Put `values` in; what is typed already stays unless `all`.
function fill(form, values, all) {
  for (const name of Object.keys(values)) {
    const [, field, row] = /^f-(.+)-(\d+)-[^-]+$/.exec(name.split("=")[0]) ?? [];
    const table = field && form.querySelector(`[data-lines="${field}"]`);
    while (table && !form.elements[name.split("=")[0]] && table.tBodies[0].rows.length <= Number(row) && addLine(table));
  }
  for (const field of fields(form)) {
    const old = values[id(field)];
    if (old === undefined || old === value(field) || (!all && value(field) !== given(field))) continue;
    if (typeof old === "boolean") field.checked = old; else field.value = old;
    field.dispatchEvent(new Event("change"));
  }
}

// Of a form that came with other fields meanwhile, those that are gone say nothing; rows may be added.
const differs = (values, before) =>
  Object.keys(values).some((name) => values[name] !== before[name] && (name in before || /^f-.+-\d+-/.test(name)));

function bind(form) {
  if (form.dataset.draftBound) return;
  form.dataset.draftBound = "1";
  const before = original(form);
  const draft = read(key(form));
  // What a form comes back with, refused or filled in by the server, is newer than what was kept before it was sent.
  const isAnswer = "posted" in document.body.dataset || document.querySelector(".errsum");
  if (draft && !isAnswer && differs(draft.values, before)) { fill(form, draft.values); note(form, draft, before); }
  let timer = 0;
  const keep = (sent) => { clearTimeout(timer); timer = 0; write(key(form), { at: Date.now(), sent, values: snapshot(form) }); };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(keep, 300, false); });
  form.addEventListener("submit", () => keep(true));
  window.addEventListener("pagehide", () => { if (timer) keep(false); }); // left while the last letters waited
  if (isAnswer && draft?.sent) keep(true);
}

if (user) {
  tidy();
  const all = (root) => root.querySelectorAll("form[data-draft]").forEach(bind);
  all(document);
  document.addEventListener("htmx:load", (event) => all(event.detail.elt.parentElement ?? event.detail.elt));
}
