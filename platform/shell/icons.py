"""The house's icons and state shapes, drawn inline so that they take the text's colour."""

import re
from pathlib import Path

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_SOURCE = Path(__file__).with_name("drawings.svg").read_text(encoding="utf-8")
_DRAWINGS: dict[str, str] = dict(
    re.findall(r'<symbol id="([a-z-]+)">(.*?)</symbol>', _SOURCE, re.DOTALL)
)


def names() -> list[str]:
    """Every icon's name, for the components page."""
    return sorted(name for name in _DRAWINGS if not name.startswith("state-"))


def icon(name: str, extra: str = "") -> SafeString:
    """An inline, decorative icon; an unknown name raises KeyError so that a typing slip shows."""
    return format_html(
        '<svg class="icon{}" viewBox="0 0 18 18" aria-hidden="true" focusable="false">{}</svg>',
        f" {extra}" if extra else "",
        mark_safe(_DRAWINGS[name]),  # noqa: S308  drawings of this folder
    )


def glyph(name: str) -> SafeString:
    """The 10 px shape that a state wears beside its colour."""
    return format_html(
        '<svg viewBox="0 0 10 10" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(_DRAWINGS[f"state-{name}"]),  # noqa: S308  drawings of this folder
    )
