"""The inbox as one page of HTML: the list at the left, the chosen message at the right."""

import re
from datetime import datetime
from html import escape
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from deploy.local.mail.store import Mail, MailStore

# That of the demo's merchants: what they show and what they send read the same.
_ZONE = ZoneInfo("Europe/Paris")
_LINK = re.compile(r"(https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]])")
_MONTHS = (
    *("janv.", "févr.", "mars", "avr.", "mai", "juin"),
    *("juil.", "août", "sept.", "oct.", "nov.", "déc."),
)


def render(store: MailStore, *, to: str, words: str, chosen: str) -> str:
    """The whole page; without a choice the newest message is shown."""
    mails = store.all(to=to, words=words)
    mail = store.get(chosen) if chosen else next(iter(mails), None)
    newest = mails[0].id if mails else ""
    reading = ' class="reading"' if chosen else ""
    title = f"{mail.subject} · Boîte de réception" if mail else "Boîte de réception"
    return f"""<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="stylesheet" href="/inbox.css">
<script src="/inbox.js" defer></script>
</head>
<body data-newest="{escape(newest)}" data-count="{len(mails)}"{reading}>
<header class="top">
  <h1>Boîte de réception</h1>
  <p>Tous les e-mails de la démonstration arrivent ici ; aucun ne part sur Internet.</p>
  {_filter(store, to, words)}
</header>
<main>
<nav aria-label="Messages">
  <p class="count" aria-live="polite">{_count(mails)}</p>
  {_list(mails, mail, to, words)}
</nav>
<article>{_message(mail, to, words) if mail else _empty(to, words)}</article>
</main>
</body>
</html>
"""


def _filter(store: MailStore, to: str, words: str) -> str:
    options = "".join(
        f'<option value="{escape(address)}"{" selected" if address == to else ""}>'
        f"{escape(address)}</option>"
        for address in store.recipients()
    )
    return f"""<form class="filter" action="/" role="search">
  <label>Destinataire <select name="to"><option value="">Tous</option>{options}</select></label>
  <label>Rechercher <input type="search" name="q" value="{escape(words)}"></label>
  <button>Filtrer</button>
</form>
<form class="clear" action="/clear" method="post"><button>Vider la boîte</button></form>"""


def _count(mails: list[Mail]) -> str:
    if not mails:
        return "Aucun message"
    return "1 message" if len(mails) == 1 else f"{len(mails)} messages"


def _address(to: str, words: str, mail_id: str = "") -> str:
    query = {key: value for key, value in (("to", to), ("q", words), ("id", mail_id)) if value}
    return escape(f"/?{urlencode(query)}" if query else "/")


def _list(mails: list[Mail], chosen: Mail | None, to: str, words: str) -> str:
    rows = []
    for mail in mails:
        current = ' aria-current="true"' if chosen and mail.id == chosen.id else ""
        rows.append(
            f'<li><a href="{_address(to, words, mail.id)}"{current}>'
            f'<span class="who">{escape(", ".join(mail.to))}</span>{_time(mail.received_at)}'
            f'<span class="subject">{escape(mail.subject) or "(sans objet)"}</span></a></li>'
        )
    return f"<ol>{''.join(rows)}</ol>"


def _time(moment: datetime) -> str:
    """`18 nov., 19 h 42`, in the merchants' time zone."""
    local = moment.astimezone(_ZONE)
    text = f"{local.day} {_MONTHS[local.month - 1]}, {local.hour} h {local.minute:02d}"
    return f'<time datetime="{moment.isoformat()}">{text}</time>'


def _message(mail: Mail, to: str, words: str) -> str:
    # Splitting by a group gives text and addresses in turn.
    text = "".join(
        f'<a href="{escape(piece)}" target="_blank" rel="noreferrer">{escape(piece)}</a>'
        if index % 2
        else escape(piece)
        for index, piece in enumerate(_LINK.split(mail.text))
    )
    html = (
        f'<iframe title="Message mis en page" src="/messages/{escape(mail.id)}/html" '
        'sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>'
    )
    views = ""
    if mail.html:
        views += f"<section class='html'>{html}</section>"
    if mail.text:
        opened = "" if mail.html else " open"
        views += f"<details{opened}><summary>Version texte</summary><pre>{text}</pre></details>"
    return f"""<a class="back" href="{_address(to, words)}">Tous les messages</a>
<h2>{escape(mail.subject) or "(sans objet)"}</h2>
<dl>
  <dt>De</dt><dd>{escape(mail.sender)}</dd>
  <dt>À</dt><dd>{escape(", ".join(mail.to))}</dd>
  <dt>Reçu</dt><dd>{_time(mail.received_at)}
    <a href="/messages/{escape(mail.id)}/raw">Voir la source</a></dd>
</dl>
{views}"""


def _empty(to: str, words: str) -> str:
    if to or words:
        return """<div class="empty"><h2>Aucun message ne correspond</h2>
<p><a href="/">Effacer les filtres</a></p></div>"""
    return """<div class="empty"><h2>Aucun message pour l’instant</h2>
<p>Parrainez un proche ou demandez un lien de connexion : l’e-mail apparaîtra ici.</p></div>"""
