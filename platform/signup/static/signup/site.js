/** What the public site gains from scripts: the story's present step, and a menu that closes. */

const moments = [...document.querySelectorAll("[data-moment]")];
for (const link of moments) {
  link.addEventListener("click", () => {
    for (const other of moments) other.removeAttribute("aria-current");
    link.setAttribute("aria-current", "step");
  });
}

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
