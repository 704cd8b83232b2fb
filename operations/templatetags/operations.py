"""Parts of the operation's editor that its pages share."""

from typing import Any

from django import template
from django.forms import BoundField
from django.template import Context

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
    return steps.next_step(context["operation"], path=context["request"].path)
