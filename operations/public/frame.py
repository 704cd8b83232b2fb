"""The frame of the public pages: the brand's colours, the language, and one answer that paints.

The page's host gives the colour; the operation may give another. The style stands in the page.
"""

import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from operations import parties
from operations.models import Operation
from operations.rehearsing import passes
from shell import brand
from shell.light import light_style
from tenants.models import Tenant

_OWN = Path(__file__).with_name("page.css")
View = Callable[..., HttpResponse]


def public_page(view: View) -> View:
    """A page for whoever comes: never kept by anybody, in the merchant's time zone."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        zone = zoneinfo.ZoneInfo(tenant_of(request).timezone)
        with timezone.override(zone):
            response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        patch_vary_headers(response, ("Accept-Language",))
        return response

    return page


def tenant_of(request: HttpRequest) -> Tenant:
    tenant: Tenant = request.tenant  # type: ignore[attr-defined]
    return tenant


def show(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    operation: Operation | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render one of `templates/operations/public/`."""
    tenant = tenant_of(request)
    shown = brands(tenant, operation)
    whole = {
        "tenant": tenant,
        "operation": operation,
        "brands": shown,
        "language": translation.get_language() or "fr",
        "style": mark_safe(light_style(_OWN)),  # noqa: S308 - our own files
        "colors": _colors(request, tenant, operation, shown),
        "way_back": _way_back(context, operation),
        **context,
    }
    return render(request, f"operations/public/{template}.html", whole, status=status)


def _way_back(context: dict[str, Any], operation: Operation | None) -> str:
    """From a test back to where it was begun; "" on every other page."""
    test = str(context.get("test") or "")
    given = passes.read(test, now=timezone.now()) if test else None
    if given is None or operation is None:
        return ""
    return passes.way_back(given, operation_id=operation.public_id)


@dataclass(frozen=True, slots=True)
class Brand:
    """One name of the page's head; `color` is that of its square, "" for the page's own."""

    name: str
    color: str = ""
    ink: str = ""


def brands(tenant: Tenant, operation: Operation | None) -> list[Brand]:
    """What the head of the page joins by ×: the host, then each partner with its own colour."""
    if operation is None:
        return [Brand(tenant.name)]
    # Whoever stands in the place of the one that was chosen is not shown before it is confirmed;
    # whoever has declined or left is shown on what is over, and on nothing that people still join.
    over = operation.shown_state(timezone.now()) in ("ended", "archived")
    names = {
        row.partner_tenant_id: parties.name_of(row, minor)
        for row, minor in parties.in_operation(operation).items()
        if not parties.is_another(row, minor) and (minor is not None or over)
    }
    colors = dict(Tenant.objects.filter(id__in=names).values_list("id", "brand_color"))
    return [Brand(tenant.name), *(_brand(name, colors.get(n, "")) for n, name in names.items())]


def _brand(name: str, color: str) -> Brand:
    if not brand.HEX.match(color):
        return Brand(name)
    tokens = brand.compute(color)
    return Brand(name, tokens.brand, tokens.brand_ink)


def _colors(
    request: HttpRequest, tenant: Tenant, operation: Operation | None, shown: list[Brand]
) -> SafeString:
    """The page's colours as custom properties, guarded as look section 11 says.

    The host gives the page's; the first partner gives the stone of the drawing, each its square.
    """
    own = str((operation.look if operation is not None else {}).get("color") or "")
    color = own or tenant.brand_color
    tokens = brand.compute(color if brand.HEX.match(color) else "#0f6170").as_dict()
    safe = {k: v for k, v in tokens.items() if isinstance(v, str) and brand.HEX.match(v)}
    rules = [f"--brand:{safe['brand']}", f"--brand-ink:{safe['brand_ink']}"]
    rules += [
        f"--brand-{part}:light-dark({safe[f'{part}_light']},{safe[f'{part}_dark']})"
        for part in ("text", "bar", "tint")
    ]
    partners = [(n, row) for n, row in enumerate(shown, start=1) if row.color]
    rules += [f"--stone:{row.color}" for _n, row in partners[:1]]
    squares = [f".square-{n}{{background:{row.color};color:{row.ink}}}" for n, row in partners]
    return format_html(
        '<style nonce="{}">:root{{{}}}{}</style>',
        str(request.csp_nonce),  # type: ignore[attr-defined]
        mark_safe(";".join(rules)),  # noqa: S308 - only hex colours pass the filters above
        mark_safe("".join(squares)),  # noqa: S308 - the same
    )
