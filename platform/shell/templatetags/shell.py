"""Template filters and tags of the house; a builtin library, nothing to load."""

import json
import zlib
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField
from django.http import HttpRequest
from django.template import Context
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeData, SafeString, mark_safe

from kernel.money import Amount
from shell import brand as brand_colors
from shell import formats, icons
from shell.states import STATES, State

register = template.Library()


# ---------------------------------------------------------------- numbers and amounts
@register.filter
def money(value: int | Amount | str | None, unit: str = "EUR") -> str:
    """Cents (or an Amount) to `1 234,50 €`; None shows a long dash."""
    if value is None or isinstance(value, str):
        return "—"
    if isinstance(value, Amount):
        return formats.amount(value)
    return formats.amount(Amount(value, unit or "EUR"))


@register.filter
def money_signed(value: int | Amount | str | None, unit: str = "EUR") -> str:
    """As `money`, with `+` or `−` in front."""
    if value is None or isinstance(value, str):
        return "—"
    if isinstance(value, Amount):
        return formats.amount(value, signed=True)
    return formats.amount(Amount(value, unit or "EUR"), signed=True)


@register.filter
def points(value: int | None) -> str:
    return "—" if value is None else formats.points(value)


@register.filter
def points_signed(value: int | None) -> str:
    return "—" if value is None else formats.number(value, signed=True)


@register.filter
def number(value: int | float | Decimal | None, decimals: int = 0) -> str:
    return "—" if value is None or value == "" else formats.number(value, decimals=int(decimals))


@register.filter
def percent(value: float | Decimal | None) -> str:
    """A ratio: 0.177 gives `17,7 %`."""
    return "—" if value is None or value == "" else formats.percent(value)


@register.filter
def ordinal(value: int) -> SafeString:
    return _raise_ordinal(formats.ordinal(value))


# ---------------------------------------------------------------- times
def _raise_ordinal(text: str) -> SafeString:
    """`1er` with its small superscript."""
    safe = escape(text)
    for tail in ("er", "re"):
        if safe.startswith("1" + tail) and not safe[3:4].isalpha():
            return mark_safe(f"1<sup>{tail}</sup>{safe[3:]}")  # noqa: S308  escaped above
    return mark_safe(safe)  # noqa: S308  escaped above


def _time(value: date | datetime, text: str, *, title: bool = False) -> SafeString:
    exact = formats.moment(value) if isinstance(value, datetime) else formats.day(value)
    stamp = (
        value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()
    )
    if not title:
        return format_html('<time datetime="{}">{}</time>', stamp, _raise_ordinal(text))
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', stamp, exact, _raise_ordinal(text)
    )


@register.filter
def day(value: date | datetime | None) -> str:
    """`<time>18 nov. 2026</time>`."""
    return "—" if not value else _time(value, formats.day(value))


@register.filter
def day_short(value: date | datetime | None) -> str:
    """`<time>18 nov.</time>`: the year goes without saying."""
    return "—" if not value else _time(value, formats.day(value, year=False))


@register.filter
def day_long(value: date | datetime | None) -> str:
    """`<time>18 novembre 2026</time>`."""
    return "—" if not value else _time(value, formats.day(value, long=True))


@register.filter
def month_year(value: date | datetime | None) -> str:
    return "—" if not value else _time(value, formats.month(value))


@register.filter
def moment(value: datetime | None) -> str:
    """`<time>18 nov. 2026 à 19 h 42</time>`."""
    return "—" if not value else _time(value, formats.moment(value))


@register.filter
def hour(value: datetime | None) -> str:
    return "—" if not value else _time(value, formats.hour(value))


@register.filter
def ago(value: datetime | None) -> str:
    """`<time title="the exact time">il y a 3 jours</time>`."""
    if not value:
        return "—"
    return _time(value, formats.ago(value, now=timezone.now()), title=True)


@register.filter
def day_text(value: date | datetime | None) -> str:
    """The date as plain text, for attributes and sentences that are escaped."""
    return "—" if not value else formats.day(value)


# ---------------------------------------------------------------- words and people
@register.filter
def initials(name: str) -> str:
    return formats.initials(str(name))


@register.filter
def avatar_tone(name: str) -> int:
    """0, 1 or 2: two greys and lac, the same for one name on every page."""
    return zlib.crc32(str(name).encode()) % 3


@register.filter
def elided(text: Any, name: Any) -> str:
    """`{{ heading|elided:name }}`: « Cagnotte de Inès » becomes « Cagnotte d’Inès »."""
    if isinstance(text, SafeData):  # a sentence whose names are escaped already
        return mark_safe(formats.elided(str(text), escape(name)))  # noqa: S308
    return formats.elided(str(text), str(name))


@register.filter
def join_words(words: list[Any]) -> str:
    return formats.join([str(word) for word in words])


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
