"""Parts of the operation's editor that its pages share."""

from typing import Any

from django import template
from django.forms import BoundField
from django.template import Context
from django.utils import timezone

from operations import running
from operations.views import steps

register = template.Library()


@register.inclusion_tag("operations/english.html")
def english(*fields: BoundField) -> dict[str, Any]:
    """The English half of some fields, folded away until something stands in it, or is wrong."""
    is_open = any(field.value() or field.errors for field in fields)
    return {"fields": fields, "open": is_open}


@register.inclusion_tag("operations/next_step.html", takes_context=True)
def next_step(context: Context) -> dict[str, Any]:
    """What comes next before a draft goes live, for whoever may do it."""
    waits = context["state"] in ("draft", "test") and context["can_change"]
    if not waits or context.get("current") == "one":
        return {}
    row, path = context["operation"], context["request"].path
    found = steps.next_step(row, path=path)
    if found["left"] > 1:  # each by its name: a number alone would have to be looked for
        problems = running.problems(operation=row, now=timezone.now())
        ahead = [(problem.text, steps.mended_at(row, problem)) for problem in problems]
        found["each"] = [(text, "" if _is_here(url, path) else url) for text, url in ahead]
    return found


def _is_here(url: str, path: str) -> bool:
    return url.partition("#")[0].partition("?")[0] == path
