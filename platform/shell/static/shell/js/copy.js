/** Copy buttons, and the phone's own share sheet where there is one. */
import { announce, word } from "./words.js";
import { show } from "./toasts.js";

document.addEventListener("click", async (event) => {
  const button = /** @type {HTMLElement|null} */ (/** @type {Element} */ (event.target).closest?.("[data-copy]"));
  if (!button) return;
  event.preventDefault();
  try {
    await navigator.clipboard.writeText(button.dataset.copy ?? "");
  } catch {
    show(word("copyFailed"), { bad: true });
    return;
  }
  const label = button.querySelector("span") ?? button;
  const before = label.textContent;
  label.textContent = word("copied");
  announce(word("copied"));
  setTimeout(() => { label.textContent = before; }, 2000);
});

for (const button of document.querySelectorAll("[data-share]")) {
  if (!navigator.share) continue;
  /** @type {HTMLElement} */ (button).hidden = false;
  button.addEventListener("click", async () => {
    const { shareTitle: title, shareText: text, share: url } = /** @type {HTMLElement} */ (button).dataset;
    try {
      await navigator.share({ title, text, url });
    } catch {
      // The person closed the sheet: nothing to say.
    }
  });
}
