// Passwords can be read while they are typed; codes may be typed full width.
for (const button of document.querySelectorAll("[data-show]")) {
  const field = document.getElementById(button.dataset.show);
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
    button.textContent = shown ? "表示" : "隠す";
  });
  field.form?.addEventListener("submit", () => { field.type = "password"; });
}
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-narrow]")) event.target.value = event.target.value.normalize("NFKC").trim();
});
