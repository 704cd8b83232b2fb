/** Native dialogs and the small menus made of <details>. */

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const opener = target.closest?.("[data-dialog-open]");
  if (opener) {
    const dialog = document.getElementById(opener.getAttribute("data-dialog-open") ?? "");
    if (dialog instanceof HTMLDialogElement) {
      event.preventDefault();
      opener.closest("details")?.removeAttribute("open");
      // What was only told would stay dimmed behind the veil; what can be undone or failed waits.
      for (const told of document.querySelectorAll("#toasts .toast:not(.toast-bad):not(:has([data-undo]))")) told.remove();
      dialog.showModal();
    }
    return;
  }
  if (target.closest?.("[data-dialog-close]")) target.closest("dialog")?.close();
  // A click on the veil is a click on the dialog element itself.
  if (target instanceof HTMLDialogElement && target.open && target.matches(":modal")) {
    const box = target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right
      && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) target.close();
  }
  for (const open of document.querySelectorAll("details[data-dropdown][open]")) {
    if (!open.contains(target)) open.removeAttribute("open");
  }
});

document.addEventListener("keydown", (event) => {
  const open = document.querySelector("details[data-dropdown][open]");
  if (!open) return;
  const summary = /** @type {HTMLElement} */ (open.querySelector("summary"));
  if (event.key === "Escape") {
    open.removeAttribute("open");
    summary.focus();
    return;
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  if (/** @type {Element} */ (event.target).matches("input, select, textarea")) return;
  const items = [...open.querySelectorAll(".pop :is(a, button)")];
  if (!open.contains(document.activeElement) || !items.length) return;
  event.preventDefault();
  const step = event.key === "ArrowDown" ? 1 : -1;
  const at = items.indexOf(/** @type {Element} */ (document.activeElement));
  /** @type {HTMLElement} */ (items[(at + step + items.length) % items.length]).focus();
});

// A word to type (deleting, rotating a key) keeps the act out of reach until it is right.
document.addEventListener("input", (event) => {
  const field = /** @type {HTMLInputElement} */ (event.target);
  const wanted = field.dataset?.mustEqual;
  if (wanted === undefined) return;
  const act = field.form?.querySelector(".dialog-foot button:not([type=button])");
  act?.setAttribute("aria-disabled", String(field.value.trim() !== wanted));
});

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const field = /** @type {HTMLInputElement|null} */ (form.querySelector("[data-must-equal]"));
  if (field && field.value.trim() !== field.dataset.mustEqual) {
    event.preventDefault();
    event.stopImmediatePropagation();
    field.focus();
  }
}, true);

/**
 * What is open beside a page on a wide screen begins folded on a phone, once.
 * @param {ParentNode} root
 */
export function fold(root) {
  if (!matchMedia("(max-width: 759px)").matches) return;
  for (const found of root.querySelectorAll("details[data-fold-on-phone]")) {
    found.removeAttribute("data-fold-on-phone");
    found.removeAttribute("open");
  }
}
