"""When and where a widget is shown: what its rule says, read and asked.

A rule is `{"pages": ["/cafes/*"], "when": "delay", "after": 5, "keep": 30, "side": "right"}`.
`after` counts seconds (delay) or percent of the page (scroll). `keep` is for how many days a widget
that was closed stays closed: 0 until the next page, -1 for the visit, at most 182 (D8).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _

from kernel.errors import InvalidInputError

WHEN = ("now", "delay", "scroll", "exit")
KEEP = (0, -1, 7, 30, 182)
MOST_PAGES, LONGEST = 10, 200
MOST_SECONDS = 120


class PageRuleError(InvalidInputError):
    """A page of the rule is no path."""

    code = "page_rule_not_understood"


@dataclass(frozen=True, slots=True)
class Rule:
    pages: tuple[str, ...] = ()
    when: str = "now"
    after: int = 0
    keep: int = 7
    side: str = "right"

    def stored(self) -> dict[str, Any]:
        return {
            "pages": list(self.pages),
            "when": self.when,
            "after": self.after,
            "keep": self.keep,
            "side": self.side,
        }


def read(stored: Mapping[str, Any]) -> Rule:
    """A stored rule; whatever is not one becomes the usual."""
    usual = Rule()
    when = str(stored.get("when") or usual.when)
    keep = stored.get("keep", usual.keep)
    return Rule(
        pages=tuple(map(str, stored.get("pages") or ())),
        when=when if when in WHEN else usual.when,
        after=int(stored.get("after") or 0),
        keep=keep if keep in KEEP else usual.keep,
        side="left" if stored.get("side") == "left" else "right",
    )


def pages_of(text: str) -> tuple[str, ...]:
    """The paths that were typed, one a line; whole addresses give their path.

    Raises PageRuleError.
    """
    found: list[str] = []
    for line in text.splitlines():
        typed = line.strip()
        if not typed:
            continue
        path = _path_of(typed)
        if not path.startswith(("/", "*")) or len(path) > LONGEST or not path.isprintable():
            raise PageRuleError(
                _("Écrivez chaque adresse depuis la barre oblique, par exemple /cafes/*."),
                param="pages",
            )
        if path not in found:
            found.append(path)
    if len(found) > MOST_PAGES:
        raise PageRuleError(
            _("Indiquez au plus %(most)s adresses.") % {"most": MOST_PAGES}, param="pages"
        )
    return tuple(found)


def _path_of(typed: str) -> str:
    """The path of what was typed; "" where a whole address cannot be read."""
    if "://" not in typed:
        return typed.partition("?")[0] or "/"
    try:
        return urlsplit(typed).path or "/"
    except ValueError:
        return ""


def allows(pages: Iterable[str], path: str) -> bool:
    """Whether a page is one of these; without any, every page is."""
    wanted = tuple(pages)
    return not wanted or any(_matches(pattern, path) for pattern in wanted)


def _matches(pattern: str, path: str) -> bool:
    """`*` stands for any text. Piece after piece: no pattern makes this slow."""
    first, *rest = _plain(pattern).split("*")
    where = _plain(path)
    if not rest:
        return where == first
    if not where.startswith(first):
        return False
    at = len(first)
    for piece in rest[:-1]:
        at = where.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    last = rest[-1]
    return len(where) - at >= len(last) and where.endswith(last)


def _plain(path: str) -> str:
    """As people write it: no percent signs, no slash at the end."""
    said = unquote(path)
    return said.rstrip("/") or "/"
