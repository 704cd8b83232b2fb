"""What a widget says: the words that were typed, and the operation's own where there are none."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from operations.words import LANGUAGES, pick
from widgets.display.targets import Target

# The longest of each; a button of a tab is read at a glance.
LONGEST = {"label": 32, "title": 70, "text": 160, "action": 32}


@dataclass(frozen=True, slots=True)
class Words:
    """In one language. `label` stands on the tab, or on the button of a phone."""

    label: str
    title: str
    text: str
    action: str


def usual(target: Target | None, language: str) -> Words:
    """What is said where nothing was typed."""
    with translation.override(language):
        title = pick(target.title, language) if target is not None else _("Participez")
        text = pick(target.subtitle, language) if target is not None else ""
        return Words(
            label=_short(title, LONGEST["label"]),
            title=_short(title, LONGEST["title"]),
            text=_short(text, LONGEST["text"]),
            action=_("Participer"),
        )


def said(typed: Mapping[str, Any], target: Target | None) -> dict[str, dict[str, str]]:
    """Both languages, each with the words of the script itself."""
    found = {}
    for language in LANGUAGES:
        own = {k: v for k, v in dict(typed.get(language) or {}).items() if v and k in LONGEST}
        with translation.override(language):
            ours = {
                "close": _("Fermer"),
                "made": _("Proposé avec"),
                "tab": _("nouvel onglet"),
            }
        found[language] = {**asdict(usual(target, language)), **own, **ours}
    return found


def _short(text: str, most: int) -> str:
    """At most so many characters, cut at a word."""
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
