// Django's admin: a field that is searched says its own name to screen readers, whenever it is made.
function name() {
  for (const shown of document.querySelectorAll(".select2-selection__rendered:not([aria-label])")) {
    const field = document.getElementById(shown.id.replace(/^select2-|-container$/g, ""));
    if (field?.labels?.length) shown.setAttribute("aria-label", field.labels[0].textContent.replace(/[:：]\s*$/, "").trim());
  }
}

name();
new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
