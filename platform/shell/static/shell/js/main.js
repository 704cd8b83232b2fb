/** Everything that pages do in the browser. Without it, each page still works. */
import { fold } from "./dialogs.js";
import * as forms from "./forms.js";
import * as toasts from "./toasts.js";
import * as bulk from "./bulk.js";
import * as charts from "./charts.js";
import "./palette.js";
import "./copy.js";
import "./theme.js";
import "./swaps.js";

document.documentElement.classList.add("js");

/** @param {ParentNode} root */
function init(root) {
  fold(root);
  toasts.init(root);
  forms.init(root);
  bulk.init(root);
  charts.init(root);
}

/** A strip of tabs that is wider than the phone begins at the one that is open. */
for (const tab of document.querySelectorAll(".sub-pages [aria-current]")) {
  const strip = tab.closest(".sub-pages");
  if (strip instanceof HTMLElement && tab instanceof HTMLElement) {
    strip.scrollLeft = tab.offsetLeft - strip.offsetLeft - (strip.clientWidth - tab.offsetWidth) / 2;
  }
}

/** Its edges fade where it goes on: nothing else says that it can be moved. */
for (const strip of document.querySelectorAll(".sub-pages")) {
  const fade = () => {
    strip.classList.toggle("more-before", strip.scrollLeft > 1);
    strip.classList.toggle("more-after", strip.scrollLeft + strip.clientWidth < strip.scrollWidth - 1);
  };
  strip.addEventListener("scroll", fade, { passive: true });
  addEventListener("resize", fade);
  fade();
}

init(document);
document.addEventListener("htmx:afterSettle", (event) => {
  init(/** @type {ParentNode} */ (event.target));
});
