/** Arrows walk through the held referrals; A accepts and R refuses the one that has the focus. */

/** @returns {HTMLElement[]} */
const cases = () => [...document.querySelectorAll(/** @type {"div"} */ ("[data-case]"))];

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog")) return;
  const all = cases();
  const here = all.findIndex((one) => one.contains(document.activeElement));
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step !== undefined && all.length) {
    event.preventDefault();
    all[Math.min(Math.max(here + step, 0), all.length - 1)]?.focus();
    return;
  }
  const key = event.key.toLowerCase();
  if (here < 0 || (key !== "a" && key !== "r")) return;
  const form = /** @type {HTMLFormElement|null} */ (all[here]?.querySelector(`[data-key="${key}"]`));
  if (form) {
    event.preventDefault();
    form.requestSubmit();
  }
});
