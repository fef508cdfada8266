// Keys: / j k x e c Enter Esc ? Ctrl+Enter. Single letters are off in fields, and with <body data-keys="off">.
// A list marks its container [data-items]; in a row: [data-open] or the first link, [data-edit] or .t-act's link, a checkbox.
const dialog = document.getElementById("keys");
let cursor = null;

const rows = () => [...document.querySelectorAll("[data-items] > *")].filter((row) => row.offsetParent !== null);

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(cursor);
  const next = all[Math.min(all.length - 1, Math.max(0, at + step))] ?? all[0];
  cursor?.classList.remove("cursor");
  cursor = next;
  cursor.classList.add("cursor");
  (cursor.querySelector("[data-open], .t-name, a[href]") ?? cursor).focus({ preventScroll: true });
  cursor.scrollIntoView({ block: "nearest" });
}

function leave(target) {
  const form = target.closest("form");
  const cancel = form?.querySelector("[data-cancel]") ?? document.querySelector("form [data-cancel]");
  if (cancel) cancel.click();
  else target.blur();
}

function search() {
  const field = document.querySelector(".find input, [role=search] input[type=search], [role=search] input[name=q]");
  field?.focus();
  return Boolean(field);
}

const letters = {
  "/": search,
  j: () => move(1),
  k: () => move(-1),
  x: () => cursor?.querySelector("input[type=checkbox]")?.click(),
  e: () => cursor?.querySelector("[data-edit], .t-act a, .t-act button")?.click(),
  c: () => document.querySelector("[data-comment]")?.focus(),
  "?": () => dialog?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey) return; // an IME's Enter is not ours
  const { target, key } = event;
  if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = target.closest("form");
    if (form) { event.preventDefault(); form.requestSubmit(form.querySelector(".btn-p[type=submit], .btn-p:not([type])")); }
    return;
  }
  if (event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
  const typing = target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  if (key === "Escape") { if (typing || target.closest("form")) leave(target); return; }
  if (typing || document.body.dataset.keys === "off" || !(key in letters)) return;
  event.preventDefault();
  letters[key]();
});

for (const button of document.querySelectorAll("[data-keys-open]")) {
  button.hidden = false;
  button.addEventListener("click", () => dialog?.showModal());
}
