"""On a merchant's address: a visit opens and ends, and the merchant reads who looked and why."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import member_required
from accounts.middleware import place_of
from accounts.services.one_time_links import UnknownLinkError
from accounts.sessions import TENANT_KEY
from accounts.views.pages import link_over
from console.models import Entry
from console.visits import services
from console.visits.middleware import VISIT_KEY
from shell.tables import Column, Empty, ListPage


@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def arrive(request: HttpRequest, token: str) -> HttpResponse:
    """Says what the operator is about to see, and begins on a click, which proves the origin."""
    tenant, now = request.tenant, timezone.now()  # type: ignore[attr-defined]
    try:
        if request.method == "POST":
            visit = services.open_visit(token=token, tenant_id=tenant.id, now=now)
            # Whoever was logged in here is not any more: the two never mix.
            request.session.flush()
            request.session[TENANT_KEY] = place_of(request)
            request.session[VISIT_KEY] = str(visit.id)
            request.session.set_expiry(int((visit.ends_at - now).total_seconds()) + 60)
            return HttpResponseRedirect("/")
        visit = services.find(token=token, tenant_id=tenant.id, now=now)
    except UnknownLinkError:
        return link_over(request)
    response = render(request, "console/visits/arrive.html", {"visit": visit})
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "same-origin"
    return response


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End the visit of this browser, if there is one."""
    visit = getattr(request, "visit", None)
    if visit is None:
        return HttpResponseRedirect("/")
    services.end(visit=visit, tenant=request.tenant, now=timezone.now())  # type: ignore[attr-defined]
    request.session.flush()
    request.visit = None  # type: ignore[attr-defined]  # the page says so, without the banner
    return render(request, "console/visits/ended.html")


class LogPage(ListPage):
    """What operators did to this merchant, the latest first."""

    label = _("Interventions de Ricochet")
    nouns = (_("intervention"), _("interventions"))
    export_name = "interventions-ricochet"
    search_label = _("Personne ou raison")
    default_sort = "-at"
    columns = (
        Column("act", _("Intervention"), value=lambda e: e.words, main=True, sort="act"),
        Column(
            "who",
            pgettext_lazy("intervention", "Par"),
            value=lambda e: e.operator_name or "Ricochet",
        ),
        Column("reason", _("Raison"), value=lambda e: e.reason or "—"),
        Column("at", _("Quand"), kind="moment", sort="at"),
    )
    empty = Empty(
        _("Personne de Ricochet n’est intervenu"),
        _("Chaque fois que quelqu’un de l’équipe consulte votre back-office, vous le lisez ici."),
    )

    def queryset(self) -> QuerySet[Any]:
        tenant_id = self.request.tenant.id  # type: ignore[attr-defined]
        return Entry.objects.filter(tenant_id=tenant_id).order_by("-at", "-id")

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        return rows.filter(Q(operator_name__icontains=query) | Q(reason__icontains=query))


@require_safe
@member_required()
def log(request: HttpRequest) -> HttpResponseBase:
    """The merchant's own log."""
    return LogPage(request).respond("console/visits/log.html", {})
