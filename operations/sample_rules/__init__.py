"""Official rules to begin with: filled in with what the operation says of itself, to be edited.

What only the merchant knows stands in square brackets; while one is left (`unfinished`), the
operation does not go live.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from django.template import Context, Engine, Template
from django.utils import timezone, translation

from operations.models import Operation
from operations.sample_rules.facts import facts
from operations.words import offered_in
from shell import formats
from tenants.context import current_tenant

_FOLDER = Path(__file__).parent
_LEFT = re.compile(r"\[(?:à compléter|to complete)\b[^\]\n]*\]?")
_BLANKS = re.compile(r"\n{3,}")


def unfinished(text: str) -> str:
    """The first passage in brackets that still waits for its words; "" where none does."""
    found = _LEFT.search(text)
    return found[0] if found is not None else ""


def unfinished_in(rules: Mapping[str, str]) -> tuple[str, str] | None:
    """The language whose rules wait for words, and the passage; None where all is written."""
    for language, text in rules.items():
        if passage := unfinished(str(text)):
            return str(language), passage
    return None


def sample(*, operation: Operation, language: str) -> str:
    """The rules of this operation in one language, as far as they follow from it."""
    # On the merchant's clock, whoever asks: published rules are compared with these.
    zone = ZoneInfo(current_tenant().timezone)
    with translation.override(language), timezone.override(zone):
        context = facts(operation, language)
        text = str(_template(language).render(Context(context, autoescape=False)))
    names = [str(context["zone"]), *(name for name, _address in context["policies"])]
    text = formats.elided(text, *names, language=language)
    return _BLANKS.sub("\n\n", text).strip()


def samples(*, operation: Operation) -> dict[str, str]:
    """The rules in each language that the operation is offered in."""
    return {code: sample(operation=operation, language=code) for code in offered_in(operation)}


@cache
def _template(language: str) -> Template:
    # Text, not a page: nothing is escaped here, and what people read goes through Markdown.
    engine = Engine(autoescape=False)
    return engine.from_string((_FOLDER / f"{language}.md").read_text(encoding="utf-8"))
