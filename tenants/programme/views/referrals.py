"""Every referral, with how it came and what became of it."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import member_required
from shell.tables import Column, Empty, Filter, ListPage, View
from tenants.features import Feature, feature_required
from tenants.programme import figures, listing, record, versions
from tenants.programme.sentences import explain_referral
from tenants.programme.views.common import can_change, customer_url
from tenants.referrals.models import Channel, ReferralState, Step

_STEPS = {
    Step.MANUAL: gettext_lazy("Saisi à la main"),
    Step.CODE: gettext_lazy("Code saisi"),
    Step.COOKIE: gettext_lazy("Lien suivi"),
    Step.SIGNED: gettext_lazy("Lien signé"),
    Step.EMAIL: gettext_lazy("Adresse invitée"),
}
_PERIODS = (
    ("7", gettext_lazy("7 derniers jours")),
    ("30", gettext_lazy("30 derniers jours")),
    ("90", gettext_lazy("90 derniers jours")),
    ("365", gettext_lazy("12 derniers mois")),
)


def _how(row: Any) -> str:
    """Step, and the channel where a link was followed."""
    step = str(_STEPS[Step(row.step)])
    if row.step == Step.COOKIE and row.channel != Channel.LINK:
        return f"{step}, {row.get_channel_display()}"
    return step


def _in(state: ReferralState) -> Any:
    return lambda rows: rows.filter(state=state)


def _since(rows: QuerySet[Any], days: str) -> QuerySet[Any]:
    period = figures.period_of(days=int(days), now=timezone.now())
    return rows.filter(created_at__gte=period.start)


# What a file carries beside what the screen shows.
_ONLY_IN_FILES = (
    Column("how", gettext_lazy("Par"), value=_how),
    Column("code_used", gettext_lazy("Code utilisé")),
    Column("order", gettext_lazy("Commande"), value="order.external_id"),
)


class ReferralsPage(ListPage):
    label = gettext_lazy("Parrainages")
    nouns = (gettext_lazy("parrainage"), gettext_lazy("parrainages"))
    export_name = "parrainages"
    search_label = gettext_lazy("Parrain, filleul, code ou commande")
    default_sort = "-date"
    columns = (
        Column(
            "referee",
            gettext_lazy("Filleul"),
            main=True,
            value="referee.name",
            template="programme/cells/referee.html",
            detail=_how,
        ),
        Column(
            "referrer",
            gettext_lazy("Parrain"),
            value=lambda row: row.referrer.name if row.referrer else "",
            template="programme/cells/referrer.html",
        ),
        Column(
            "state",
            gettext_lazy("État"),
            kind="state",
            value=lambda row: record.REFERRAL_LOOKS[row.state],
        ),
        Column("why", gettext_lazy("Explication"), value=explain_referral),
        Column("reward", gettext_lazy("Récompense"), kind="money", sort="reward"),
        Column("date", gettext_lazy("Date"), kind="date", sort="created_at", value="created_at"),
    )
    views = (
        View("tous", gettext_lazy("Tous")),
        View("en-attente", gettext_lazy("En attente"), _in(ReferralState.PENDING)),
        View("a-verifier", gettext_lazy("À vérifier"), _in(ReferralState.HELD)),
        View("valides", gettext_lazy("Validés"), _in(ReferralState.VALIDATED)),
        View("refuses", gettext_lazy("Refusés"), _in(ReferralState.REFUSED)),
        View("annules", gettext_lazy("Annulés"), _in(ReferralState.REVERSED)),
    )
    filters = (
        Filter("depuis", gettext_lazy("Période"), _since, choices=_PERIODS),
        Filter(
            "par",
            gettext_lazy("Par"),
            lambda rows, value: rows.filter(step=value),
            choices=tuple((str(key.value), label) for key, label in _STEPS.items()),
        ),
    )
    empty = Empty(
        gettext_lazy("Votre premier ricochet"),
        gettext_lazy(
            "Invitez quelques clients fidèles : leurs filleuls apparaîtront ici, avec la raison"
            " de chaque récompense."
        ),
        gettext_lazy("Voir vos clients"),
        "/clients",
    )

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        if "export" in request.GET:
            self.columns = (*self.columns, *_ONLY_IN_FILES)  # type: ignore[misc, assignment]

    def queryset(self) -> QuerySet[Any]:
        return listing.all_referrals()

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        return listing.find_referrals(rows, text=query)

    def row_url(self, row: Any) -> str:
        return customer_url(row.referee)


@require_safe
@member_required()
@feature_required(Feature.REFERRAL)
def referrals(request: HttpRequest) -> HttpResponseBase:
    """The list."""
    version = versions.in_force(now=timezone.now())
    context = {"version": version, "can_change": can_change(request), "title": _("Parrainage")}
    return ReferralsPage(request).respond("programme/referrals.html", context)
