/** The cost of a new customer, rewritten at each input of the rules' form. */

const box = document.querySelector("[data-cost]");
const form = /** @type {HTMLFormElement|null} */ (document.querySelector("main form"));

/** @param {string} name @returns {number} cents, as loosely typed as the server reads them */
function cents(name) {
  const field = /** @type {HTMLInputElement|null} */ (form?.elements.namedItem(name));
  const text = (field?.value ?? "").replace(/[\s€]/gu, "").replace(",", ".");
  return Math.max(0, Math.round(Number(text || "0") * 100)) || 0;
}

/** @param {number} value @returns {string} */
function money(value) {
  const lang = document.documentElement.lang;
  return new Intl.NumberFormat(lang, { minimumFractionDigits: 2 }).format(value / 100)
    + "\u00a0" + unit;
}

const unit = form?.querySelector(".control-unit .unit")?.textContent ?? "€";

/** @param {string} part @param {string} text */
function write(part, text) {
  const place = box?.querySelector(`[data-cost-${part}]`);
  if (place) place.textContent = text;
}

function update() {
  const one = cents("referrer_amount");
  const two = cents("referee_amount");
  const total = one + two;
  write("total", money(total));
  write("referrer", money(one));
  write("referee", money(two));
  const share = total ? (one / total) * 100 : 0;
  box?.querySelector("[data-cost-one]")?.setAttribute("width", `${share}%`);
  const second = box?.querySelector("[data-cost-two]");
  second?.setAttribute("x", `${share}%`);
  second?.setAttribute("width", `${total ? 100 - share : 0}%`);
  const basket = Number(/** @type {HTMLElement} */ (box).dataset.basket);
  if (basket) {
    const ratio = new Intl.NumberFormat(document.documentElement.lang, {
      style: "percent", maximumFractionDigits: 1,
    });
    write("share", ratio.format(total / basket));
  }
}

if (box && form) form.addEventListener("input", update);
