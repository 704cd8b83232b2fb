/** The page's own words for what scripts say, so that they come in the reader's language. */

/**
 * @param {string} name camel-case name of a `data-` attribute of #words
 * @param {string|number} [value] takes the place of `%s`
 * @returns {string}
 */
export function word(name, value = "") {
  const text = document.getElementById("words")?.dataset[name] ?? "";
  return text.replace("%s", String(value));
}

/** Tell a screen reader, without moving the focus. @param {string} text */
export function announce(text) {
  const place = document.getElementById("announcer");
  if (!place) return;
  place.textContent = "";
  requestAnimationFrame(() => { place.textContent = text; });
}
