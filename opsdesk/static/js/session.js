// Two minutes before the session ends it says so and offers to go on; nothing typed is lost either way (draft.js).
import { say } from "./live.js";

const seconds = Number(document.body.dataset.sessionSeconds ?? 0);
const WARN = 120;
let timers = [];

function line(text) {
  document.querySelector(".session")?.remove();
  const note = document.createElement("div");
  note.className = "note note-warn session";
  note.setAttribute("role", "alert");
  note.append(Object.assign(document.createElement("span"), { textContent: text }));
  document.getElementById("main").prepend(note);
  return note;
}

function warn() {
  const note = line("まもなくサインアウトします(あと2分)。入力中の内容はこの端末に残ります。");
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-s", textContent: "延長する" });
  button.addEventListener("click", async () => {
    const answer = await fetch(document.body.dataset.extend || "/", { credentials: "same-origin", redirect: "manual" }).catch(() => null);
    if (answer?.ok) { note.remove(); start(); say("延長しました"); } else ended();
  });
  note.append(button);
}

function ended() {
  const note = line("サインアウトしました。入力中の内容はこの端末に残っています。");
  note.append(Object.assign(document.createElement("a"), { href: location.href, className: "btn btn-s", textContent: "もう一度サインインする" }));
}

function start() {
  timers.forEach(clearTimeout);
  // a timer longer than 24.8 days would fire at once
  if (seconds <= WARN || seconds > 86400 * 20) return;
  timers = [setTimeout(warn, (seconds - WARN) * 1000), setTimeout(ended, seconds * 1000)];
}
start();
document.addEventListener("htmx:afterRequest", start);
