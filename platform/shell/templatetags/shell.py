"""Template filters and tags of the house; a builtin library, nothing to load."""

import json
from typing import Any

from django import template
from django.forms import BoundField
from django.http import HttpRequest
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from shell import brand as brand_colors
from shell import formats, icons
from shell.states import STATES, State

register = template.Library()


# ---------------------------------------------------------------- drawings
@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    return icons.icon(name, extra)


@register.simple_tag
def glyph(name: str) -> SafeString:
    return icons.glyph(name)


@register.filter
def state(name: str) -> State:
    """The look of a state by its key in `shell.states.STATES`; an unknown key shows as grey."""
    return STATES.get(str(name)) or State("mute", "ring", str(name))


@register.filter
def per_cent_width(value: float, whole: float = 100) -> str:
    """A width for an SVG attribute: `62.5%`, held between 0 and 100."""
    ratio = 0.0 if not whole else float(value) / float(whole) * 100
    return f"{min(100.0, max(0.0, ratio)):.2f}%"


# ---------------------------------------------------------------- forms
_KINDS = {
    "CheckboxInput": "checkbox",
    "CheckboxSelectMultiple": "checks",
    "RadioSelect": "radios",
    "Textarea": "textarea",
    "Select": "select",
    "SelectMultiple": "select",
    "HiddenInput": "hidden",
}


@register.filter
def field_kind(field: BoundField) -> str:
    """Which of c-field's shapes a bound field takes."""
    for cls in type(field.field.widget).__mro__:
        if cls.__name__ in _KINDS:
            return _KINDS[cls.__name__]
    return "text"


@register.filter
def control(field: BoundField) -> SafeString:
    """The widget with the house's class; Django sets aria-describedby and aria-invalid itself."""
    kind = field_kind(field)
    if kind in ("checkbox", "checks", "radios", "hidden"):
        return field.as_widget()
    given = field.field.widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": f"control {given}".strip()})


@register.filter
def unit_of(field: BoundField, given: str = "") -> Any:
    """The unit shown at the right of a control: the template's, else the field's own."""
    return given or getattr(field.field, "unit", "")


@register.filter
def error_links(form: Any) -> list[tuple[str, str]]:
    """(id of the control, "field: message") for each error, in the order of the form.

    A field that is not shown cannot be gone to: its message stands alone.
    """
    links = []
    for field in form:
        for message in field.errors:
            words = str(message) if field.is_hidden else formats.labelled(field.label, message)
            links.append((field.id_for_label or field.auto_id, words))
    return links


# ---------------------------------------------------------------- page furniture
@register.simple_tag(takes_context=True)
def brand_style(context: Context) -> SafeString:
    """The tenant's colours as custom properties in a `<style>` that carries the page's nonce.

    Only values that look like `#rrggbb` are written, wherever they come from (R34).
    """
    request: HttpRequest | None = context.get("request")
    tenant = getattr(request, "tenant", None)
    if request is None or tenant is None:
        return mark_safe("")
    tokens = dict(getattr(tenant, "brand_tokens", None) or {})
    if not tokens.get("text_dark"):
        color = getattr(tenant, "brand_color", "") or "#0f6170"
        tokens = brand_colors.compute(
            color if brand_colors.HEX.match(color) else "#0f6170"
        ).as_dict()
    safe = {k: v for k, v in tokens.items() if isinstance(v, str) and brand_colors.HEX.match(v)}
    rules = []
    for name, key in (("--brand", "brand"), ("--brand-ink", "brand_ink")):
        if key in safe:
            rules.append(f"{name}:{safe[key]}")
    for part in ("text", "bar", "tint"):
        light, dark = safe.get(f"{part}_light"), safe.get(f"{part}_dark")
        if light and dark:
            rules.append(f"--brand-{part}:light-dark({light},{dark})")
    return format_html(
        '<style nonce="{}">:root{{{}}}</style>',
        str(getattr(request, "csp_nonce", "")),
        mark_safe(";".join(rules)),  # noqa: S308  only hex colours pass the filter above
    )


@register.filter
def brand_remarks(adjusted: object) -> list[str]:
    """What the brand guard changed, in words: `tenant.brand_tokens.adjusted|brand_remarks`."""
    return brand_colors.remarks(adjusted)


@register.filter
def toast(message: Any) -> dict[str, Any]:
    """A Django message as a toast: text, tone and, when it carries one, its undo."""
    extra: dict[str, Any] = {}
    if str(getattr(message, "extra_tags", "") or "").startswith("{"):
        extra = json.loads(message.extra_tags)
    return {
        "text": str(message),
        "bad": getattr(message, "level", 20) >= 40,
        "undo": extra.get("undo"),
    }


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The current query string with some parameters changed; an empty value removes one."""
    request: HttpRequest = context["request"]
    params = request.GET.copy()
    for name, value in changes.items():
        if value in ("", None):
            params.pop(name, None)
        else:
            params[name] = str(value)
    text = params.urlencode()
    return f"?{text}" if text else request.path


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """`mapping[key]`, or nothing."""
    return mapping.get(str(key), "") if hasattr(mapping, "get") else ""


@register.filter
def error_count(form: Any) -> int:
    """How many sentences the error summary lists."""
    return len(form.non_field_errors()) + len(error_links(form))
