"""Finds every text of the product that can be translated, in Python and in templates.

gettext's own tools are not on every machine: Babel reads Python, and Django turns a template into
something that Babel can read.
"""

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from django.utils.translation.template import templatize

from deploy.local.processes import ROOT

ROOMS = ("platform", "tenants", "partnerships", "operations", "widgets", "api")
_KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def template_catalogue(root: Path = ROOT) -> Catalog:
    """Every text in the source under `root`, with the files it is in and no translation."""
    catalogue = Catalog(charset="utf-8")
    for path in _sources(root):
        name = path.relative_to(root).as_posix()
        for message, context in _messages(path):
            # No line numbers: moving a line must not change the catalogue.
            catalogue.add(message, locations=[(name, None)], context=context)  # type: ignore[list-item]
    return catalogue


def _sources(root: Path) -> Iterator[Path]:
    for room in ROOMS:
        for path in sorted((root / room).rglob("*")):
            is_template = path.suffix in {".html", ".txt"} and "templates" in path.parts
            if is_template or (path.suffix == ".py" and "migrations" not in path.parts):
                yield path


def _messages(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # One line: what stands around the texts is no Python, and must not be read as indented.
        text = templatize(text, origin=str(path)).replace("\n", " ").lstrip()
    for _line, message, _comments, context in extract(
        "python", io.BytesIO(text.encode()), keywords=_KEYWORDS
    ):
        yield message, context
