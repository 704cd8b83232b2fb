"""The words of an email: the original ones in files, those of a merchant in a table.

A file is `texts/<kind>.<language>.md`: lines `subject:`, `preheader:`, `button:`, an empty line,
then the body. Files, merchants' texts and previews are all written by the same code.
"""

import functools
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent.parent / "texts"
LANGUAGES = ("fr", "en")
FIELDS = ("subject", "preheader", "body", "button")


@dataclass(frozen=True, slots=True)
class Text:
    """The four fields of an email, in liquid; the body in Markdown as well.

    `target` names the value that the button leads to; "" is the kind's own.
    """

    subject: str
    body: str
    preheader: str = ""
    button: str = ""
    target: str = ""


@functools.cache
def original(*, kind: str, language: str) -> Text | None:
    """The text that a kind comes with, in French where this language has none."""
    for candidate in dict.fromkeys((language, "fr")):
        path = _FOLDER / f"{kind}.{candidate}.md"
        if path.is_file():
            return _read(path.read_text(encoding="utf-8"))
    return None


def _read(content: str) -> Text:
    head, _blank, body = content.partition("\n\n")
    fields = {}
    for line in head.splitlines():
        name, _colon, value = line.partition(":")
        fields[name.strip()] = value.strip()
    return Text(body=body.strip("\n"), **fields)
