"""How a partnership's state and its two brands are drawn."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from partnerships.models import Side
from partnerships.views.common import shown
from shell import brand, formats, icons, states
from tenants.models import Tenant

register = template.Library()
# A brand that has chosen no colour yet has this one: so has one that nobody knows yet (R33).
_PLAIN = str(Tenant._meta.get_field("brand_color").default)


@register.simple_tag
def shown_state(row: Any) -> SafeString:
    """The badge of a row of `selectors.partnerships_of`."""
    is_now = shown(row)
    look = states.STATES[is_now.look]
    return format_html(
        '<span class="badge tone-{}">{}<span>{}</span></span>',
        look.tone,
        icons.glyph(look.glyph),
        is_now.word,
    )


@register.simple_tag
def brand_square(tenant: Tenant | None, name: str = "") -> SafeString:
    """A brand's initials on its own colour: attributes of an SVG, for styles are refused."""
    color = tenant.brand_color if tenant is not None else _PLAIN
    tokens = brand.compute(color if brand.HEX.match(color) else _PLAIN)
    return format_html(
        '<svg class="brand-square" viewBox="0 0 34 34" aria-hidden="true" focusable="false">'
        '<rect width="34" height="34" rx="8" fill="{}"/>'
        '<text x="17" y="21.4" text-anchor="middle" font-size="12.5" fill="{}">{}</text></svg>',
        tokens.brand,
        tokens.brand_ink,
        formats.initials(name or (tenant.name if tenant is not None else "")),
    )


@register.simple_tag
def partner_square(row: Any) -> SafeString:
    """The other brand of a row of `selectors.partnerships_of`."""
    other = row.minor if row.my_side == Side.MAJOR else row.major
    return brand_square(other, row.partner)


@register.simple_tag
def minor_square(row: Any) -> SafeString:
    """The minor's, as far as it is known to who looks."""
    return brand_square(row.minor, "" if row.minor else row.name)
