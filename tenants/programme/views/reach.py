"""Invitations and clicks: the lines behind the first two steps of the road (B17)."""

from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import member_required
from shell.tables import Column, Empty, Filter, ListPage
from tenants.features import Feature, feature_required
from tenants.programme import listing, periods
from tenants.programme.views.common import customer_url
from tenants.programme.views.referrals import since
from tenants.referrals.models import Channel, Click, Invitation

_REFERRER = gettext_lazy("Nom ou e-mail du parrain")


class InvitationsPage(ListPage):
    label = gettext_lazy("Invitations")
    nouns = (gettext_lazy("invitation"), gettext_lazy("invitations"))
    export_name = "invitations"
    search_label = _REFERRER
    default_sort = "-date"
    columns = (
        Column(
            "referrer",
            gettext_lazy("Parrain"),
            main=True,
            value="referrer.name",
            href=lambda row: customer_url(row.referrer),
        ),
        # A friend's address serves once and is no one's to read (D7): the first name is enough.
        Column(
            "friend",
            gettext_lazy("Proche"),
            value=lambda row: row.first_name or _("Prénom non donné"),
        ),
        Column("clicked_at", gettext_lazy("Premier clic"), kind="date", sort="clicked_at"),
        Column("date", gettext_lazy("Invité"), kind="date", sort="created_at", value="created_at"),
    )
    filters = (
        Filter(
            "depuis",
            gettext_lazy("Période"),
            lambda rows, key: rows.filter(created_at__gte=since(key)),
            choices=periods.SENTENCES,
        ),
    )
    empty = Empty(
        gettext_lazy("Les invitations par e-mail apparaîtront ici"),
        gettext_lazy("Vos clients invitent leurs proches depuis leur espace."),
    )

    def queryset(self) -> QuerySet[Any]:
        return Invitation.objects.select_related("referrer").order_by("-created_at", "-id")

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        return rows.filter(referrer__in=_people(query))

    def row_url(self, row: Any) -> str:
        return customer_url(row.referrer)


class ClicksPage(ListPage):
    label = gettext_lazy("Clics")
    nouns = (gettext_lazy("clic"), gettext_lazy("clics"))
    export_name = "clics"
    search_label = _REFERRER
    default_sort = "-date"
    columns = (
        Column(
            "referrer",
            gettext_lazy("Parrain"),
            main=True,
            value="code.profile.name",
            href=lambda row: customer_url(row.code.profile),
        ),
        Column("code", gettext_lazy("Code"), value="code.code"),
        Column("channel", gettext_lazy("Par"), value="get_channel_display"),
        Column("date", gettext_lazy("Date"), kind="moment", sort="clicked_at", value="clicked_at"),
    )
    filters = (
        Filter(
            "depuis",
            gettext_lazy("Période"),
            lambda rows, key: rows.filter(clicked_at__gte=since(key)),
            choices=periods.SENTENCES,
        ),
        Filter(
            "par",
            gettext_lazy("Par"),
            lambda rows, value: rows.filter(channel=value),
            choices=tuple((str(key), label) for key, label in Channel.choices),
        ),
    )
    empty = Empty(
        gettext_lazy("Les clics sur les liens apparaîtront ici"),
        gettext_lazy("Donnez son lien à un client fidèle : chaque visite compte."),
    )

    def queryset(self) -> QuerySet[Any]:
        rows = Click.objects.select_related("code__profile")
        return rows.order_by(F("clicked_at").desc(), "-id")

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        return rows.filter(code__profile__in=_people(query))

    def row_url(self, row: Any) -> str:
        return customer_url(row.code.profile)


def _people(text: str) -> QuerySet[Any]:
    return listing.find_people(text=text)


def _context(title: str) -> dict[str, Any]:
    return {"title": title, "back": reverse("programme:referrals")}


@require_safe
@member_required()
@feature_required(Feature.REFERRAL)
def invitations(request: HttpRequest) -> HttpResponseBase:
    """Whom customers invited by e-mail."""
    page = InvitationsPage(request)
    return page.respond("programme/reach.html", _context(_("Invitations")))


@require_safe
@member_required()
@feature_required(Feature.REFERRAL)
def clicks(request: HttpRequest) -> HttpResponseBase:
    """Every visit through a referrer's link."""
    return ClicksPage(request).respond("programme/reach.html", _context(_("Clics")))
