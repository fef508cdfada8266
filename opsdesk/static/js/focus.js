// Focus goes where the page says it should: [data-focus] on load and in what htmx brought.
import { say } from "./live.js";

function settle(root) {
  const target = root.matches?.("[data-focus]") ? root : root.querySelector("[data-focus]");
  target?.focus();
  return target;
}
settle(document);

document.addEventListener("htmx:afterSettle", (event) => {
  const root = event.detail.elt;
  settle(root);
  const spoken = root.querySelector?.("[data-say]");
  if (spoken) say(spoken.dataset.say);
});
document.addEventListener("htmx:beforeRequest", (event) => event.detail.target?.setAttribute("aria-busy", "true"));
document.addEventListener("htmx:afterRequest", (event) => event.detail.target?.removeAttribute("aria-busy"));
for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, () => say("読み込めませんでした。ページを再読込してください。"));
}
