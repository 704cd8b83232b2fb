/** After htmx changes a part of the page: focus, announcement, and errors that show. */
import { announce, word } from "./words.js";
import { show } from "./toasts.js";

/** @type {{id: string, name: string, start: number|null}|null} */
let before = null;

document.addEventListener("htmx:beforeSwap", () => {
  const at = /** @type {HTMLInputElement} */ (document.activeElement);
  before = at && at !== document.body
    ? { id: at.id, name: at.getAttribute("name") ?? "", start: "selectionStart" in at ? at.selectionStart : null }
    : null;
});

document.addEventListener("htmx:afterSettle", (event) => {
  const region = /** @type {HTMLElement} */ (event.target);
  const wanted = region.querySelector("[data-focus]");
  if (wanted instanceof HTMLElement) { wanted.focus(); return; }
  // The person who is typing stays where they type.
  if (document.activeElement && document.activeElement !== document.body) {
    announce(region.dataset.announce ?? word("updated"));
    return;
  }
  const same = before?.id ? document.getElementById(before.id)
    : before?.name ? region.querySelector(`[name="${CSS.escape(before.name)}"]`) : null;
  if (same instanceof HTMLElement) same.focus();
  else {
    if (!region.hasAttribute("tabindex")) region.setAttribute("tabindex", "-1");
    region.focus({ preventScroll: true });
  }
  announce(region.querySelector("[data-announce]")?.getAttribute("data-announce") ?? word("updated"));
});

/** @param {Event} event @param {string} text */
function failed(event, text) {
  const { elt, requestConfig } = /** @type {CustomEvent} */ (event).detail;
  const safe = requestConfig?.verb === "get";
  const retry = safe ? () => window.htmx.ajax("GET", requestConfig.path, {
    source: elt, target: requestConfig.target ?? elt, swap: "outerHTML",
  }) : undefined;
  show(text, { bad: true, retry });
}

document.addEventListener("htmx:sendError", (event) => failed(event, word("offline")));
document.addEventListener("htmx:timeout", (event) => failed(event, word("server")));
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = /** @type {CustomEvent} */ (event).detail;
  const kind = xhr.getResponseHeader("content-type") ?? "";
  let said = "";
  if (kind.startsWith("text/html")) {
    const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
    said = page.querySelector("[data-error-sentence]")?.textContent?.trim() ?? "";
  }
  failed(event, said || word("server"));
});
