// The server says that a form was saved: its draft (draft.js) is thrown away. No module, and right behind the message:
// whoever goes on before the other scripts are there would find the draft put back on the next page.
(() => {
  const { user, posted } = document.body.dataset;
  const drop = (name) => localStorage.removeItem(`draft:${user}:${name}`);
  const isSent = (key) => { try { return JSON.parse(localStorage.getItem(key)).sent; } catch { return false; } };
  const toasts = [...document.querySelectorAll("[data-toast]")];
  for (const tag of toasts.flatMap((toast) => toast.dataset.tags.split(" "))) if (tag.startsWith("draft:")) drop(tag.slice(6));
  if (!toasts.length || posted !== undefined || document.querySelector(".note-bad")) return;
  for (const key of Object.keys(localStorage)) if (key.startsWith(`draft:${user}:`) && isSent(key)) localStorage.removeItem(key);
})();
