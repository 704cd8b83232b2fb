"""What loyalty did in a period, who was the most loyal, and the lines behind the points (FS-18)."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import member_required
from kernel.ids import public_id
from kernel.money import POINTS, Amount
from shell import formats
from shell.tables import Column, Empty, ListPage
from tenants.features import Feature, feature_required, is_on
from tenants.loyalty import versions
from tenants.loyalty.models import MembershipMode
from tenants.programme import listing, loyalty_listing, periods
from tenants.programme.views.common import customer_url, unit
from tenants.programme.views.loyalty.members import amount_columns
from tenants.programme.views.referrals import since
from tenants.referrals.models import Referral, ReferralState

# The same days as in the list of referrals, so that a figure finds its lines there.
PERIODS = {**dict(periods.SENTENCES), "": gettext_lazy("Depuis le début")}
_DEFAULT = "365"

_REASONS = {
    "earned_order": gettext_lazy("Commande"),
    "earned_invoice": gettext_lazy("Facture réglée"),
    "earned_session": gettext_lazy("Séance validée"),
    "order_refunded": gettext_lazy("Commande remboursée"),
    "invoice_refunded": gettext_lazy("Facture remboursée"),
    "session_cancelled": gettext_lazy("Séance annulée"),
    "referral_referrer": gettext_lazy("Parrainage"),
    "referral_referee": gettext_lazy("Bienvenue"),
    "referral_removed": gettext_lazy("Parrainage retiré"),
    "adjusted": gettext_lazy("Correction à la main"),
    "recalculated": gettext_lazy("Recalcul"),
    "points_reset": gettext_lazy("Remise à zéro"),
}


class _InPeriod(ListPage):
    """A list over a period of the address: `?periode=90`, or nothing chosen for the last year."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.unit = unit(request)
        wanted = request.GET.get("periode", _DEFAULT)
        self.period = wanted if wanted in PERIODS else _DEFAULT
        self.since: datetime | None = None
        if self.period:
            self.since = since(self.period)

    def given(self) -> QuerySet[Any]:
        """Every movement of the period."""
        return loyalty_listing.distributed(unit=self.unit, since=self.since).order_by()

    def total(self) -> str:
        """What was given in the period, in all; a number says it where points are counted."""
        amount = int(self.given().aggregate(total=Sum("change"))["total"] or 0)
        if self.unit == POINTS:
            return formats.number(amount)
        return formats.amount(Amount(amount, self.unit))


class RankingPage(_InPeriod):
    label = gettext_lazy("Classement")
    nouns = (gettext_lazy("client"), gettext_lazy("clients"))
    export_name = "classement"
    search_label = gettext_lazy("Nom, e-mail, téléphone ou code")
    default_sort = "-gained"
    empty = Empty(
        gettext_lazy("Le classement se remplit avec les premiers points"),
        gettext_lazy("Un achat, une séance ou un parrainage suffit pour y entrer."),
        gettext_lazy("Voir les règles"),
        "/fidelite",
    )

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        (gained, held) = amount_columns(
            self.unit, ("gained", _("Gagné sur la période")), ("points", _("Disponible"))
        )
        columns: list[Column] = [
            Column(
                "name",
                gettext_lazy("Client"),
                kind="person",
                main=True,
                sort=("last_name", "first_name"),
                detail=lambda p: p.email or p.phone,
                template="programme/cells/customer.html",
            ),
            gained,
            held,
            Column("referrals", gettext_lazy("Parrainages"), kind="number", sort="referrals"),
            Column("unlocked", gettext_lazy("Récompenses"), kind="number", sort="unlocked"),
        ]
        if not is_on(Feature.REFERRAL):
            columns = [column for column in columns if column.key != "referrals"]
        if "export" in request.GET:
            columns.insert(1, Column("email", gettext_lazy("E-mail")))
        self.columns = tuple(columns)  # type: ignore[misc]

    def queryset(self) -> QuerySet[Any]:
        return loyalty_listing.most_loyal(unit=self.unit, since=self.since)

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        return listing.find_customers(rows, text=query)

    def everybody(self) -> int:
        """How many gained something: the list's own count, where nothing narrows it."""
        return self.queryset().count() if self.searching else self.page.paginator.count

    def row_url(self, row: Any) -> str:
        return customer_url(row)


class MovementsPage(_InPeriod):
    label = gettext_lazy("Points distribués")
    nouns = (gettext_lazy("ligne"), gettext_lazy("lignes"))
    export_name = "points-distribues"
    search_label = gettext_lazy("Nom ou e-mail")
    empty = Empty(gettext_lazy("Aucun point distribué sur cette période"))

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        (change,) = amount_columns(self.unit, ("change", _("Points")))
        self.columns = (  # type: ignore[misc]
            Column(
                "name",
                gettext_lazy("Client"),
                main=True,
                value=lambda row: row.name or row.email or _("Client effacé"),
                href=_owner_url,
            ),
            Column("why", gettext_lazy("Raison"), value=why),
            change,
            Column("created_at", gettext_lazy("Date"), kind="moment", sort="created_at"),
        )

    def queryset(self) -> QuerySet[Any]:
        rows = loyalty_listing.distributed(unit=self.unit, since=self.since)
        return loyalty_listing.named(rows)

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        people = listing.find_customers(loyalty_listing.present(), text=query)
        return rows.filter(owner_id__in=people.values("pk"))

    def row_url(self, row: Any) -> str:
        return _owner_url(row)


def _owner_url(row: Any) -> str:
    return f"/clients/{public_id('cus', row.owner_id)}/cagnotte"


def why(row: Any) -> str:
    return str(_REASONS.get(row.reason) or _("Mouvement"))


@require_safe
@member_required()
@feature_required(Feature.LOYALTY)
def ranking(request: HttpRequest) -> HttpResponseBase:
    """Four figures over a period, and who gained the most in it."""
    page = RankingPage(request)
    active = page.queryset()
    only_members = _only_members_earn()
    if only_members:
        active = loyalty_listing.members(active)
    referred = Referral.objects.filter(state=ReferralState.VALIDATED)
    if page.since is not None:
        referred = referred.filter(created_at__gte=page.since)
    context = {
        "tab": "ranking",
        **_periods(page),
        "active": active.count() if only_members else page.everybody(),
        "only_members": only_members,
        "members": loyalty_listing.member_count(),
        "distributed": page.total(),
        "referrals": referred.count(),
        "unlocked": loyalty_listing.unlocked_awards(since=page.since).count(),
    }
    return page.respond("programme/loyalty/ranking.html", context)


@require_safe
@member_required()
@feature_required(Feature.LOYALTY)
def movements(request: HttpRequest) -> HttpResponseBase:
    """Every line that adds up to what was distributed in the period (B17)."""
    page = MovementsPage(request)
    context = {
        "tab": "ranking",
        **_periods(page),
        "distributed": page.total(),
    }
    return page.respond("programme/loyalty/movements.html", context)


def _only_members_earn() -> bool:
    version = versions.in_force(now=timezone.now())
    return version is not None and version.membership == MembershipMode.JOINED


def _periods(page: _InPeriod) -> dict[str, Any]:
    return {
        "period": page.period,
        "periods": [(key, label, key == page.period) for key, label in PERIODS.items()],
        "period_label": PERIODS[page.period],
    }
