"""The frame of the public pages: the brand's colours, the language, and one answer that paints.

The page's host gives the colour; the operation may give another. The style stands in the page.
"""

import functools
import zoneinfo
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from operations.models import ModulePartner, Operation
from shell import brand
from tenants.models import Tenant

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
    whole = {
        "tenant": tenant,
        "operation": operation,
        "brands": brands(tenant, operation),
        "language": translation.get_language() or "fr",
        "style": mark_safe(_style()),  # noqa: S308 - our own files
        "colors": _colors(request, tenant, operation),
        **context,
    }
    return render(request, f"operations/public/{template}.html", whole, status=status)


def brands(tenant: Tenant, operation: Operation | None) -> list[str]:
    """The names that the head of the page joins by ×: the host's, then each partner's."""
    if operation is None:
        return [tenant.name]
    partners = ModulePartner.objects.filter(
        module__operation=operation, module__removed_at__isnull=True
    )
    names = list(dict.fromkeys(partners.values_list("name", flat=True)))
    return [tenant.name, *names]


def _colors(request: HttpRequest, tenant: Tenant, operation: Operation | None) -> SafeString:
    """The custom properties of the page's brand colour, guarded as look section 11 says."""
    own = str((operation.look if operation is not None else {}).get("color") or "")
    color = own or tenant.brand_color
    tokens = brand.compute(color if brand.HEX.match(color) else "#0f6170").as_dict()
    safe = {k: v for k, v in tokens.items() if isinstance(v, str) and brand.HEX.match(v)}
    rules = [f"--brand:{safe['brand']}", f"--brand-ink:{safe['brand_ink']}"]
    rules += [
        f"--brand-{part}:light-dark({safe[f'{part}_light']},{safe[f'{part}_dark']})"
        for part in ("text", "bar", "tint")
    ]
    return format_html(
        '<style nonce="{}">:root{{{}}}</style>',
        str(request.csp_nonce),  # type: ignore[attr-defined]
        mark_safe(";".join(rules)),  # noqa: S308 - only hex colours pass the filter above
    )


@functools.cache
def _style() -> str:
    tokens = finders.find("shell/css/tokens.css")
    own = Path(__file__).with_name("page.css").read_text("utf-8")
    shared = Path(str(tokens)).read_text("utf-8") if tokens else ""
    return f"{shared}{own}"
