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
