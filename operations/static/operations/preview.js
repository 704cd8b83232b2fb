/** The frame beside an editor's form: it follows what is typed, in both widths and languages. */

const frame = /** @type {HTMLIFrameElement|null} */ (document.querySelector("iframe[data-preview-of]"));
const form = /** @type {HTMLFormElement|null} */ (document.getElementById(frame?.dataset.previewOf ?? ""));
// Long texts stay out of the address; the page shows what was saved of them.
const LONGEST = 500;

/** @returns {string} the address of the preview with all that is typed */
function address() {
  const url = new URL(frame?.src ?? location.href);
  url.search = "";
  const language = document.querySelector("[name=preview-language]:checked");
  url.searchParams.set("langue", /** @type {HTMLInputElement|null} */ (language)?.value ?? "fr");
  if (form) {
    for (const [name, value] of new FormData(form)) {
      const wanted = typeof value === "string" && value.length <= LONGEST;
      if (wanted && name !== "csrfmiddlewaretoken" && !name.startsWith("rules_")) url.searchParams.set(name, value);
    }
  }
  return url.href;
}

let waiting = 0;

/** Shows it soon, and once for many keys. The place in the history stays: Back leads out of here. */
function soon() {
  clearTimeout(waiting);
  waiting = window.setTimeout(() => frame?.contentWindow?.location.replace(address()), 450);
}

if (frame) {
  form?.addEventListener("input", soon);
  document.addEventListener("change", (event) => {
    if (/** @type {HTMLElement} */ (event.target).matches("[name=preview-language]")) soon();
  });
}
