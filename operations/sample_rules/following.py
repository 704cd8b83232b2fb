"""A draft whose merchant writes no rules of their own has those that follow from its settings.

They are written anew at each reading, and fixed as the operation goes online. What is in force
stays until somebody amends it; `outdated` says that the settings have moved on meanwhile.
"""

from django.utils.translation import gettext as _

from operations import selectors
from operations.mechanics import mechanic_of
from operations.mechanics.shape import Problem
from operations.models import Operation
from operations.sample_rules import samples, unfinished_in
from operations.sample_rules.facts import lacking
from operations.words import pick

_DRAFT = ("draft", "test")


def needed(operation: Operation) -> bool:
    """Whether there is something to win or to accept."""
    modules = selectors.modules_of(operation)
    if any(mechanic_of(module).needs_rules or module.asks_rules for module in modules):
        return True
    return bool(operation.prize_count or pick(operation.prizes, "fr"))


def follows(operation: Operation) -> bool:
    """Whether the rules are those of the settings: of a draft that needs some and has none."""
    return operation.state in _DRAFT and not any(operation.rules.values()) and needed(operation)


def may_follow(operation: Operation) -> bool:
    """Whether a text of the merchant's own stands where the settings could give one."""
    return operation.state in _DRAFT and any(operation.rules.values()) and needed(operation)


def rules_of(operation: Operation) -> dict[str, str]:
    """The rules as they would be accepted today, by language; {} where there are none."""
    return samples(operation=operation) if follows(operation) else dict(operation.rules)


def fix(operation: Operation) -> None:
    """Of a locked draft that goes online: from now on its rules are a text, and kept as such."""
    if follows(operation):
        operation.rules, operation.rules_from_settings = rules_of(operation), True


def outdated(operation: Operation) -> bool:
    """Whether published rules say something else than the settings they were written from."""
    if not operation.rules_from_settings or operation.state != "live":
        return False
    # A language that is offered since says nothing else: its readers have the French text.
    there = {code: text for code, text in operation.rules.items() if text}
    return any(there.get(code, text) != text for code, text in samples(operation=operation).items())


def problems(operation: Operation) -> list[Problem]:
    """What keeps the rules from being published."""
    if not follows(operation):
        waiting = unfinished_in(operation.rules)
        return [_about_brackets(*waiting)] if waiting else []
    said = _("Indiquez %(what)s, pour le règlement.")
    lacks = lacking(operation)
    if lacks:
        # The dates and the prizes keep it from going online by themselves, and say so.
        return [
            Problem(said % {"what": lack.text}, lack.step, field=lack.field)
            for lack in lacks
            if lack.field
        ]
    waiting = unfinished_in(samples(operation=operation))
    return [_about_brackets(*waiting)] if waiting else []


def _about_brackets(language: str, passage: str) -> Problem:
    """Which text still has a passage in brackets, and which one: the form opens there."""
    words = {
        "fr": _("Complétez le règlement en français : « %(passage)s »."),
        "en": _("Complétez le règlement en anglais : « %(passage)s »."),
    }
    return Problem(words[language] % {"passage": passage}, "words", field=f"rules_{language}")
