// The reception by keyboard: Enter goes to the next field and picks who calls, F2-F4 answer, the number is shown large.
import { say } from "./ops.js";

const form = document.querySelector("[data-intake]");
const field = (name) => form.elements[name];
const around = () => document.getElementById("around");
const DIGITS = ["れい", "いち", "にい", "さん", "よん", "ごう", "ろく", "なな", "はち", "きゅう"];
let wanted = false; // Enter came before the answer to what was typed
let leaving = false;

function stops() {
  const found = [...form.querySelectorAll("input, select, textarea")].filter(
    (f) => f.type !== "hidden" && f.type !== "file" && f.offsetParent !== null && f.tabIndex >= 0 && (f.type !== "radio" || f.checked),
  );
  return found.filter((f) => f.name !== "keep");
}

function go(from, step) {
  const all = stops();
  const at = all.indexOf(from.type === "radio" ? all.find((f) => f.name === from.name) : from);
  all[Math.min(all.length - 1, Math.max(0, at + step))]?.focus();
}

const candidates = () => [...(around()?.querySelectorAll("[data-people] > li") ?? [])];
const isFresh = () => around()?.dataset.around === (field("phone").value || field("caller").value);

function pick(button) {
  const { pick: pk, phone, caller, organization } = button.dataset;
  field("contact").value = pk;
  field("phone").value = phone;
  field("caller").value = caller;
  field("organization").value = organization;
  number();
  if (document.activeElement.form !== form || document.activeElement === field("phone")) field("title").focus();
  say(`${caller} を選びました。`);
  htmx.trigger(form, "look");
}

function choose() {
  const current = candidates().find((item) => "current" in item.dataset);
  const button = current?.querySelector("[data-pick]");
  if (button) pick(button); else if (!field("title").value) field("organization").focus();
}

function move(step) {
  const all = candidates();
  if (!all.length) return;
  const at = all.findIndex((item) => "current" in item.dataset);
  const next = all[Math.min(all.length - 1, Math.max(0, at + step))];
  delete all[at]?.dataset.current;
  next.dataset.current = "";
  say(next.textContent.trim());
}

function use(button) {
  field("answer").value = button.dataset.text;
  field("faq").value = button.dataset.use;
  form.querySelector("[name=first][value=yes]").checked = true;
  field("answer").focus();
  field("answer").dispatchEvent(new Event("input", { bubbles: true }));
}

// 0123-45-6712 as it was written; without hyphens by the usual groups.
function groups(text) {
  const plain = text.normalize("NFKC").trim();
  if (!/^[0-9 ()+‐-―−ー.-]+$/.test(plain)) return [];
  const parts = plain.split(/[^0-9]+/).filter(Boolean);
  if (parts.length !== 1) return parts;
  const [digits] = parts;
  if (digits.length === 11) return [digits.slice(0, 3), digits.slice(3, 7), digits.slice(7)];
  if (digits.length === 10) return /^0[36]/.test(digits) ? [digits.slice(0, 2), digits.slice(2, 6), digits.slice(6)] : [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6)];
  return parts;
}

function number() {
  const parts = groups(field("phone").value);
  form.querySelector("[data-say-number]").replaceChildren(...parts.map((part) => Object.assign(document.createElement("span"), { textContent: part })));
  const words = parts.map((part) => [...part].map((digit) => DIGITS[digit]).join(" ")).join("、");
  form.querySelector("[data-say-reading]").textContent = words ? ` 復唱「${words}」` : "";
}

// A browser shows no TIFF: the server draws its pages, one after the other.
function fax(file) {
  const box = document.createElement("div");
  const words = (text) => Object.assign(document.createElement("p"), { textContent: text });
  const page = async (n) => {
    const body = new FormData();
    body.append("file", file);
    body.append("page", n);
    body.append("csrfmiddlewaretoken", field("csrfmiddlewaretoken").value);
    const answer = await fetch(form.dataset.faxUrl, { method: "POST", body }).catch(() => null);
    if (!answer?.ok) { box.append(words(`${file.name} は表示できません。登録した後に開けます。`)); return; }
    const pages = Number(answer.headers.get("X-Pages"));
    const view = document.createElement("img");
    view.src = URL.createObjectURL(await answer.blob());
    view.alt = `原本 ${file.name} ${n + 1}/${pages}ページ`;
    box.append(view);
    if (n + 1 < pages && box.isConnected) await page(n + 1);
  };
  page(0);
  return box;
}

// What was chosen as the original stands beside the form: pictures and PDF as the browser shows them.
function paper() {
  const box = document.querySelector("[data-paper]");
  const shown = [...form.querySelector("[type=file]").files].map((file) => {
    if (file.type === "image/tiff") return fax(file);
    const tag = { "application/pdf": "iframe", "image/png": "img", "image/jpeg": "img" }[file.type];
    if (!tag) return Object.assign(document.createElement("p"), { textContent: `${file.name} は登録した後に開けます。` });
    const view = document.createElement(tag);
    view.src = URL.createObjectURL(file);
    view[tag === "img" ? "alt" : "title"] = `原本 ${file.name}`;
    return view;
  });
  box.hidden = !shown.length;
  box.querySelector("[data-paper-show]").replaceChildren(...shown);
}

form.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (target.type === "radio" && target.name === "channel" && /^[1-4]$/.test(key)) form.querySelector(`[data-digit="${key}"]`).click();
  if (target === field("phone") && /^Arrow(Up|Down)$/.test(key)) { event.preventDefault(); move(key === "ArrowDown" ? 1 : -1); }
  if (key !== "Enter" || !target.matches("input, select") || target.type === "file") return;
  event.preventDefault();
  if (event.shiftKey) go(target, -1);
  else if (target === field("phone") && target.value.trim() && !field("contact").value) {
    if (isFresh()) choose(); else { wanted = true; field("title").focus(); } // what is typed next is the title
  } else go(target, 1);
});

form.addEventListener("input", ({ target }) => {
  if (target === field("phone")) { number(); field("contact").value = ""; }
  if (target === field("caller") || target === field("organization")) field("contact").value = "";
});
form.addEventListener("change", ({ target }) => {
  if (target.name === "channel") form.querySelector("[data-fax]").open = target.value === "fax";
  if (target.type === "file") paper();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pick], [data-use]");
  if (!button) return;
  event.preventDefault();
  if (button.dataset.pick) pick(button); else use(button);
});
document.addEventListener("keydown", (event) => {
  const button = /^F[234]$/.test(event.key) && around()?.querySelector(`[data-key=${event.key}]`);
  if (button) { event.preventDefault(); use(button); }
});
// Who leaves the page looks nobody up any more.
form.addEventListener("submit", (event) => { leaving = !event.defaultPrevented; });
form.addEventListener("htmx:beforeRequest", (event) => { if (leaving) event.preventDefault(); });
window.addEventListener("pageshow", () => { leaving = false; });
document.addEventListener("htmx:afterSettle", () => {
  if (wanted && isFresh()) { wanted = false; choose(); }
});
number();
form.dataset.ready = "";
