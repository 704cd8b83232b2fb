/**
 * Widgets for operations: inline, pop-up, slide-in and tab. `host.js` stands before this file, and
 * `show` is what the server says of one widget. It leads to the operation's page and carries where
 * one came from; nothing is asked here, and nothing is stored before somebody closes it. ES2019 and
 * no later, as `v1.js` says; whatever runs later is wrapped in `later`.
 */
const words = show.words[document.documentElement.lang.slice(0, 2)] || show.words[show.lang];
const lang = words === show.words.en ? 'en' : 'fr';
// An address that runs is not taken: there is no widget, then.
if (!/^https?:\/\//.test(show.url)) throw show.url;
const KEY = 'ricochet:' + show.id;
const DAY = 864e5;

/** Report what was done with it, and to nobody else: no cookie, no name. @param {string} what */
const tell = (what) => {
  if (!show.told) return;
  fetch(new URL(show.told, tag.src), {
    method: 'POST', body: JSON.stringify({ widget: show.id, what, path: location.pathname }), mode: 'cors',
    credentials: 'omit', keepalive: true, referrerPolicy: 'strict-origin',
  }).catch(() => {});
};

/** Where a choice is kept: for the visit, or for some days. It may be forbidden, and throw. */
const kept = () => (show.keep < 0 ? sessionStorage : localStorage);

/** @returns {boolean} whether this person closed it, and not too long ago */
const closed = () => {
  try {
    if (!show.keep) return false;
    if (+kept().getItem(KEY) > Date.now()) return true;
    kept().removeItem(KEY);
  } catch { /* nothing is kept here */ }
  return false;
};

const remember = () => {
  try {
    // Six months are the most that a choice is kept.
    if (show.keep) kept().setItem(KEY, Date.now() + DAY * Math.min(Math.abs(show.keep), 182));
  } catch { /* shown again on the next page, then */ }
};

const squares = () => make('div', { class: 'pair', 'aria-hidden': 'true' },
  ...show.brands.flatMap(([text, ground, ink], turn) => {
    const square = make('span', { class: 'square' }, text);
    if (ground) Object.assign(square.style, { background: hex(ground), color: hex(ink) });
    return turn ? ['×', square] : [square];
  }));

/** A link to the operation's page. @param {HTMLAnchorElement} node @returns {HTMLAnchorElement} */
const leads = (node) => {
  node.addEventListener('click', later(() => tell('followed')));
  return node;
};

const main = leads(link(words.action, show.url));
main.className = 'main';
main.setAttribute('aria-label', `${words.action} (${words.tab})`);

const panel = panelOf(words, squares(), ...(words.text ? [make('p', {}, words.text)] : []), main);
const close = panel.querySelector('.close');

// Side by side; browsers without container queries go by the page, as the place that is kept does.
const ROW = '.inline .panel{flex-direction:row}.inline .head{flex:0 0 42%;display:flex;flex-direction:column;justify-content:center}';
const CSS = STYLE + `
.body>.main:first-child{margin-top:0}
.pair{position:relative;display:flex;align-items:center;gap:8px}
.popup .panel{top:0;right:0;bottom:0;left:0;margin:auto;height:fit-content}
.slide .panel{right:16px;bottom:16px}.slide.left .panel{right:auto;left:16px}
.tab .panel{top:0;bottom:0;margin:auto 0;height:fit-content}
.edge{position:fixed;top:50%;right:0;z-index:1;min-width:44px;max-height:70vh;padding:18px 11px;overflow:hidden;transform:translateY(-50%);
writing-mode:vertical-rl;border-radius:12px 0 0 12px;background:var(--brand);color:var(--ink);font-weight:600;
box-shadow:0 8px 24px -6px rgb(23 33 31/.3)}
.left .edge{right:auto;left:0;border-radius:0 12px 12px 0}
.edge:hover{filter:brightness(1.08)}
.inline,.inline .panel{min-height:inherit}
.inline{container-type:inline-size}
.inline .panel{position:static;width:100%;max-width:none;max-height:none;border-radius:16px;padding:0;box-shadow:inset 0 0 0 1px rgb(127 127 127/.3);animation:none}
.inline .head{padding:20px 22px}.inline .close{display:none}
.inline .body{flex:1;display:flex;flex-direction:column;justify-content:center}
@container(min-width:540px){${ROW}}@supports not (container-type:inline-size){@media(min-width:600px){${ROW}}}
@media(max-width:759px){.popup .panel,.slide .panel,.tab .panel{top:auto;right:0;bottom:0;left:0;margin:0}}
@media(forced-colors:active){.edge{border:1px solid}}`;
const FLOW = ':host{position:static!important;height:auto!important;min-height:inherit!important}';

const inline = () => {
  const spot = document.querySelector(`[data-ricochet="${show.id}"]`);
  if (!spot) return;
  panel.setAttribute('role', 'region');
  panel.removeAttribute('tabindex');
  close.remove();
  // Until now a plain link stood there: it goes in the same frame as the widget comes, or it stays.
  const plain = [...spot.childNodes];
  const host = put(show.id, lang, spot, CSS + FLOW, make('div', { class: 'inline' }, panel));
  if (host) plain.forEach((node) => node.remove());
  else if (!spot.querySelector('a')) spot.append(link(words.title, show.url));
  if (!host) leads(spot.querySelector('a'));
  new IntersectionObserver(later(([entry], watch) => {
    if (!entry.isIntersecting) return;
    watch.disconnect();
    tell('shown');
  })).observe(host || spot);
};

/** The keyboard stays inside while the panel is the only thing to answer. @param {KeyboardEvent} event */
const trap = (event) => {
  if (event.key !== 'Tab' || panel.getAttribute('aria-modal') !== 'true') return;
  const at = panel.getRootNode().activeElement;
  const to = event.shiftKey ? (at === close || at === panel) && main : at === main && close;
  if (!to) return;
  event.preventDefault();
  to.focus();
};

const floating = () => {
  const isTab = show.form === 'tab';
  // On a phone nothing opens by itself: a button stands there, and one taps it.
  const asks = isTab || matchMedia('(max-width:759px)').matches;
  const opener = isTab ? make('button', { class: 'edge', type: 'button', 'aria-haspopup': 'dialog' }, words.label) : pillOf(words.label);
  panel.setAttribute('role', 'dialog');
  panel.hidden = true;
  opener.hidden = !asks;
  panel.addEventListener('keydown', later(trap));
  let before;
  let host;
  const open = (byHand) => {
    const modal = byHand || show.form === 'popup';
    panel.setAttribute('aria-modal', String(modal));
    before = document.activeElement;
    opener.hidden = true;
    panel.hidden = false;
    if (modal) panel.focus();
    if (byHand) tell('opened');
  };
  const shut = () => {
    const inside = panel.getRootNode().activeElement;
    panel.hidden = true;
    if (isTab) {
      opener.hidden = false;
      return opener.focus();
    }
    remember();
    host.remove();
    if (inside && before && before !== host) before.focus();
  };
  host = put(show.id, lang, document.body, CSS, make('div', { class: `${show.form} ${show.side}` }, opener, panel));
  if (!host) {
    leads(bare(show.id, lang, show.side, words.label, show.url));
    return tell('shown');
  }
  opener.addEventListener('click', later(() => open(true)));
  close.addEventListener('click', later(shut));
  document.addEventListener('keydown', later((event) => {
    if (event.key === 'Escape' && host.isConnected && !panel.hidden) shut();
  }));
  if (asks && !isTab) stay(opener, host);
  tell('shown');
  if (!asks) open(false);
};

/** Nobody is interrupted in the middle of a word. @param {() => void} go */
const politely = (go) => {
  const at = document.activeElement;
  if (at && (/^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName) || at.isContentEditable)) setTimeout(later(politely), 1000, go);
  else go();
};

/** @param {() => void} go */
const onceRead = (go) => {
  const see = later(() => {
    const room = document.documentElement.scrollHeight - innerHeight;
    if (room > 0 && (scrollY / room) * 100 < show.after) return;
    removeEventListener('scroll', see);
    go();
  });
  addEventListener('scroll', see, { passive: true });
  see();
};

/** The pointer leaves by the top; where there is no pointer, it is there from the start. @param {() => void} go */
const onLeaving = (go) => {
  if (!matchMedia('(hover:hover)').matches) return go();
  const root = document.documentElement;
  const out = later(({ clientY }) => {
    if (clientY > 0) return;
    root.removeEventListener('mouseleave', out);
    go();
  });
  root.addEventListener('mouseleave', out);
};

if (show.form === 'inline') inline();
else if (show.form === 'tab' || !closed()) {
  const start = later(() => politely(floating));
  if (show.when === 'delay') setTimeout(start, show.after * 1000);
  else if (show.when === 'scroll') onceRead(start);
  else if (show.when === 'exit') onLeaving(start);
  else start();
}
