"""What the script gets of a widget: words, colours, rule, and the address that it leads to."""

from typing import Any

from django.utils.html import escape

from operations.words import LANGUAGES
from shell import brand, formats
from tenants.models import Tenant
from widgets.display import rules, words
from widgets.display.models import Form, Widget
from widgets.display.targets import Target

_OURS = "#0f6170"
# Where the script reports what was done with a widget: see `display.door`.
TOLD = "/w/d1"
# The frame of the widget that comes in its place, in the site's own font and colours.
_LINK = (
    "box-sizing:border-box;display:flex;align-items:center;justify-content:center;"
    "min-height:inherit;padding:24px;border:1px solid rgba(127,127,127,.3);border-radius:16px;"
    "text-align:center;overflow-wrap:anywhere"
)


def data_of(widget: Widget, target: Target | None, *, tenant: Tenant) -> dict[str, Any]:
    """`show`, as `d1.js` reads it. Texts are texts: the script builds nodes of them (R34)."""
    rule = rules.read(widget.rule)
    color = widget.color if brand.HEX.match(widget.color) else tenant.brand_color
    tokens = brand.compute(color if brand.HEX.match(color) else _OURS).as_dict()
    return {
        "id": widget.public_id,
        "form": widget.form,
        "lang": tenant.language if tenant.language in LANGUAGES else LANGUAGES[0],
        "words": words.said(widget.words, target),
        "url": target.url(widget) if target is not None else "",
        "brands": _brands(tenant, target),
        "side": rule.side,
        "when": rule.when,
        "after": rule.after,
        "keep": rule.keep,
        "told": TOLD,
        "colors": {
            name: str(tokens.get(name, ""))
            for name in ("brand", "brand_ink", "text_light", "text_dark")
        },
    }


def _brands(tenant: Tenant, target: Target | None) -> list[list[str]]:
    """Initials, ground and ink of each brand; the site's own takes the widget's colours."""
    shown = [[formats.initials(tenant.name), "", ""]]
    if target is not None and target.other is not None:
        name, color = target.other
        tokens = brand.compute(color if brand.HEX.match(color) else _OURS)
        shown.append([formats.initials(name), tokens.brand, tokens.brand_ink])
    return shown


def reserved(data: dict[str, Any]) -> tuple[int, int]:
    """The height in pixels that an inline widget takes on a phone and on a wide page.

    An upper bound, from how long its texts are: what it stands in is as high before it comes.
    """
    said = data["words"].values()
    title = max(len(one["title"]) for one in said)
    text = max(len(one["text"]) for one in said)
    phone = 80 + 27 * _lines(title, 18) + 130 + 22 * _lines(text, 28)
    wide = max(80 + 27 * _lines(title, 18), 130 + 22 * _lines(text, 30))
    return phone, wide


def spot_of(widget: Widget, data: dict[str, Any]) -> str:
    """The line of HTML that an inline widget stands in; it keeps its place from the start.

    It is never a hole: until the script comes, and where none does, a link fills it that leads to
    the same page and counts as the widget.
    """
    if widget.form != Form.INLINE:
        return ""
    link = ""
    if data["url"].startswith(("https://", "http://")):
        title, url = escape(data["words"][data["lang"]]["title"]), escape(data["url"])
        link = f'<a href="{url}" target="_blank" rel="noopener" style="{_LINK}">{title}</a>'
    style = f"min-height:{height_of(data)}"
    return f'<div data-ricochet="{widget.public_id}" style="{style}">{link}</div>'


def height_of(data: dict[str, Any]) -> str:
    """In CSS: one height on a phone, another from 600 pixels on."""
    phone, wide = reserved(data)
    return f"clamp({wide}px,{wide}px + (600px - 100vw)*99,{phone}px)"


def _lines(length: int, width: int) -> int:
    return -(-length // width)
