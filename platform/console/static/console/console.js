// What Unfold leaves to do once its page stands: it moves when its own scripts arrive.
window.addEventListener("load", () => {
  // A refused form says so in its field: bring it under the eyes, on a phone too. The browser's
  // own `autofocus` comes before the page has its shape, or not at all.
  const wrong = document.querySelector("form [autofocus]");
  wrong?.focus({ preventScroll: true });
  wrong?.scrollIntoView({ block: "center" });
  // The boxes that scroll are named in English by the library that makes them.
  const title = document.querySelector("h1")?.textContent.trim().replace(/\s+/g, " ");
  for (const box of document.querySelectorAll(".simplebar-content-wrapper")) {
    box.setAttribute("aria-label", (box.querySelector("table") && title) || "Ricochet");
  }
});
