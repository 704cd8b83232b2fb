"""The styles of pages that carry them inside: one answer paints a shopper's page (S1)."""

import functools
from pathlib import Path

from django.contrib.staticfiles import finders

_SHARED = ("shell/css/tokens.css", "shell/css/light.css")


@functools.cache
def light_style(own: Path | None = None) -> str:
    """The tokens and the few rules of all such pages, then those of a page's own file."""
    found = [Path(str(path)) for name in _SHARED if (path := finders.find(name))]
    return "".join(path.read_text("utf-8") for path in (*found, *([own] if own else ())))
