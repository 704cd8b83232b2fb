"""Compiles the translations where they are older than their source.

The compiled files are not kept in the repository, and gettext's own tools are not on every machine:
Babel does it.
"""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from deploy.local.processes import ROOT

LOCALES = ROOT / "platform" / "config" / "locale"


def compile_messages(locales: Path = LOCALES) -> None:
    """Write a `.mo` beside every `.po` that is newer; fuzzy entries are left out."""
    for source in sorted(locales.glob("*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name)
        half_done = compiled.with_suffix(".mo.new")
        with half_done.open("wb") as file:
            write_mo(file, catalogue)
        half_done.replace(compiled)
