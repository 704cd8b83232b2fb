"""The steps of an operation's editor: on which page something is mended, and what comes next."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from kernel.ids import public_id
from operations import running
from operations.mechanics.shape import Problem
from operations.models import Operation
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
        "dates": reverse(STEPS["dates"], args=[row.public_id]),
        "modules": reverse("operations:module", args=[row.public_id, modules[0].public_id])
        if modules
        else reverse(STEPS["modules"], args=[row.public_id]),
    }
    return [(lack.text, pages[lack.step]) for lack in lacking(row)]


def next_step(row: Operation, *, path: str) -> dict[str, Any]:
    """What keeps a draft from going live: how much, and the first thing that another page mends.

    `url` is empty where all that is left is on the page of `path`.
    """
    problems = running.problems(operation=row, now=timezone.now())
    ahead = [(problem.text, mended_at(row, problem)) for problem in problems]
    elsewhere = [one for one in ahead if one[1].partition("#")[0].partition("?")[0] != path]
    text, url = next(iter(elsewhere), ("", ""))
    return {
        "left": len(problems),
        "text": text or next((text for text, _url in ahead), ""),
        "url": url,
        "overview": reverse("operations:operation", args=[row.public_id]),
    }
