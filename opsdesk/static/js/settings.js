// The settings of a duty: what the choice does not use is hidden ([data-when="NAME=VALUE,VALUE"]), and a select
// with a button of its own ([data-resubmit="NAME"]) sends it by itself. The server reads both the same way without.
const form = document.getElementById("settings");

function chosen(name) {
  const field = form.elements[name];
  return field?.value ?? "";
}

function show() {
  for (const part of form.querySelectorAll("[data-when]")) {
    const [name, values] = part.dataset.when.split("=");
    part.hidden = !values.split(",").includes(chosen(name));
  }
}

if (form) {
  show();
  form.addEventListener("change", show);
  let isSent = false;
  let isTouched = false;
  form.addEventListener("input", () => { isTouched = true; });
  form.addEventListener("submit", () => { isSent = true; });
  window.addEventListener("beforeunload", (event) => { if (isTouched && !isSent) event.preventDefault(); });
  for (const button of form.querySelectorAll("[data-resubmit]")) {
    const select = form.elements[button.dataset.resubmit];
    button.hidden = true;
    select.addEventListener("change", (event) => {
      event.stopPropagation(); // the page comes anew: no look at the old one
      form.requestSubmit(button);
    });
    // Chosen before this script was there.
    const given = [...select.options].find((option) => option.defaultSelected) ?? select.options[0];
    if (given && select.value !== given.value) form.requestSubmit(button);
  }
}
