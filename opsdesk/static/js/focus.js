// Focus goes where the page says it should: [data-focus] on load and in what htmx brought.
import { say } from "./live.js";

const find = (root, selector) => (root.matches?.(selector) ? root : root.querySelector?.(selector));

function settle(root) {
  find(root, "[data-focus]")?.focus();
}
// Who is in a field already, before this script was there, stays in it.
if (document.activeElement === document.body) settle(document);

document.addEventListener("htmx:afterSettle", (event) => {
  const root = event.detail.elt;
  settle(root);
  const spoken = find(root, "[data-say]");
  if (spoken) say(spoken.dataset.say);
});
document.addEventListener("htmx:beforeRequest", (event) => event.detail.target?.setAttribute("aria-busy", "true"));
document.addEventListener("htmx:afterRequest", (event) => event.detail.target?.removeAttribute("aria-busy"));
for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, () => say("読み込めませんでした。ページを再読込してください。"));
}
