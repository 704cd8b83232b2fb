"""Texts in two languages, as they are stored: `{"fr": …, "en": …}`."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from operations.models import Operation

LANGUAGES: tuple[str, ...] = tuple(code for code, _name in settings.LANGUAGES)


def pick(words: Mapping[str, Any] | None, language: str) -> str:
    """The text in this language; where it has none, in French, then in any."""
    kept = words or {}
    for code in (language, *LANGUAGES):
        text = str(kept.get(code) or "").strip()
        if text:
            return text
    return ""


def lines(text: object) -> str:
    """A text with its line ends as we keep them, whatever a browser makes of them."""
    return str(text or "").replace("\r\n", "\n")


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two texts read the same, line ends aside, in every language."""
    return {code: lines(text) for code, text in one.items() if text} == {
        code: lines(text) for code, text in other.items() if text
    }


def pair(cleaned: Mapping[str, Any], name: str) -> dict[str, str]:
    """What a form's fields `name_fr` and `name_en` say, to be stored; empty texts are left out."""
    found = {code: lines(cleaned.get(f"{name}_{code}")).strip() for code in LANGUAGES}
    return {code: text for code, text in found.items() if text}


def spread(words: Mapping[str, Any] | None, name: str) -> dict[str, str]:
    """The other way: initial values for a form's fields `name_fr` and `name_en`."""
    return {f"{name}_{code}": str((words or {}).get(code) or "") for code in LANGUAGES}


def offered_in(operation: Operation) -> tuple[str, ...]:
    """The languages of an operation: French, and any other that its page has a title in."""
    return tuple(code for code in LANGUAGES if code == "fr" or operation.title.get(code))
