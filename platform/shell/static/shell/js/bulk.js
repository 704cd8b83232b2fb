/** Selecting rows: the page first, then explicitly all that match. */
import { announce, word } from "./words.js";

/** @param {ParentNode} root */
export function init(root) {
  root.querySelectorAll?.("[data-bulk]").forEach((el) => wire(/** @type {HTMLElement} */ (el)));
  if (root instanceof HTMLElement && root.closest("[data-bulk]")) {
    wire(/** @type {HTMLElement} */ (root.closest("[data-bulk]")));
  }
}

/** @param {HTMLElement} list the table and its bar; their boxes name a form beside them */
function wire(list) {
  if (list.dataset.wired) return;
  list.dataset.wired = "1";
  const picks = () => /** @type {HTMLInputElement[]} */ ([...list.querySelectorAll(".pick")]);
  const whole = /** @type {HTMLInputElement|null} */ (list.querySelector(".pick-all"));
  const bar = /** @type {HTMLElement|null} */ (list.querySelector(".bulk"));
  const every = /** @type {HTMLInputElement|null} */ (list.querySelector("input[name=every]"));

  /** @param {boolean} [quiet] at the start there is nothing to announce */
  function show(quiet = false) {
    const all = picks();
    const chosen = all.filter((pick) => pick.checked).length;
    if (whole) {
      whole.checked = chosen > 0 && chosen === all.length;
      whole.indeterminate = chosen > 0 && chosen < all.length;
    }
    if (!bar) return;
    bar.hidden = chosen === 0;
    const full = chosen === all.length && chosen > 0;
    const offer = /** @type {HTMLElement|null} */ (bar.querySelector(".bulk-all"));
    if (every && !full) every.value = "";
    if (offer) offer.hidden = !full || every?.value === "1";
    const count = bar.querySelector(".bulk-count");
    const text = every?.value === "1" ? bar.dataset.every ?? ""
      : chosen === 1 ? bar.dataset.one ?? word("selectedOne")
        : (bar.dataset.many ?? word("selected")).replace("%s", String(chosen));
    if (count && count.textContent !== text) {
      count.textContent = text;
      if (!quiet) announce(text);
    }
  }

  list.addEventListener("change", (event) => {
    const box = /** @type {HTMLInputElement} */ (event.target);
    if (box === whole) picks().forEach((pick) => { pick.checked = whole.checked; });
    if (box === whole || box.classList.contains("pick")) show();
  });
  list.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (target.closest(".bulk-all") && every) { every.value = "1"; show(); }
    if (target.closest(".bulk-clear")) {
      picks().forEach((pick) => { pick.checked = false; });
      if (every) every.value = "";
      show();
      whole?.focus();
    }
  });
  show(true);
}
