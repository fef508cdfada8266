// The head of a column of boxes gets a box that checks them all. Without this script each row is checked.
const label = "すべて選ぶ";

function bind(head) {
  if (head.dataset.bound) return;
  head.dataset.bound = "1";
  const table = head.closest("table");
  const boxes = () => [...table.querySelectorAll("td.pick-col input[type=checkbox]:not(:disabled)")];
  if (boxes().length < 2) return;
  const all = document.createElement("input");
  all.type = "checkbox";
  all.setAttribute("aria-label", label);
  all.addEventListener("change", (event) => {
    event.stopPropagation();
    const on = all.checked;
    for (const box of boxes().filter((one) => one.checked !== on)) {
      box.checked = on;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
  table.addEventListener("change", () => {
    const on = boxes().filter((box) => box.checked).length;
    all.checked = on > 0 && on === boxes().length;
    all.indeterminate = on > 0 && !all.checked;
  });
  head.replaceChildren(all);
}

const every = (root) => root.querySelectorAll("th.pick-col").forEach(bind);
every(document);
document.addEventListener("htmx:load", (event) => every(event.detail.elt.parentElement ?? document));
