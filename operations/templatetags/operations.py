"""Parts of the operation's editor that its pages share."""

from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from operations import fields
from operations.mechanics.prizes import named
from operations.mechanics.shape import SettingsForm
from operations.models import OperationModule
from operations.views import steps
from operations.views.reaching import qr_address
from shell import formats
from shell.qr import qr_svg
from tenants import features
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
    return named(module, get_language() or "fr")


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


@register.inclusion_tag("operations/next_after_live.html", takes_context=True)
def next_after_live(context: Context) -> dict[str, Any]:
    """What comes next once an operation is live: its QR code, the shop's site, a mailing."""
    if context["state"] != "live":
        return {}
    operation, tenant = context["operation"], current_tenant()
    with_widgets = context["can_change"]
    return {
        "qr": qr_svg(qr_address(operation), label=_("QR code de la page de l’opération")),
        "qr_url": reverse("operations:qr", args=[operation.public_id]),
        "widgets_url": _page("display:list") if with_widgets else "",
        "site_url": "" if tenant.site_url else _page("site:site"),
        "campaigns_url": _page("programme:campaigns")
        if context["can_change"] and features.is_on(features.Feature.CAMPAIGNS)
        else "",
    }


def _page(name: str) -> str:
    """The address of a page that not every back office has."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
