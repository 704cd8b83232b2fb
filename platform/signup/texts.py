"""The texts of law that the public site shows: Markdown files, one for each language.

The terms have versions. A version that somebody accepted is never edited: a change is a new pair
of files in `terms/`, and LATEST.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from markdown_it import MarkdownIt

from kernel.errors import NotFoundError

LATEST = "2026-11"
_HERE = Path(__file__).parent
_VERSION = re.compile(r"\d{4}-\d{2}\Z")
_PARSER = MarkdownIt("zero", {"html": False, "linkify": False}).enable(
    ["heading", "list", "emphasis", "escape", "link", "newline"]
)
_SIGNS = re.compile(r"([!-/:-@\[-`{-~])")
_TITLE = re.compile(r"# (.+)\n+")


class UnknownTextError(NotFoundError):
    """There is no such text, or no such version of it."""

    code = "unknown_text"


@dataclass(frozen=True, slots=True)
class Text:
    """One text in one language, with the operator's own particulars in it."""

    language: str
    source: str
    version: str = ""

    @property
    def title(self) -> str:
        found = _TITLE.match(self.source)
        return found[1] if found else ""

    @property
    def text_hash(self) -> str:
        """Names the text exactly: SHA-256 of its UTF-8."""
        return hashlib.sha256(self.source.encode()).hexdigest()

    @property
    def html(self) -> SafeString:
        """All but the title, for a page. HTML in it is shown and not obeyed (R34)."""
        html: str = _PARSER.render(_TITLE.sub("", self.source, count=1))
        return SafeString(html)


def terms(version: str = LATEST, *, language: str = "") -> Text:
    """The terms in a version, in the reader's language unless one is named."""
    if not _VERSION.match(version):
        raise UnknownTextError
    chosen = _language(language)
    return Text(chosen, _filled(_source(f"terms/{version}.{chosen}.md")), version)


def page(name: str) -> Text:
    """One of `texts/`, in the reader's language."""
    chosen = _language("")
    return Text(chosen, _filled(_source(f"pages/{name}.{chosen}.md")))


def _language(named: str) -> str:
    chosen = named or (get_language() or "fr")[:2]
    return chosen if chosen in dict(settings.LANGUAGES) else "fr"


def _filled(source: str) -> str:
    """`{name}` becomes what the operator of this installation said in the environment."""
    return re.sub(r"\{(\w+)\}", lambda found: _particular(found[1]), source)


def _particular(name: str) -> str:
    lines = [_SIGNS.sub(r"\\\1", part.strip()) for part in settings.OPERATOR[name].split(";")]
    return "  \n".join(line for line in lines if line)


@cache
def _source(path: str) -> str:
    file = _HERE / path
    if not file.is_file():
        raise UnknownTextError
    return file.read_text(encoding="utf-8")
