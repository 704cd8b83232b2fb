"""Parts of the operation's editor that its pages share."""

from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template import Context
from django.utils.translation import get_language

from operations import fields
from operations.mechanics.prizes import told
from operations.mechanics.shape import SettingsForm
from operations.models import OperationModule
from operations.views import steps
from shell import formats
from tenants.context import current_tenant

register = template.Library()


@register.inclusion_tag("operations/english.html")
def english(*parts: BoundField) -> dict[str, Any]:
    """The English half of some fields, folded away until something stands in it, or is wrong."""
    is_open = any(field.value() or field.errors for field in parts)
    return {"fields": parts, "open": is_open}


@register.simple_tag
def opened(form: BaseForm, *names: str) -> bool:
    """Whether folded fields have to be seen: one is wrong, or says something else than usual."""
    usual = form.initial_of({}) if isinstance(form, SettingsForm) else {"asks_rules": False}
    return any(
        form[name].errors or _told(form[name].value()) != _told(usual.get(name))
        for name in names
        if name in form.fields
    )


def _told(value: Any) -> str:
    return str(value or "")


@register.filter
def prizes(module: OperationModule) -> str:
    """What can be won in a module, in a line."""
    there = told(module, get_language() or "fr")
    currency = current_tenant().currency
    return formats.join([_prize(row, currency) for row in there])


def _prize(row: dict[str, Any], currency: str) -> str:
    text = f"{formats.number(row['stock'])} × {row['name']}"
    return f"{text} ({formats.money(row['value'], currency)})" if row["value"] else text


@register.filter
def asks(module: OperationModule) -> str:
    """What a module asks of people, in a sentence."""
    there = fields.asked(module, language=get_language() or "fr")
    return formats.join([fields.within(one) for one in there])


@register.inclusion_tag("operations/next_step.html", takes_context=True)
def next_step(context: Context) -> dict[str, Any]:
    """What comes next before a draft goes live, for whoever may do it."""
    waits = context["state"] in ("draft", "test") and context["can_change"]
    if not waits or context.get("current") == "one":
        return {}
    return steps.next_step(context["operation"], path=context["request"].path)
