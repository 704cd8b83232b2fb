/** Busy buttons, one effect for a double click, switches with effect at once, drafts. */
import { announce, word } from "./words.js";
import { show } from "./toasts.js";

/** @type {Set<HTMLFormElement>} */
const busy = new Set();

/** @param {HTMLFormElement} form @param {HTMLElement|null} button */
function press(form, button) {
  busy.add(form);
  if (!button) return;
  const width = button.offsetWidth;
  button.style.setProperty("min-width", `${width}px`);
  button.setAttribute("aria-busy", "true");
  const label = button.querySelector(":scope > span:not(.sr-only)");
  if (label && button.classList.contains("btn")) {
    button.dataset.label = label.textContent ?? "";
    if (button.dataset.busy) label.textContent = button.dataset.busy;
    const spinner = document.createElement("i");
    spinner.className = "spinner";
    button.querySelector(":scope > .icon")?.setAttribute("hidden", "");
    button.prepend(spinner);
  }
  const timer = setTimeout(() => announce(word("working")), 4000);
  button.dataset.timer = String(timer);
}

/** @param {HTMLFormElement} form */
export function release(form) {
  busy.delete(form);
  for (const button of form.querySelectorAll("[aria-busy]")) {
    const held = /** @type {HTMLElement} */ (button);
    clearTimeout(Number(held.dataset.timer));
    held.removeAttribute("aria-busy");
    held.style.removeProperty("min-width");
    held.querySelector(".spinner")?.remove();
    held.querySelector(":scope > .icon")?.removeAttribute("hidden");
    const label = held.querySelector(":scope > span");
    if (label && held.dataset.label) label.textContent = held.dataset.label;
  }
}

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (event.defaultPrevented || form.method !== "post") return;
  if (busy.has(form)) { event.preventDefault(); event.stopImmediatePropagation(); return; }
  const button = /** @type {SubmitEvent} */ (event).submitter;
  if (button?.getAttribute("aria-disabled") === "true") { event.preventDefault(); return; }
  // After the browser has read the form: a button that is changed too early is not sent.
  setTimeout(() => press(form, button), 0);
}, true);

// What somebody types and does not send; their page is then theirs to keep.
let typed = false;
document.addEventListener("input", () => { typed = true; });

// Back from the browser's memory: the page must be usable again, and true again. A page of the
// back office is read anew, unless that would lose words.
window.addEventListener("pageshow", (event) => {
  [...busy].forEach(release);
  if (event.persisted && document.body.dataset.person && !typed) location.reload();
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = /** @type {CustomEvent} */ (event).detail.elt?.closest?.("form");
  if (form) release(form);
});

document.addEventListener("change", (event) => {
  const form = /** @type {HTMLElement} */ (event.target).closest("form[data-autosubmit]");
  if (form instanceof HTMLFormElement) form.requestSubmit();
});

/* ---- drafts: a session that ends in the middle of a form gives the text back after log-in */
const KEY = "ricochet.draft.";

/** @param {HTMLFormElement} form @returns {string} the person is part of the name */
function nameOf(form) {
  return `${KEY}${document.body.dataset.person ?? ""}.${location.pathname}.${form.dataset.draft}`;
}

/** @param {HTMLFormElement} form */
function fieldsOf(form) {
  return [...form.elements].filter((el) => {
    const field = /** @type {HTMLInputElement} */ (el);
    return field.name && !["password", "hidden", "file", "submit", "button"].includes(field.type);
  });
}

/** @param {HTMLFormElement} form */
function keep(form) {
  /** @type {Record<string, string[]>} */
  const values = {};
  for (const el of fieldsOf(form)) {
    const field = /** @type {HTMLInputElement} */ (el);
    const picked = ["checkbox", "radio"].includes(field.type) ? field.checked : true;
    values[field.name] ??= [];
    if (picked) values[field.name].push(field.value);
  }
  sessionStorage.setItem(nameOf(form), JSON.stringify(values));
}

/** @param {HTMLFormElement} form */
function giveBack(form) {
  const kept = sessionStorage.getItem(nameOf(form));
  if (!kept || form.querySelector("[data-invalid]")) return;
  const values = JSON.parse(kept);
  let changed = false;
  for (const el of fieldsOf(form)) {
    const field = /** @type {HTMLInputElement} */ (el);
    const given = values[field.name];
    if (!given || "fresh" in field.dataset) continue;
    if (["checkbox", "radio"].includes(field.type)) {
      changed ||= field.checked !== given.includes(field.value);
      field.checked = given.includes(field.value);
    } else if (given[0] !== undefined && field.value !== given[0]) {
      field.value = given[0];
      changed = true;
    }
  }
  if (changed) show(word("draft"));
}

/** Opens a long text at the passage that it waits for. @param {HTMLTextAreaElement} field */
function pointAt(field) {
  const wanted = field.dataset.select ?? "";
  const at = field.value.indexOf(wanted);
  if (at < 0) return;
  const whole = field.value;
  // A text area scrolls to where its text ends: it is cut there for a moment, and measured.
  field.value = whole.slice(0, at);
  const above = field.scrollHeight - field.clientHeight;
  field.value = whole;
  field.closest("details")?.setAttribute("open", "");
  field.focus({ preventScroll: true });
  field.setSelectionRange(at, at + wanted.length);
  field.scrollTop = Math.max(0, above + field.clientHeight / 2);
  field.scrollIntoView({ block: "center" });
}

/** @param {ParentNode} root */
export function init(root) {
  // The server says that it has saved what was sent: the draft has done its work, and is
  // dropped before any is given back: what was saved may read otherwise than what was typed.
  root.querySelectorAll("[data-draft-saved]").forEach((el) => {
    const saved = el.getAttribute("data-draft-saved");
    for (const name of Object.keys(sessionStorage)) {
      if (name.startsWith(KEY) && name.endsWith(`.${saved}`)) sessionStorage.removeItem(name);
    }
  });
  root.querySelectorAll("form[data-draft]").forEach((el) => {
    const form = /** @type {HTMLFormElement} */ (el);
    giveBack(form);
    form.addEventListener("input", () => keep(form));
    form.addEventListener("submit", () => keep(form));
  });
  root.querySelectorAll("textarea[data-select]").forEach((el) => pointAt(/** @type {HTMLTextAreaElement} */ (el)));
  root.querySelectorAll("[data-focus]").forEach((el) => /** @type {HTMLElement} */ (el).focus());
}
