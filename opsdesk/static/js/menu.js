// Menus, toasts, printing: what opens also closes, and buttons that need this file show only with it.
const shut = (except) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) if (menu !== except) menu.open = false;
};
document.addEventListener("click", (event) => {
  shut(event.target.closest("details[data-menu]"));
  const close = event.target.closest("[data-close]");
  if (close) close.closest("[data-toast]").remove();
  if (event.target.closest("[data-print]")) window.print();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest("details[data-menu][open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});
export function reveal(root) {
  for (const button of root.querySelectorAll("[data-close][hidden], [data-print][hidden]")) button.hidden = false;
}
reveal(document);
document.addEventListener("htmx:load", (event) => reveal(event.detail.elt));
