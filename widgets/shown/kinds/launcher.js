/** The programme, put forward on the shop: what one gains, and the way into one's own cagnotte. */
stand('launcher',
  make('p', {}, show.text),
  make('a', { class: 'main', href: safe(show.space || show.url), target: '_blank', rel: 'noopener' }, show.action),
  make('p', { class: 'small' }, make('a', { href: show.rules_url, target: '_blank', rel: 'noopener' }, show.rules)));
