// Watches for new mail, and shows the list anew without losing the message that is being read.
"use strict";

const body = document.body;

async function look() {
  const query = new URLSearchParams(location.search);
  query.delete("id");
  const answer = await fetch(`/api/newest?${query}`);
  const { id, count } = await answer.json();
  if (id === body.dataset.newest && String(count) === body.dataset.count) return;
  body.dataset.newest = id;
  body.dataset.count = String(count);
  const page = new DOMParser().parseFromString(
    await (await fetch(location.href)).text(),
    "text/html",
  );
  const swap = (selector) => {
    const fresh = page.querySelector(selector);
    if (fresh) document.querySelector(selector).replaceWith(fresh);
  };
  swap("nav ol");
  swap("nav .count");
  // With a message chosen in the address, only the list changes.
  if (!new URLSearchParams(location.search).get("id")) {
    swap("article");
    document.title = page.title;
  }
  const select = document.querySelector("select[name=to]");
  if (document.activeElement !== select) {
    select.replaceWith(page.querySelector("select[name=to]"));
  }
}

setInterval(() => {
  // The server is away while the demo restarts; the next look will do.
  if (!document.hidden) look().catch(() => {});
}, 2000);

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) look().catch(() => {});
});

document.addEventListener("change", (event) => {
  if (event.target.name === "to") event.target.form.requestSubmit();
});
