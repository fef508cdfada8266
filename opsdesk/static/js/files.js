// Files: drop or paste them on [data-drop] (or anywhere in its form); the chosen names stand in [data-files].
const input = (zone) => zone.querySelector("input[type=file]");

function show(zone) {
  const list = zone.querySelector("[data-files]");
  if (!list) return;
  list.replaceChildren(...[...input(zone).files].map((file, at) => {
    const item = document.createElement("span");
    item.textContent = `${file.name}(${Math.max(1, Math.round(file.size / 1024)).toLocaleString()}KB) `;
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "btn-link";
    drop.textContent = "外す";
    drop.setAttribute("aria-label", `外す: ${file.name}`);
    drop.addEventListener("click", () => { take(zone, [...input(zone).files].filter((_, other) => other !== at), true); });
    item.append(drop);
    return item;
  }));
}

function take(zone, files, replace = false) {
  const field = input(zone);
  const box = new DataTransfer();
  const old = replace || !field.multiple ? [] : [...field.files];
  for (const file of field.multiple || replace ? [...old, ...files] : files.slice(0, 1)) box.items.add(file);
  field.files = box.files;
  show(zone);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("change", (event) => {
  const zone = event.target.matches("input[type=file]") && event.target.closest("[data-drop]");
  if (zone) show(zone);
});
for (const kind of ["dragenter", "dragover"]) {
  document.addEventListener(kind, (event) => {
    const zone = event.target.closest?.("[data-drop]");
    if (zone) { event.preventDefault(); zone.dataset.over = ""; }
  });
}
document.addEventListener("dragleave", (event) => { delete event.target.closest?.("[data-drop]")?.dataset.over; });
document.addEventListener("drop", (event) => {
  const zone = event.target.closest?.("[data-drop]");
  if (!zone) return;
  event.preventDefault();
  delete zone.dataset.over;
  take(zone, [...event.dataTransfer.files]);
});
document.addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  const zone = files.length && event.target.closest?.("form")?.querySelector("[data-drop]");
  if (zone) { event.preventDefault(); take(zone, files); }
});
