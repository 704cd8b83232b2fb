"""How the programme works, in the merchant's own words: a safe piece of Markdown (SO-08).

Titles, paragraphs, bold, italics, lists and links. HTML that is typed is shown, never obeyed, and
a link leads only where a reader may follow it (R34). No styles and no scripts: the page has both.
"""

from collections.abc import Sequence
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markdown_it import MarkdownIt
from markdown_it.token import Token

from kernel.db import atomic_with_retry
from kernel.errors import InvalidInputError
from tenants.messaging.writing.markup import safe_address
from tenants.programme.models import Preferences

MOST_CHARACTERS = 6_000
_PARSER = MarkdownIt("zero", {"html": False, "breaks": True, "linkify": False}).enable(
    ["heading", "list", "emphasis", "link", "newline", "escape"]
)
_HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h3", "h5": "h3", "h6": "h3"}


class ExplanationTooLongError(InvalidInputError):
    """The text is longer than a customer reads."""

    code = "explanation_too_long"
    words = gettext_lazy("Ce texte est trop long.")


def read() -> str:
    """The merchant's text as typed; "" where none was written."""
    found = Preferences.objects.filter(id=1).values_list("explanation", flat=True).first()
    return found or ""


@atomic_with_retry
def write(*, text: str, now: datetime) -> str:
    """Keep another text; "" goes back to what the rules themselves say."""
    kept = text.replace("\r\n", "\n").replace("\0", "").strip()
    if len(kept) > MOST_CHARACTERS:
        raise ExplanationTooLongError(
            _("Écrivez au plus %(most)s caractères.") % {"most": MOST_CHARACTERS}, param="text"
        )
    Preferences.objects.update_or_create(id=1, defaults={"explanation": kept})
    return kept


def as_html(text: str) -> SafeString:
    """The text as HTML that any page can hold; its titles come below the page's own."""
    tokens = _PARSER.parse(text)
    for token in tokens:
        if token.tag in _HEADINGS:
            token.tag = _HEADINGS[token.tag]
        _tame_links(token.children or ())
    html: str = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return SafeString(html)  # the renderer escapes all text, and HTML is off


def _tame_links(tokens: Sequence[Token]) -> None:
    for token in tokens:
        if token.type == "link_open":
            address = safe_address(str(token.attrGet("href") or ""))
            token.attrs = {"href": address, "rel": "nofollow noopener"} if address else {}
