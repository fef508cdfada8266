// Canned sentences: Alt and a digit, or a button, put one into the answer where the cursor stands.
const field = document.querySelector("[data-answer]");
const buttons = [...document.querySelectorAll("[data-canned]")];

function put(button) {
  field.focus();
  field.setRangeText(button.dataset.canned, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

for (const button of buttons) {
  button.hidden = false;
  button.addEventListener("click", () => put(button));
}
field?.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const button = buttons.find((one) => one.dataset.key === event.code.replace("Digit", ""));
  if (button) { event.preventDefault(); put(button); }
});
