/**
 * Ricochet for shops, version 1: keeps the click on a referral link until the order, and reports
 * the order. Where the merchant put something forward on the shop, it loads that apart. It runs in
 * pages that are not ours, so it stores nothing before consent, throws nothing, and leaves one
 * global: `ricochet`.
 *
 * Sent minified and otherwise as it stands: syntax and APIs of ES2019 and no later, for Safari and
 * iOS 12.1, Chrome and Edge 79, Firefox 68 and all since (a test reads it for newer ones).
 *
 * @typedef {{id: string, amount: number, currency: string, email?: string, first_name?: string,
 *   last_name?: string, customer_id?: string, code?: string}} Order  `amount` is in cents.
 * @typedef {{email: string, customer_id?: string, first_name?: string, last_name?: string,
 *   code?: string}} Account
 */
(() => {
  'use strict';
  const early = window.ricochet;
  if (early && early.version) return; // the tag stands twice in the page

  const tag = document.currentScript || document.querySelector('script[data-key^="pk_"]');
  const { key, domain, consent: given, days, space, widgets: wanted } = (tag && tag.dataset) || {};
  const DAY = 86400;
  const REFERRAL = 'ricochet_ref';
  const CHOICE = 'ricochet_consent';
  const SEEN = 'ricochet_seen';
  const LATE = 'ricochet_late';
  const SIX_MONTHS = 182;

  /** Everything that happened, for `ricochet('debug')`. @type {unknown[][]} */
  const notes = [];
  let debugging = false;
  /** @param {...unknown} what */
  const note = (...what) => {
    notes.push(what);
    if (debugging) console.info('[ricochet]', ...what);
  };

  /** @param {string} name @returns {string} the cookie's value, or '' */
  const read = (name) => {
    try {
      const found = document.cookie.split('; ').find((part) => part.startsWith(name + '='));
      return found ? found.slice(name.length + 1) : '';
    } catch {
      return ''; // a sandboxed frame forbids cookies
    }
  };

  /** @param {string} name @param {string} value @param {number} lifetime in days; 0 removes it */
  const write = (name, value, lifetime) => {
    try {
      document.cookie = name + '=' + value + '; Path=/; SameSite=Lax; Max-Age=' + lifetime * DAY
        + (domain ? '; Domain=' + domain : '')
        + (location.protocol === 'https:' ? '; Secure' : '');
      note(lifetime ? 'stored' : 'removed', name, value);
    } catch {
      note('cookies are refused here');
    }
  };

  // `<click id>.<code>`; the click id is empty when somebody wrote `?ref=CODE` by hand.
  const SHAPE = /^([\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12})?\.\w[\w-]{1,31}$/i;
  const query = new URLSearchParams(location.search);
  const arrived = (query.get('rc') || '') + '.' + (query.get('ref') || '');
  /** The link this page was opened by, in memory only, whatever the consent. */
  const landing = SHAPE.test(arrived) ? arrived : '';
  const lifetime = Math.min(Math.max(+days || 30, 1), SIX_MONTHS);

  // A refusal that was remembered outweighs the tag: only `ricochet('consent', true)` lifts it.
  const choice = read(CHOICE);
  /** @type {boolean | null} null: nobody has chosen yet */
  let consent = choice ? choice === '1' : given === 'granted' || null;

  /** @returns {string} what the cookie keeps, when consent allows looking at it */
  const stored = () => {
    const value = consent ? read(REFERRAL) : '';
    return SHAPE.test(value) ? value : '';
  };

  const keep = () => {
    const before = stored();
    // A new click replaces an older one. A bare `?ref=` may be another tool's: it replaces nothing.
    if (consent && landing && landing !== before && (landing[0] !== '.' || !before)) {
      write(REFERRAL, landing, lifetime);
    }
  };

  /**
   * Reports (path and text) that were not taken so far: with consent they outlive the page, for a
   * day and in this tab only. `report` is kept (`yes`) or forgotten.
   * @param {string} [report] @param {boolean} [yes] @returns {string[]}
   */
  const late = (report, yes) => {
    try {
      const kept = (consent && JSON.parse(sessionStorage.getItem(LATE))) || {};
      if (yes && consent) kept[report] = kept[report] || Date.now() + DAY * 1000;
      else delete kept[report];
      for (const one of Object.keys(kept)) if (kept[one] < Date.now()) delete kept[one];
      const due = Object.keys(kept);
      sessionStorage[due.length ? 'setItem' : 'removeItem'](LATE, JSON.stringify(kept));
      return due;
    } catch {
      return []; // nothing is kept here
    }
  };

  /** Reports that wait for another try. @type {Set<{url: string, text: string}>} */
  const waiting = new Set();

  /** @param {{url: string, text: string}} report */
  const beacon = (report) => note('beacon', navigator.sendBeacon(report.url, report.text));

  /** @param {{url: string, text: string}} report @returns {Promise<boolean>} rejects with a pause in ms */
  const post = async ({ url, text }) => {
    // A string goes out as text/plain: no preflight, so one trip even on the last page.
    const answer = await fetch(url, {
      method: 'POST', body: text, mode: 'cors', credentials: 'omit', keepalive: true,
      referrerPolicy: 'strict-origin',
    });
    note('answer', answer.status, answer.ok || (debugging && await answer.text()));
    // Too many of them: as long as our server says, and never more than a minute.
    if (answer.status === 429) throw Math.min(+answer.headers.get('Retry-After') || 30, 60) * 1000;
    if (answer.status > 499) throw 0;
    return answer.ok;
  };

  /**
   * Post to our server. After a failure once more, then as a beacon; where it had too many, three
   * times in all. Never rejects; undefined: nobody knows whether it was taken.
   * @param {string} path @param {string} text @returns {Promise<boolean | undefined>}
   */
  const send = async (path, text) => {
    try {
      if (!key) throw 'data-key is missing';
      const report = { url: new URL('/w/' + path, tag.src).href, text };
      note('send', path, text);
      for (let tries = 1; tries < 4; tries++) {
        let pause = 0;
        try {
          const taken = await post(report);
          late(path + text);
          return taken;
        } catch (error) {
          note('failed', error);
          if (error > 0) pause = error;
        }
        if (path !== 'seen') late(path + text, true);
        if (!pause && tries > 1) return beacon(report);
        if (tries > 2) break;
        waiting.add(report);
        await new Promise((resume) => { setTimeout(resume, pause || 1500); });
        if (!waiting.delete(report)) break; // it left with the page
      }
    } catch (error) {
      note('not sent', error);
    }
  };

  /** What was reported from this page, so that a second call is no second report. */
  const reported = new Set();

  /**
   * @param {string} path @param {Record<string, unknown>} data
   * @param {string} unique the field that names the fact
   * @param {string[]} optional the other fields; anything else the shop passes stays in its page
   */
  const report = (path, data, unique, optional) => {
    /** @type {Record<string, unknown>} */
    const body = {};
    for (const field of [unique, ...optional]) {
      if (data[field] != null && data[field] !== '') body[field] = data[field];
    }
    if (!(unique in body)) return note(path, 'needs', unique);
    body[unique] = String(body[unique]); // many shops number their orders
    const mark = path + ' ' + body[unique];
    if (reported.has(mark)) return note('reported already', mark);
    reported.add(mark);
    // The cookie travels whole and apart from a typed code: the server decides between them.
    if (consent && (stored() || landing)) body.visitor = stored() || landing;
    send(path, JSON.stringify({ key, ...body })).then((taken) => {
      if (taken === undefined) reported.delete(mark); // whoever calls again is heard again
    });
  };

  let greeted = false;
  /** Tells the merchant's checklist, once a day and with consent, that the script is in place. */
  const greet = async () => {
    if (!consent || greeted || read(SEEN)) return;
    greeted = true;
    const taken = await send('seen', JSON.stringify({ key, url: location.origin + location.pathname }));
    if (taken && consent) write(SEEN, '1', 1);
  };

  // A spot that gets nothing gives its place back, once it lies below what is on screen: nothing
  // that is read moves. Until then, and where our server is not heard, it holds its plain link.
  /** @param {HTMLElement[]} spots */
  const release = (spots) => {
    if (!spots.length) return;
    const watch = new IntersectionObserver((entries) => {
      try {
        for (const { target, isIntersecting, boundingClientRect } of entries) {
          if (isIntersecting || boundingClientRect.top < innerHeight) continue;
          target.style.setProperty('display', 'none', 'important');
          watch.unobserve(target);
        }
      } catch { /* it keeps its place */ }
    });
    spots.forEach((spot) => watch.observe(spot));
  };

  /** Loads what the merchant put forward, if anything: each widget a script, pinned by its hash. */
  const show = async () => {
    try {
      if (!key || wanted === 'off') return;
      const where = new URL('/w/widgets.json', tag.src);
      // What stands where is decided by our server: nothing is loaded on a page that shows nothing.
      const spots = [...document.querySelectorAll('[data-ricochet^=wdg_]')];
      const ids = spots.map((spot) => spot.dataset.ricochet).join();
      where.search = new URLSearchParams({ p: location.pathname, i: ids });
      const answer = await fetch(where, { credentials: 'omit', referrerPolicy: 'strict-origin' });
      const { widgets } = await answer.json();
      // Where Trusted Types are on, we vouch for our own server's addresses and for no other.
      const policy = widgets.length && window.trustedTypes && trustedTypes.createPolicy('ricochet', {
        createScriptURL: (path) => new URL(new URL(path, tag.src).pathname, tag.src).href,
      });
      for (const { src, integrity, show } of widgets) {
        const script = document.createElement('script');
        script.src = policy ? policy.createScriptURL(src) : new URL(src, tag.src).href;
        Object.assign(script, { integrity, crossOrigin: 'anonymous', async: true });
        script.dataset.show = JSON.stringify({ ...show, space });
        document.head.append(script);
        note('shows', show.kind || show.id);
      }
      release(spots.filter((spot) => !widgets.some(({ show }) => show.id === spot.dataset.ricochet)));
    } catch (error) {
      note('shows nothing', error);
    }
  };

  const commands = {
    /** @param {boolean} yes */
    consent: (yes) => {
      if (typeof yes !== 'boolean') return note('consent takes true or false');
      consent = yes;
      write(CHOICE, yes ? '1' : '0', SIX_MONTHS);
      if (yes) {
        keep();
        greet();
      } else {
        write(REFERRAL, '', 0);
        write(SEEN, '', 0);
        late();
      }
    },
    /** @param {Order} data */
    order: (data) => report('orders', data, 'id',
      ['amount', 'currency', 'email', 'first_name', 'last_name', 'customer_id', 'code']),
    /** @param {Account} data */
    account: (data) => report('accounts', data, 'email',
      ['first_name', 'last_name', 'customer_id', 'code']),
    /** @param {(state: {consent: boolean | null, code: string}) => void} callback */
    ready: (callback) => callback({ consent, code: (stored() || landing).split('.')[1] || '' }),
    debug: () => {
      debugging = true;
      for (const line of notes) console.info('[ricochet]', ...line);
      note('state', { consent, landing, stored: stored(), key });
    },
  };

  /** @param {string} command @param {unknown} [payload] */
  const ricochet = (command, payload) => {
    try {
      if (Object.prototype.hasOwnProperty.call(commands, command)) commands[command](payload);
      else note('unknown command', command);
    } catch (error) {
      note(command, 'failed', error);
    }
  };
  ricochet.version = 1;

  try {
    window.ricochet = ricochet;
    window.addEventListener('pagehide', () => {
      try {
        waiting.forEach(beacon);
      } catch { /* the page is gone */ }
      waiting.clear();
    });
    keep();
    // What the page asked for while this file was on its way; a withdrawal among it comes in time.
    for (const call of (early && early.q) || []) ricochet(...call);
    for (const one of late()) send(one.split('{', 1)[0], one.slice(one.indexOf('{')));
    greet();
    // The page comes first: what is put forward waits until all of it is there.
    if (document.readyState === 'complete') show();
    else window.addEventListener('load', show, { once: true });
  } catch (error) {
    note('not started', error);
  }
})();
