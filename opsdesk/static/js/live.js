// One place that speaks to screen readers; the same sentence twice in a row is spoken twice.
export function say(text) {
  const live = document.getElementById("live");
  if (!live) return;
  live.textContent = "";
  requestAnimationFrame(() => { live.textContent = text; });
}
