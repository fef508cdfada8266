// Two minutes before the session ends it says so and offers to go on; nothing typed is lost either way (draft.js).
import { say } from "./live.js";

const seconds = Number(document.body.dataset.sessionSeconds ?? 0); // what is left of it
const full = Number(document.body.dataset.sessionFull ?? seconds); // how long a renewed one lasts
const WARN = 120;
const RENEW = 600; // the server renews a session no more often than this
let timers = [];
let end = 0;

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
    if (answer?.ok) { note.remove(); lasts(full); say("延長しました"); } else ended();
  });
  note.append(button);
}

function ended() {
  const note = line("サインアウトしました。入力中の内容はこの端末に残っています。");
  note.append(Object.assign(document.createElement("a"), { href: location.href, className: "btn btn-s", textContent: "もう一度サインインする" }));
}

function lasts(left) {
  const until = Date.now() + left * 1000;
  // a timer longer than 24.8 days would fire at once
  if (until <= end || left <= WARN || left > 86400 * 20) return;
  end = until;
  timers.forEach(clearTimeout);
  timers = [setTimeout(warn, (left - WARN) * 1000), setTimeout(ended, left * 1000)];
}
lasts(seconds);
document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) lasts(full - RENEW); });
