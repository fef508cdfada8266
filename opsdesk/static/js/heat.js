// The days of a year by keyboard: arrows move over them, Home and End to the ends of a month, t to today.
// One day at a time is in the tab order (roving tabindex); without this file every day with a count is.
const table = document.querySelector("[data-heat]");
const rows = [...(table?.tBodies[0].rows ?? [])].map((row) => [...row.querySelectorAll("[data-day]")]);
const target = (day) => day.querySelector("a") ?? day;
const today = table?.querySelector("[aria-current=date]");
let current = null;

function reach(day, { focus = true } = {}) {
  if (!day) return;
  if (current) target(current).tabIndex = -1;
  current = day;
  target(current).tabIndex = 0;
  if (focus) target(current).focus();
}

function beside(day, down, right) {
  const at = rows.findIndex((row) => row.includes(day));
  const row = rows[at + down];
  return row?.[Math.min(row.length - 1, rows[at].indexOf(day) + right)];
}

function next(day, step) {
  const all = rows.flat();
  return all[all.indexOf(day) + step];
}

const moves = {
  ArrowUp: (day) => beside(day, -1, 0),
  ArrowDown: (day) => beside(day, 1, 0),
  ArrowLeft: (day) => next(day, -1),
  ArrowRight: (day) => next(day, 1),
  Home: (day) => rows.find((row) => row.includes(day))[0],
  End: (day) => rows.find((row) => row.includes(day)).at(-1),
};

for (const day of rows.flat()) target(day).tabIndex = -1;
reach(today ?? rows[0]?.[0], { focus: false });

table?.addEventListener("focusin", (event) => {
  const day = event.target.closest("[data-day]");
  if (day) reach(day, { focus: false });
});
table?.addEventListener("keydown", (event) => {
  const day = event.target.closest("[data-day]");
  if (!day || !(event.key in moves) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  reach(moves[event.key](day));
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "t" || !today || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  if (typing || document.body.dataset.keys === "off" || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  reach(today);
});
