"""The agreement between both brands (GDPR art. 26): its texts, and how they are shown (D5).

A version that somebody has accepted is never edited: a change is a new file, and LATEST.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from markdown_it import MarkdownIt

from kernel.errors import NotFoundError
from partnerships.models import Partnership
from shell.formats import elided
from tenants.models import Tenant

LATEST = "2026-11-29"
_WORDS_A_MINUTE = 200
_PLACE = Path(__file__).with_name("agreements")
_VERSION = re.compile(r"\d{4}-\d{2}(-\d{2})?\Z")
# Every sign that Markdown could read something into. All of them can be escaped.
_SIGNS = re.compile(r"([!-/:-@\[-`{-~])")
_PARSER = MarkdownIt("zero", {"html": False, "linkify": False}).enable(
    ["heading", "list", "emphasis", "escape"]
)
# The page has its own title: those of the text come below it.
_HEADINGS = {"h1": "h2", "h2": "h3"}


class UnknownVersionError(NotFoundError):
    """There is no agreement of this version."""

    code = "unknown_agreement"


@dataclass(frozen=True, slots=True)
class Agreement:
    """One version in one language, with both brands' names in it. `text` is Markdown."""

    version: str
    language: str
    text: str

    @property
    def text_hash(self) -> str:
        return hash_of(self.text)

    @property
    def html(self) -> SafeString:
        return as_html(self.text)


def agreement_for(partnership: Partnership, *, language: str = "") -> Agreement:
    """The text in force for this partnership, in the reader's language unless one is named."""
    chosen = language or (get_language() or "fr")[:2]
    if chosen not in dict(settings.LANGUAGES):
        chosen = "fr"
    names = {name: plain(value) for name, value in _parties(partnership).items()}
    text = re.sub(
        r"\{(\w+)\}", lambda found: names[found[1]], _source(partnership.agreement, chosen)
    )
    if chosen == "fr":
        text = elided(text, names["major"], names["minor"], language="fr")
    return Agreement(version=partnership.agreement, language=chosen, text=text)


def reading_minutes(version: str) -> int:
    """How long a version takes to read, in whole minutes: what every page and email promises."""
    texts = (_source(version, language) for language, _name in settings.LANGUAGES)
    return max(2, *(-(-len(text.split()) // _WORDS_A_MINUTE) for text in texts))


def terms_of(partnership: Partnership) -> str:
    """Names what both sides sign, whatever language each reads: the version, and who the parties
    are, as back offices and as the text says it. SHA-256 in hex.
    """
    sides = [partnership.major_id, partnership.minor_id]
    told = [partnership.agreement, *map(str, sides), sorted(_parties(partnership).items())]
    return hash_of(json.dumps(told, ensure_ascii=False))


def _parties(partnership: Partnership) -> dict[str, str]:
    """Both brands as the text names them today; a back office in the making has no row yet."""
    minor = _minor(partnership)
    return {
        "major": partnership.major.name,
        "minor": minor.name if minor else partnership.name,
        "major_contact": _contact(partnership.major),
        "minor_contact": minor_contact(partnership),
    }


def minor_contact(partnership: Partnership) -> str:
    """How the minor is reached, as the text says it."""
    minor = _minor(partnership)
    return _contact(minor) if minor else partnership.contact_email


def _minor(partnership: Partnership) -> Tenant | None:
    try:
        minor: Tenant | None = partnership.minor
        return minor
    except Tenant.DoesNotExist:
        return None


def hash_of(text: str) -> str:
    """Names a text exactly: SHA-256 of its UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def as_html(text: str) -> SafeString:
    """A text, of today or as it was accepted, for a page. Nothing in it is obeyed (R34)."""
    tokens = _PARSER.parse(text)
    for token in tokens:
        token.tag = _HEADINGS.get(token.tag, token.tag)
    html: str = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return SafeString(html)  # the renderer escapes all text, and HTML is off


def plain(name: str) -> str:
    """A brand's name as Markdown that shows it to the letter."""
    return _SIGNS.sub(r"\\\1", " ".join(name.split()))


def _contact(tenant: Tenant) -> str:
    """What the brand shows the public; where it shows nothing, how we reach it ourselves."""
    return tenant.public_email or tenant.contact_email or tenant.site_url or tenant.name


@cache
def _source(version: str, language: str) -> str:
    path = _PLACE / f"{version}.{language}.md"
    if not _VERSION.match(version) or not path.exists():
        raise UnknownVersionError
    return path.read_text(encoding="utf-8")
