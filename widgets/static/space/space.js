/** What the space gains from a browser that runs scripts: a print button, and a clean address. */

// What was done was said; coming back or sharing the address does not say it again.
const here = new URL(location.href);
if (here.searchParams.has("fait")) {
  here.searchParams.delete("fait");
  history.replaceState(history.state, "", here);
}

for (const button of document.querySelectorAll("[data-print]")) {
  /** @type {HTMLElement} */ (button).hidden = false;
  button.addEventListener("click", () => window.print());
}

// One row is enough for most: the others wait for a tap. Without scripts all are there.
for (const form of document.querySelectorAll("[data-friends]")) {
  /** @type {HTMLElement[]} */
  const rows = [...form.querySelectorAll("[data-friend]")];
  const more = /** @type {HTMLElement} */ (form.querySelector("[data-friend-more]"));
  const waiting = rows.slice(1).filter((row) => (
    ![...row.querySelectorAll("input")].some((input) => input.value || input.ariaInvalid)
  ));
  for (const row of waiting) row.hidden = true;
  more.hidden = !waiting.length;
  more.addEventListener("click", () => {
    const row = waiting.shift();
    if (!row) return;
    row.hidden = false;
    row.querySelector("input")?.focus();
    more.hidden = !waiting.length;
  });
}

// The menu closes as menus do; where it was opened from gets the focus back.
const menu = /** @type {HTMLDetailsElement|null} */ (document.querySelector("details[data-dropdown]"));
if (menu) {
  document.addEventListener("click", (event) => {
    const on = /** @type {Element} */ (event.target);
    if (!menu.contains(on) || on.closest("a")) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
}
