/** The theme changes at once; the server remembers it. */
document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches("[data-theme-switch]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const button = /** @type {HTMLButtonElement} */ (/** @type {SubmitEvent} */ (event).submitter);
  const data = new FormData(form, button);
  const root = document.documentElement;
  if (button.value === "system") root.removeAttribute("data-theme");
  else root.dataset.theme = button.value;
  for (const other of form.querySelectorAll("[aria-pressed]")) {
    other.setAttribute("aria-pressed", String(other === button));
  }
  fetch(form.action, { method: "POST", body: data, headers: { "X-Requested-With": "fetch" } });
}, true);
