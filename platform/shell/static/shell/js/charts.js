/** The dark label of a chart: on hover, on touch and by the arrow keys. */

/** @param {ParentNode} root */
export function init(root) {
  root.querySelectorAll?.("[data-chart]").forEach((el) => wire(/** @type {HTMLElement} */ (el)));
}

/** @param {HTMLElement} chart */
function wire(chart) {
  if (chart.dataset.wired) return;
  chart.dataset.wired = "1";
  const tip = /** @type {HTMLElement|null} */ (chart.querySelector(".chart-tip"));
  if (!tip) return;

  /** @param {Element|null} slot */
  function show(slot) {
    if (!slot || !tip) { if (tip) tip.hidden = true; return; }
    const { tipValue, tipText, tipX, tipY } = /** @type {SVGElement} */ (slot).dataset;
    const strong = document.createElement("b");
    strong.textContent = tipValue ?? "";
    tip.replaceChildren(strong, ` ${tipText ?? ""}`);
    tip.hidden = false;
    tip.style.setProperty("--tip-y", tipY ?? "0");
    // Kept inside the frame near its edges.
    const half = (tip.offsetWidth / 2 / chart.clientWidth) * 100;
    const x = Math.min(100 - half, Math.max(half, Number(tipX)));
    tip.style.setProperty("--tip-x", String(x));
  }

  chart.addEventListener("pointerover", (event) => {
    show(/** @type {Element} */ (event.target).closest(".slot"));
  });
  chart.addEventListener("pointerleave", () => show(null));
  chart.addEventListener("focusin", (event) => {
    show(/** @type {Element} */ (event.target).closest(".slot"));
  });
  chart.addEventListener("focusout", () => show(null));
}
