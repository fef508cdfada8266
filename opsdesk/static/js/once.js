// A form is sent once: the second click does nothing and the button says so. [data-no-busy] stays out of it.
const label = "記録しています";

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy=true]")) {
    button.removeAttribute("aria-busy");
    button.innerHTML = button.dataset.was ?? button.innerHTML;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("data-no-busy")) return;
  if (form.dataset.sent) { event.preventDefault(); event.stopImmediatePropagation(); return; }
  form.dataset.sent = "1";
  const button = event.submitter ?? form.querySelector("[type=submit], button:not([type])");
  if (!button?.matches("button")) return;
  button.dataset.was = button.innerHTML;
  button.setAttribute("aria-busy", "true");
  button.textContent = button.dataset.busy ?? label;
}, true);

window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("form");
  if (form) release(form);
});
