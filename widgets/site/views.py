"""The page of the shop and the brand."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import has_role, member_required
from accounts.models import Role
from kernel.errors import RicochetError
from partnerships.selectors import owes_policy
from shell.forms import HouseForm, answer
from tenants.context import current_tenant
from tenants.features import Feature, feature_required, is_on
from tenants.programme import versions
from widgets.models import WidgetKind
from widgets.script.line import line_of
from widgets.shown.selectors import defaults, stored
from widgets.shown.services import save_launcher
from widgets.site.forms import AddressForm, LauncherForm, PartnerSiteForm, SiteForm
from widgets.site.services import save_site
from widgets.tracker.selectors import allowed, is_main, sites


@require_http_methods(["GET", "HEAD", "POST"])
@member_required()
def site(request: HttpRequest) -> HttpResponse:
    """Show the shop, its script and the brand; managers change them."""
    form = _site_form(request.POST or None)
    may_change = has_role(request, Role.MANAGER)
    context = _context(may_change=may_change) | {
        # Just saved: what was typed has done its work, and is not given back.
        "draft": "" if len(messages.get_messages(request)) else "site",
    }
    if request.method == "POST":
        if not may_change:
            return render(request, _template(), {**context, "form": None}, status=403)
        if form.is_valid() and _saved(request, form):
            return redirect("site:site")
    return answer(request, _template(), context, form)


def refused(request: HttpRequest, **forms: HouseForm) -> HttpResponse:
    """The whole page again, with what was wrong in one of its smaller forms."""
    context = _context(may_change=True) | {"form": _site_form(None), "has_errors": True, **forms}
    return render(request, _template(), context, status=422)


def _template() -> str:
    """A partner who is no merchant has no shop to connect and no referral to show."""
    return "site/partner.html" if current_tenant().partner_only else "site/site.html"


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Feature.REFERRAL)
def launcher(request: HttpRequest) -> HttpResponse:
    """Switch what the script puts forward on the shop on or off, and change its words."""
    form = _launcher_form(request.POST)
    if not form.is_valid():
        return refused(request, launcher=form)
    active = form.cleaned_data["active"]
    save_launcher(active=active, words=form.words, now=timezone.now())
    on, off = _("Le parrainage est proposé sur la boutique."), _("La boutique n’affiche rien.")
    messages.success(request, on if active else off)
    return redirect(f"{reverse('site:site')}#mise-en-avant")


def _site_form(data: QueryDict | None) -> SiteForm:
    tenant = current_tenant()
    initial = {
        "name": tenant.name,
        "kind": tenant.kind,
        "site_url": tenant.site_url,
        "public_email": tenant.public_email,
        "policy_url": tenant.policy_url,
        "legal_notice": tenant.legal_notice,
        "color": tenant.brand_color,
    }
    kind = PartnerSiteForm if tenant.partner_only else SiteForm
    return kind(data, initial=initial, owes_policy=owes_policy(tenant_id=tenant.id))


def _launcher_form(data: QueryDict | None) -> LauncherForm:
    row = stored(kind=WidgetKind.LAUNCHER)
    usual = defaults(version=versions.in_force(now=timezone.now()), tenant=current_tenant())
    initial = {"side": usual.side} | (row.words | {"active": row.active} if row else {})
    return LauncherForm(data, initial=initial, defaults=usual)


def _saved(request: HttpRequest, form: SiteForm) -> bool:
    data = form.cleaned_data
    try:
        adjusted = save_site(
            tenant=current_tenant(),
            name=data["name"].strip(),
            kind=data["kind"].strip() if "kind" in data else None,
            site_url=data["site_url"],
            public_email=data["public_email"],
            policy_url=data["policy_url"],
            legal_notice=data["legal_notice"].strip() if "legal_notice" in data else None,
            color=data["color"],
            now=timezone.now(),
        )
    except RicochetError as error:
        shop = _("Indiquez l’adresse de la boutique, par exemple https://maisonlumen.fr.")
        form.add_error("site_url", error.said if current_tenant().partner_only else shop)
        return False
    done = _("Boutique et marque enregistrées.")
    if current_tenant().partner_only:
        done = _("Site et marque enregistrés.")
    messages.success(request, " ".join([done, *adjusted]))
    return True


def _context(*, may_change: bool) -> dict[str, Any]:
    rows = sites()
    now = timezone.now()
    tenant = current_tenant()
    return {
        "can_change": may_change,
        "sites": [(row, line_of(row)) for row in rows],
        "addresses": [(row, is_main(tenant=tenant, site=row)) for row in allowed(tenant=tenant)],
        "address": AddressForm(),
        "seen": any(row.last_seen_at for row in rows),
        "launcher": _launcher_form(None) if is_on(Feature.REFERRAL) else None,
        "launcher_on": getattr(stored(kind=WidgetKind.LAUNCHER), "active", False),
        "programme_open": versions.is_open(versions.in_force(now=now)),
    }
