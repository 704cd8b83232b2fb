// The shop's own script. Calls made before Ricochet's file arrives wait in its queue, and stay
// there for good when it never does.
'use strict';

window.ricochet = window.ricochet || function ricochet() {
  (window.ricochet.q = window.ricochet.q || []).push(arguments);
};

document.addEventListener('DOMContentLoaded', () => {
  const banner = document.querySelector('.consent');

  window.ricochet('ready', ({ consent, code }) => {
    banner.hidden = consent !== null;
    const note = document.querySelector('[data-referral]');
    if (code && note) {
      note.querySelector('[data-referral-code]').textContent = code;
      note.hidden = false;
    }
    const field = document.querySelector('input[name=code]');
    if (code && field && !field.value) field.value = code;
  });

  banner.addEventListener('click', (event) => {
    const { consent } = event.target.dataset;
    if (!consent) return;
    window.ricochet('consent', consent === 'yes');
    banner.hidden = true;
  });
  document.querySelector('[data-consent-open]').addEventListener('click', () => {
    banner.hidden = false;
    banner.querySelector('button').focus();
  });

  // What the server wants reported stands in the page as attributes: no inline script.
  const fact = document.querySelector('[data-ricochet]');
  if (fact) {
    const { ricochet: kind, ...data } = fact.dataset;
    if (data.amount) data.amount = Number(data.amount);
    window.ricochet(kind, data);
  }
});
