"""Every referral, with how it came and what became of it."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import member_required
from kernel.money import Amount
from shell import formats
from shell.tables import Column, Empty, Filter, ListPage, View
from tenants.features import Feature, feature_required
from tenants.programme import dates, figures, listing, periods, record, shop_address, versions
from tenants.programme.sentences import explain_referral
from tenants.programme.views import stuck_tasks
from tenants.programme.views.common import can_change, customer_url, unit
from tenants.programme.views.loyalty.members import amount_columns
from tenants.referrals.models import Channel, ReferralState, Step

_STEPS = {
    Step.MANUAL: gettext_lazy("Saisi à la main"),
    Step.CODE: gettext_lazy("Code saisi"),
    Step.COOKIE: gettext_lazy("Lien suivi"),
    Step.SIGNED: gettext_lazy("Lien signé"),
    Step.EMAIL: gettext_lazy("Adresse invitée"),
}
# What a referral brought, as the road on the first page counts it.
_REACHED = {
    "amenes": figures.brought,
    "valides": figures.validated,
    "revenus": figures.came_back,
}
_REACHED_WORDS = (
    ("amenes", gettext_lazy("Nouveaux clients")),
    ("valides", gettext_lazy("Récompenses validées")),
    ("revenus", gettext_lazy("Revenus acheter")),
)


def _how(row: Any) -> str:
    """Step, and the channel where a link was followed."""
    step = str(_STEPS[Step(row.step)])
    if row.step == Step.COOKIE and row.channel != Channel.LINK:
        return f"{step}, {row.get_channel_display()}"
    return step


def _in(state: ReferralState) -> Any:
    return lambda rows: rows.filter(state=state)


def since(key: str) -> datetime:
    """When the period that an address names began."""
    return periods.period_of(key=key, now=timezone.now(), zone=dates.zone()).start


def _since(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    return rows.filter(created_at__gte=since(key))


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
        Filter("depuis", gettext_lazy("Période"), _since, choices=periods.SENTENCES),
        Filter(
            "etape",
            gettext_lazy("Résultat"),
            lambda rows, value: _REACHED[value](rows),
            choices=_REACHED_WORDS,
        ),
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
            "Invitez quelques clients fidèles : leurs filleuls apparaîtront ici, avec la raison"
            " de chaque récompense."
        ),
        gettext_lazy("Voir vos clients"),
        "/clients",
    )

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        counted, exporting = unit(request), "export" in request.GET
        amounts = amount_columns(
            counted, ("reward", _("Récompense")), ("cost", _("Coût des deux côtés"))
        )
        if not exporting:  # what the referrer gets; behind a figure of the first page, what it cost
            amounts = amounts[1:] if request.GET.get("etape") in _REACHED else amounts[:1]
        *first, date = self.columns
        extra = _ONLY_IN_FILES if exporting else ()
        # They follow the programme's unit; the names in the URL are looked up in them (R37).
        self.columns = (*first, *amounts, date, *extra)  # type: ignore[misc]

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
    """The list; where it is the lines behind a figure, their count and sum (B17)."""
    version = versions.in_force(now=timezone.now())
    page = ReferralsPage(request)
    context: dict[str, Any] = {
        "version": version,
        "can_change": can_change(request),
        "title": _("Parrainage"),
        "shop_address": stuck_tasks.SITE if shop_address.is_missing() else "",
    }
    if "etape" in page.state.filters:
        rows = page.rows()
        context["brought"] = rows.count()
        context["spent"] = formats.amount(Amount(figures.spent_on(rows), unit(request)))
    return page.respond("programme/referrals.html", context)
