/** The programme, put forward on the shop: what one gains, and the way into one's own cagnotte. */
const href = safe(show.space || show.url);
const square = make('span', { class: 'square', 'aria-hidden': 'true' }, show.initials);
const panel = panelOf(show, square,
  make('p', {}, show.text),
  make('a', { class: 'main', href, target: '_blank', rel: 'noopener' }, show.action),
  make('p', { class: 'small' }, make('a', { href: show.rules_url, target: '_blank', rel: 'noopener' }, show.rules)));
panel.setAttribute('role', 'dialog');
panel.hidden = true;
const pill = pillOf(show.label);
const open = (yes) => {
  panel.hidden = !yes;
  pill.hidden = yes;
  (yes ? panel : pill).focus();
};
pill.addEventListener('click', later(() => open(true)));
panel.querySelector('.close').addEventListener('click', later(() => open(false)));
panel.addEventListener('keydown', later((event) => {
  if (event.key === 'Escape') open(false);
}));
// A button before its panel: so the keyboard finds them, wherever they are drawn.
const host = put(show.kind, show.lang, document.body, STYLE, make('div', { class: show.side }, pill, panel));
if (host) stay(pill, host);
else bare(show.kind, show.lang, show.side, show.label, href);
