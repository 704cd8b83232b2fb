"""The frame of every page, and how amounts and days are written."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from billing.sandbox.store import Json

STATIC = Path(__file__).parent.parent / "static" / "double.css"
_MONTHS = "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split()
_MONTHS_EN = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


@dataclass(frozen=True)
class Page:
    """A page, or another address to go to. Its forms may lead to these origins."""

    html: str = ""
    status: int = 200
    goes_to: str = ""
    may_lead_to: tuple[str, ...] = field(default_factory=tuple)


def frame(title: str, body: str, *, english: bool = False) -> str:
    banner = (
        "Local double of Stripe: nothing is charged, no card number is needed."
        if english
        else "Double local de Stripe : rien n’est débité, aucun numéro de carte n’est demandé."
    )
    return f"""<!doctype html>
<html lang="{"en" if english else "fr"}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title><link rel="stylesheet" href="/static/double.css"></head>
<body><p class="banner" role="note">{banner}</p><main>{body}</main></body></html>"""


def say(title: str, text: str, *, status: int = 200, english: bool = False) -> Page:
    """A page of one sentence."""
    body = f"<h1>{escape(title)}</h1><p>{escape(text)}</p>"
    return Page(frame(title, body, english=english), status=status)


def alert(text: str) -> str:
    return f'<p class="alert" role="alert">{escape(text)}</p>' if text else ""


def euros(cents: int, *, english: bool = False) -> str:
    """`1 234,50 €`, in English `€1,234.50`."""
    sign = "−" if cents < 0 else ""
    whole, part = divmod(abs(cents), 100)
    if english:
        return f"{sign}€{whole:,}.{part:02d}"
    return f"{sign}{whole:,}".replace(",", "\u202f") + f",{part:02d}\u00a0€"


def day(stamp: int, *, english: bool = False) -> str:
    moment = datetime.fromtimestamp(stamp, UTC)
    if english:
        return f"{moment.day} {_MONTHS_EN[moment.month - 1]} {moment.year}"
    first = "1er" if moment.day == 1 else str(moment.day)
    return f"{first} {_MONTHS[moment.month - 1]} {moment.year}"


def per(price: Json, *, english: bool = False) -> str:
    """`29,00 € par mois`."""
    interval = price["recurring"]["interval"]
    words = {"month": "par mois", "year": "par an", "week": "par semaine", "day": "par jour"}
    said = f"per {interval}" if english else words[interval]
    return f"{euros(price['unit_amount'], english=english)} {said}"


def origin(address: str | None) -> tuple[str, ...]:
    """The origin of an address, for the policy that lets a form lead there."""
    if not address:
        return ()
    url = urlsplit(address)
    return (f"{url.scheme}://{url.netloc}",)


def is_english(locale: str | None) -> bool:
    return (locale or "fr").startswith("en")


def card_choices(*, english: bool) -> str:
    """Four test cards to choose from."""
    words = {
        "works": ("Carte 4242, acceptée", "Card 4242, accepted"),
        "declined": ("Carte 0002, refusée", "Card 0002, declined"),
        "secure": ("Carte 3155, demande 3-D Secure", "Card 3155, asks for 3-D Secure"),
        "fails_later": (
            "Carte 0341, enregistrée puis refusée à chaque débit",
            "Card 0341, saved and then declined at each charge",
        ),
    }
    rows = "".join(
        f'<label class="choice"><input type="radio" name="card" value="{kind}"'
        f"{' checked' if kind == 'works' else ''}> {escape(both[english])}</label>"
        for kind, both in words.items()
    )
    legend = "Test card" if english else "Carte d’essai"
    return f"<fieldset><legend>{legend}</legend>{rows}</fieldset>"
