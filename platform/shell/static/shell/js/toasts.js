import { word } from "./words.js";

const SHOWN = 6000;

/** @param {HTMLElement} toast */
function start(toast) {
  if (toast.dataset.started) return;
  toast.dataset.started = "1";
  if (toast.classList.contains("toast-bad") || toast.closest(".toasts-demo")) return;
  const undo = toast.querySelector("[data-undo]");
  let left = undo ? Number(toast.dataset.seconds) * 1000 : SHOWN;
  let before = performance.now();
  // The countdown waits while the pointer or the focus is on the toast: nobody loses a race.
  const timer = setInterval(() => {
    const now = performance.now();
    if (!toast.matches(":hover, :focus-within")) left -= now - before;
    before = now;
    if (undo) undo.textContent = `${word("undo")} ${word("seconds", Math.max(0, Math.ceil(left / 1000)))}`;
    if (left <= 0) { clearInterval(timer); toast.remove(); }
  }, 250);
}

/**
 * Show a toast made here (errors of the network, copies).
 * @param {string} text
 * @param {{bad?: boolean, retry?: () => void}} [options]
 */
export function show(text, { bad = false, retry } = {}) {
  const region = document.getElementById("toasts");
  if (!region) return;
  const toast = document.createElement("div");
  toast.className = bad ? "toast toast-bad" : "toast";
  toast.setAttribute("role", bad ? "alert" : "status");
  const line = document.createElement("span");
  line.textContent = text;
  toast.append(line);
  if (retry) {
    const again = document.createElement("button");
    again.type = "button";
    again.textContent = word("retry");
    again.addEventListener("click", () => { toast.remove(); retry(); });
    toast.append(again);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "toast-close";
  close.setAttribute("aria-label", word("close"));
  close.textContent = "×";
  close.dataset.toastClose = "";
  toast.append(close);
  region.append(toast);
  start(toast);
}

/** @param {ParentNode} root */
export function init(root) {
  root.querySelectorAll(".toast").forEach((toast) => start(/** @type {HTMLElement} */ (toast)));
}

document.addEventListener("click", (event) => {
  const close = /** @type {Element} */ (event.target).closest?.("[data-toast-close]");
  close?.closest(".toast")?.remove();
});
