/** Ctrl K: find a page, a customer, an order, an operation. */
const palette = /** @type {HTMLDialogElement|null} */ (document.getElementById("palette"));
const input = /** @type {HTMLInputElement|null} */ (palette?.querySelector("input") ?? null);
const hits = document.getElementById("palette-hits");
let asked = 0;

function open() {
  if (!palette || !input) return;
  const menu = document.getElementById("menu");
  if (menu?.matches(":popover-open")) menu.hidePopover();
  palette.showModal();
  input.select();
  ask();
}

async function ask() {
  if (!palette || !input || !hits) return;
  const mine = ++asked;
  const url = `${palette.querySelector("form")?.action}?q=${encodeURIComponent(input.value)}`;
  try {
    const answer = await fetch(url, { headers: { "X-Requested-With": "fetch" } });
    if (mine !== asked || !answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    hits.replaceChildren(...page.body.childNodes);
    choose(0);
  } catch {
    // Offline: the last answers stay.
  }
}

/** @returns {HTMLElement[]} */
function options() { return [...(hits?.querySelectorAll("[role=option]") ?? [])]; }

/** @param {number} index */
function choose(index) {
  const all = options();
  all.forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
  input?.setAttribute("aria-expanded", String(all.length > 0));
  if (all[index]) {
    input?.setAttribute("aria-activedescendant", all[index].id);
    all[index].scrollIntoView({ block: "nearest" });
  } else input?.removeAttribute("aria-activedescendant");
}

let wait = 0;
input?.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(ask, 120); });
input?.addEventListener("keydown", (event) => {
  const all = options();
  const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    if (all.length) choose((at + step + all.length) % all.length);
  }
  // A search field keeps the first Escape for itself, to empty it: here one leads out.
  if (event.key === "Escape") { event.preventDefault(); palette?.close(); }
  if (event.key === "Enter" && all[at]) { event.preventDefault(); all[at].click(); }
});
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && palette) {
    event.preventDefault();
    if (palette.open) palette.close(); else open();
  }
});
document.addEventListener("click", (event) => {
  if (palette && /** @type {Element} */ (event.target).closest?.("[data-palette-open]")) {
    event.preventDefault();
    open();
  }
});
