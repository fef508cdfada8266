// The wall's own clock: what the server does not renew grows old before everybody's eyes.
// htmx asks for #wall again (hx-trigger); without an answer the old one stays, and this says how old it is.
let drawn = null;
let since = 0;

function tick() {
  const wall = document.getElementById("wall");
  if (!wall) return;
  if (wall !== drawn) { drawn = wall; since = performance.now(); }
  const passed = Math.floor((performance.now() - since) / 1000);
  const clock = wall.querySelector("[data-clock]");
  const now = new Date(new Date(clock.dateTime).getTime() + passed * 1000);
  clock.textContent = now.toLocaleTimeString("ja-JP", { hour: "numeric", minute: "2-digit", timeZone: "Asia/Tokyo" });
  if (wall.dataset.age === "") return;
  const age = Number(wall.dataset.age) + passed;
  const minutes = Math.floor(age / 60);
  const words = minutes ? wall.dataset.minutes : wall.dataset.seconds;
  wall.querySelector("[data-ago]").textContent = words.replace("{m}", minutes).replace("{s}", age % 60);
  if (age > Number(wall.dataset.limit) && !wall.classList.contains("wall-s")) stale(wall);
}

function stale(wall) {
  wall.classList.add("wall-s");
  const said = wall.querySelector("[data-stale]");
  said.setAttribute("role", "alert");
  document.title = `${said.querySelector("b").textContent} ${document.title}`;
}

setInterval(tick, 1000);
tick();
