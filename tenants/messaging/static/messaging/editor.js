/** The editor of an email: values that a chip inserts, and the frame that follows what is typed. */

const form = /** @type {HTMLFormElement|null} */ (document.getElementById("letter"));
const frame = /** @type {HTMLIFrameElement|null} */ (document.querySelector("iframe[name=letter-preview]"));

/** @type {HTMLInputElement|HTMLTextAreaElement|null} the field that was written in last */
let field = form?.querySelector("textarea") ?? null;

form?.addEventListener("focusin", (event) => {
  const at = /** @type {HTMLElement} */ (event.target);
  if (at.matches("[data-insertable]")) field = /** @type {HTMLTextAreaElement} */ (at);
});

/** @param {string} text a condition's cursor lands between its two halves */
function insert(text) {
  if (!field) return;
  const start = field.selectionStart ?? field.value.length;
  const end = field.selectionEnd ?? start;
  field.setRangeText(text, start, end, "end");
  const middle = text.indexOf("%}{%");
  if (middle > 0) field.setSelectionRange(start + middle + 2, start + middle + 2);
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const chip = /** @type {HTMLElement} */ (event.target).closest("[data-insert]");
  if (chip instanceof HTMLElement) insert(chip.dataset.insert ?? "");
});

/** @returns {string} light or dark */
function theme() {
  const picked = document.querySelector("[name=preview-theme]:checked");
  return /** @type {HTMLInputElement|null} */ (picked)?.value ?? "light";
}

/** Sends what is typed to the frame by a form of its own: the page's form stays untouched. */
function show() {
  if (!frame) return;
  if (!form) {
    const address = new URL(frame.src);
    address.searchParams.set("theme", theme());
    frame.src = address.href;
    return;
  }
  const sent = document.createElement("form");
  sent.method = "post";
  sent.action = form.dataset.preview ?? "";
  sent.target = frame.name;
  sent.hidden = true;
  const values = new FormData(form);
  values.set("theme", theme());
  for (const [name, value] of values) {
    const input = document.createElement("textarea");
    input.name = name;
    input.value = String(value);
    sent.append(input);
  }
  document.body.append(sent);
  sent.submit();
  sent.remove();
}

document.addEventListener("change", (event) => {
  const at = /** @type {HTMLElement} */ (event.target);
  if (at.matches("[name=preview-theme]")) show();
});

// The words were read without a fault: only now the frame changes.
document.getElementById("preview-words")?.addEventListener("htmx:afterSwap", (event) => {
  const region = /** @type {HTMLElement} */ (event.currentTarget);
  if (region.querySelector("[data-preview-ready]")) show();
});
