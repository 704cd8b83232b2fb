"""The list of what customers asked for: what to prepare, to post, and what became of the rest."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import member_required
from billing.plans import Allowed
from kernel.money import Amount
from shell import formats
from shell.tables import BulkAction, Column, Empty, ListPage, View
from shell.text import folded
from tenants.features import feature_required
from tenants.programme import waiting
from tenants.programme.views.common import can_change, customer_url
from tenants.programme.views.rewards import masked, rewards_context
from tenants.rewards import addresses
from tenants.rewards.models import Claim, ClaimState, PrizeKind

_LOOKS = {
    ClaimState.CLAIMED: "pending",
    ClaimState.SENT: "running",
    ClaimState.HANDED_OVER: "done",
    ClaimState.CANCELLED: "cancelled",
}
_TO_PREPARE = Q(state=ClaimState.CLAIMED) & ~Q(kind=PrizeKind.POST)
_TO_POST = Q(state=ClaimState.CLAIMED, kind=PrizeKind.POST)
_POSTED = ("a-envoyer", "envoyes")


def whose(claim: Any) -> str:
    """Who claimed; with which order it goes; what their cagnotte has to make up for."""
    parts = [str(claim.profile.name)]
    if claim.kind == PrizeKind.ORDER_GIFT and claim.state == ClaimState.CLAIMED:
        parts.append(
            _("à joindre à %(order)s") % {"order": claim.with_order}
            if claim.with_order
            else _("à joindre à sa prochaine commande")
        )
    if claim.state == ClaimState.CLAIMED and claim.debt:
        debt = formats.amount(Amount(claim.debt, claim.unit))
        parts.append(_("%(debt)s à combler") % {"debt": debt})
    return ", ".join(parts)


_CODE = Column("code", gettext_lazy("Code"), template="programme/cells/code.html")
_CODE_MASKED = Column("code", gettext_lazy("Code"), value=lambda claim: masked(claim.code))
_ADDRESS = Column(
    "address",
    gettext_lazy("Adresse"),
    value=lambda claim: ", ".join(addresses.lines(claim.address)),
    template="programme/cells/address.html",
)


class ClaimsPage(ListPage):
    label = gettext_lazy("Demandes de lots")
    nouns = (gettext_lazy("demande"), gettext_lazy("demandes"))
    export_name = "demandes"
    search_label = gettext_lazy("Code, client ou lot")
    default_sort = "-date"
    columns = (
        Column("prize", gettext_lazy("Lot"), main=True, value="prize_name", detail=whose),
        _CODE,
        Column("who", gettext_lazy("Client"), value="profile.name", shown=False),
        Column("email", gettext_lazy("Adresse e-mail"), value="profile.email", shown=False),
        Column(
            "state",
            gettext_lazy("État"),
            kind="state",
            value=lambda claim: _LOOKS[claim.state],
            template="programme/cells/claim_state.html",
        ),
        Column("cost", gettext_lazy("Coût"), kind="money", sort="cost"),
        Column(
            "date", gettext_lazy("Demandé"), kind="moment", sort="claimed_at", value="claimed_at"
        ),
        Column(
            "acts",
            gettext_lazy("Actions"),
            export=False,
            template="programme/cells/claim_acts.html",
        ),
    )
    views = (
        View("a-preparer", gettext_lazy("À préparer"), lambda rows: rows.filter(_TO_PREPARE)),
        View("a-envoyer", gettext_lazy("À envoyer"), lambda rows: rows.filter(_TO_POST)),
        View("envoyes", gettext_lazy("Envoyés"), lambda rows: rows.filter(state=ClaimState.SENT)),
        View(
            "remis", gettext_lazy("Remis"), lambda rows: rows.filter(state=ClaimState.HANDED_OVER)
        ),
        View(
            "annules",
            gettext_lazy("Annulés"),
            lambda rows: rows.filter(state=ClaimState.CANCELLED),
        ),
        View("toutes", gettext_lazy("Toutes")),
    )
    empty = Empty(
        gettext_lazy("Aucune demande pour l’instant"),
        gettext_lazy("Quand un client choisit un lot, il attend ici que vous le remettiez."),
    )

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        acts = can_change(request)
        columns = [
            column if acts or column is not _CODE else _CODE_MASKED for column in self.columns
        ]
        # Who may only look learns no address; elsewhere than at the post office nobody needs one.
        if acts and self.view_key in _POSTED:
            columns[1] = _ADDRESS
        vars(self)["columns"] = tuple(columns)  # this request's own

    @property
    def view_key(self) -> str:
        """The key of the view that is open."""
        return self.state.view.key if self.state.view else ""

    def queryset(self) -> QuerySet[Any]:
        rows = Claim.objects.select_related("profile", "prize")
        rows = waiting.with_order(waiting.with_debt(rows))
        ordered: QuerySet[Any] = rows.order_by("-claimed_at", "-id")
        return ordered

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        named = Q()
        for word in folded(query).split():
            named &= Q(profile__search_text__contains=word)
        found = named | Q(prize_name__icontains=query)
        if can_change(self.request):  # else a code could be spelt out by searching
            code = query.replace(" ", "").replace("-", "")
            found |= Q(code__istartswith=code) | Q(code__iexact=query)
        return rows.filter(found)

    def row_url(self, row: Any) -> str:
        return customer_url(row.profile)

    def bulk(self) -> tuple[BulkAction, ...]:
        if not can_change(self.request):
            return ()
        send = BulkAction(_("Marquer envoyés"), reverse("programme:bulk_claims", args=["envoyer"]))
        hand = BulkAction(_("Marquer remis"), reverse("programme:bulk_claims", args=["remettre"]))
        labels = BulkAction(_("Étiquettes"), reverse("programme:labels"), "document")
        by_view = {
            "a-preparer": (hand,),
            "a-envoyer": (send, labels),
            "envoyes": (hand,),
        }
        return by_view.get(self.view_key, ())


@require_safe
@member_required()
@feature_required(Allowed.WALLET, owed=True)
def claims(request: HttpRequest) -> HttpResponseBase:
    """What customers asked for, those to prepare first."""
    to_post = Claim.objects.filter(_TO_POST).exists()
    context = {**rewards_context(request, "claims"), "to_post": to_post}
    return ClaimsPage(request).respond("programme/prizes.html", context)
