"""The steps of an operation's editor: on which page something is mended, and what comes next."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from kernel.ids import public_id
from operations import running, selectors
from operations.mechanics import mechanic_of
from operations.mechanics.shape import Problem
from operations.models import Operation, OperationModule
from operations.sample_rules.facts import lacking
from operations.views.partners import choosable

STEPS = {
    "dates": "operations:dates",
    "words": "operations:words",
    "look": "operations:look",
    "modules": "operations:modules",
    "partners": "operations:partners",
}


def mended_at(row: Operation, problem: Problem) -> str:
    """The page with the very form where a problem is solved, opened at its field."""
    if problem.module:
        return reverse("operations:module", args=[row.public_id, problem.module])
    if problem.field.startswith("rules_"):
        page = reverse("operations:words", args=[row.public_id])
        return at_brackets(page, problem.field.removeprefix("rules_"))
    if problem.step == "site":
        return f"{reverse('site:site')}#id_{problem.field}"
    if any(problem.partnership == public_id("prt", one.partnership_id) for one in choosable()):
        page = reverse("operations:partner", args=[row.public_id, problem.partnership])
        return f"{page}#id_{problem.field}"
    page = reverse(STEPS.get(problem.step, STEPS["modules"]), args=[row.public_id])
    return f"{page}#id_{problem.field}" if problem.field else page


def at_brackets(page: str, language: str) -> str:
    """The page of the texts, at the passage of these rules that still waits for its words."""
    return f"{page}?completer={language}#id_rules_{language}"


def lacks(row: Operation) -> list[tuple[str, str]]:
    """What the sample of the rules would fill in and does not know, each with where it is said."""
    modules = list(row.modules.filter(removed_at=None, kind__in=["draw", "instant_win"])[:1])
    pages = {
        "site": reverse("site:site"),
        "words": reverse(STEPS["words"], args=[row.public_id]),
        "dates": reverse(STEPS["dates"], args=[row.public_id]),
        "modules": reverse("operations:module", args=[row.public_id, modules[0].public_id])
        if modules
        else reverse(STEPS["modules"], args=[row.public_id]),
    }
    return [
        (lack.text, f"{pages[lack.step]}#id_{lack.field}" if lack.field else pages[lack.step])
        for lack in lacking(row)
    ]


def next_step(row: Operation, *, path: str) -> dict[str, Any]:
    """What keeps a draft from going live: each thing, with the page that mends it.

    The address is empty for what is mended on the page of `path`.
    """
    problems = running.problems(operation=row, now=timezone.now())
    ahead = [(problem.text, mended_at(row, problem)) for problem in problems]
    return {
        "ahead": [(text, "" if _page(url) == path else url) for text, url in ahead],
        "overview": reverse("operations:operation", args=[row.public_id]),
    }


def onward(row: Operation, *, after: OperationModule | None = None) -> str:
    """Where to go once a draft was made, or one of its modules saved: to a module that lacks
    something, first the same again, else to the page of the whole.
    """
    modules = selectors.modules_of(row)
    lacking_first = sorted(modules, key=lambda one: after is None or one.id != after.id)
    for one in lacking_first:
        if mechanic_of(one).check(module=one):
            return reverse("operations:module", args=[row.public_id, one.public_id])
    return reverse("operations:operation", args=[row.public_id])


def _page(url: str) -> str:
    return url.partition("#")[0].partition("?")[0]
