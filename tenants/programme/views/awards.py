"""What was given without being bought: the list, handing over, cancelling."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import member_required
from accounts.models import Role
from billing.plans import Allowed
from kernel.errors import RicochetError
from shell import undo
from shell.tables import Column, Empty, Filter, ListPage, View
from shell.text import folded
from tenants.features import feature_required
from tenants.programme import awarding
from tenants.programme.views.common import (
    author,
    back_to,
    can_change,
    confirm,
    customer_url,
    number_or_404,
)
from tenants.programme.views.rewards import masked, rewards_context
from tenants.rewards.awards import undo_hand_over
from tenants.rewards.models import Award, AwardOrigin, AwardState

_HANDED = "award.hand_over"
_LOOKS = {
    AwardState.PENDING: "pending",
    AwardState.AVAILABLE: "available",
    AwardState.HANDED_OVER: "done",
    AwardState.CANCELLED: "cancelled",
}


def whose(award: Any) -> str:
    """Who has it; an invited friend has no name here."""
    return str(award.profile.name) if award.profile else _("Proche invité")


_CODE = Column("code", gettext_lazy("Code"), template="programme/cells/code.html")
_CODE_MASKED = Column("code", gettext_lazy("Code"), value=lambda award: masked(award.code))


class AwardsPage(ListPage):
    label = gettext_lazy("Récompenses attribuées")
    nouns = (gettext_lazy("récompense"), gettext_lazy("récompenses"))
    export_name = "recompenses-attribuees"
    search_label = gettext_lazy("Client, récompense ou code")
    default_sort = "-date"
    columns = (
        Column("name", gettext_lazy("Récompense"), main=True, detail=whose),
        _CODE,
        Column("who", gettext_lazy("Client"), value=whose, shown=False),
        Column(
            "state",
            gettext_lazy("État"),
            kind="state",
            value=lambda award: _LOOKS[award.state],
            template="programme/cells/award_state.html",
        ),
        Column("origin", gettext_lazy("Origine"), value="get_origin_display"),
        Column("value", gettext_lazy("Valeur"), kind="money", sort="value"),
        Column(
            "date", gettext_lazy("Attribuée"), kind="date", sort="granted_at", value="granted_at"
        ),
        Column(
            "handed",
            gettext_lazy("Remise"),
            kind="date",
            sort="handed_over_at",
            value="handed_over_at",
        ),
        Column(
            "acts",
            gettext_lazy("Actions"),
            export=False,
            template="programme/cells/award_acts.html",
        ),
    )
    views = (
        View(
            "disponibles",
            gettext_lazy("Disponibles"),
            lambda rows: rows.filter(state=AwardState.AVAILABLE),
        ),
        View(
            "attente",
            gettext_lazy("En attente"),
            lambda rows: rows.filter(state=AwardState.PENDING),
        ),
        View(
            "remises",
            gettext_lazy("Remises"),
            lambda rows: rows.filter(state=AwardState.HANDED_OVER),
        ),
        View(
            "annulees",
            gettext_lazy("Annulées"),
            lambda rows: rows.filter(state=AwardState.CANCELLED),
        ),
        View("toutes", gettext_lazy("Toutes")),
    )
    filters = (
        Filter(
            "origine",
            gettext_lazy("Origine"),
            lambda rows, value: rows.filter(origin=value),
            choices=tuple((str(value), label) for value, label in AwardOrigin.choices),
        ),
    )
    empty = Empty(
        gettext_lazy("Rien n’est encore attribué"),
        gettext_lazy("Paliers atteints, cadeaux et récompenses de parrainage se retrouvent ici."),
    )

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        if not can_change(request):
            columns: list[Column] = list(self.columns)
            columns[1] = _CODE_MASKED
            vars(self)["columns"] = tuple(columns)  # this request's own

    def queryset(self) -> QuerySet[Any]:
        return Award.objects.select_related("profile", "tier").order_by("-granted_at", "-id")

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        named = Q()
        for word in folded(query).split():
            named &= Q(profile__search_text__contains=word)
        found = named | Q(name__icontains=query)
        if can_change(self.request):  # else a code could be spelt out by searching
            found |= Q(code__istartswith=query.replace(" ", "").replace("-", ""))
            found |= Q(code__iexact=query)
        return rows.filter(found)

    def row_url(self, row: Any) -> str:
        return customer_url(row.profile) if row.profile else ""


@require_safe
@member_required()
@feature_required(Allowed.WALLET, owed=True)
def awards(request: HttpRequest) -> HttpResponseBase:
    """Everything given, what can still be handed over first."""
    return AwardsPage(request).respond("programme/prizes.html", rewards_context(request, "awards"))


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Allowed.WALLET, owed=True)
def hand_award(request: HttpRequest, award: str) -> HttpResponse:
    """Say that the person has it; undone by the toast."""
    row = _award_or_404(award)
    back = back_to(request, reverse("programme:awards"))
    try:
        awarding.hand_over(award_id=row.id, now=timezone.now())
    except RicochetError as error:
        messages.error(request, str(error))
        return redirect(back)
    undo.offer(
        request,
        _("« %(name)s » remis à %(who)s") % {"name": row.name, "who": whose(row)},
        url=reverse("programme:undo_hand_award"),
        purpose=_HANDED,
        payload={"award": row.public_id},
    )
    return redirect(back)


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Allowed.WALLET, owed=True)
def undo_hand_award(request: HttpRequest) -> HttpResponse:
    """Take back a hand-over noted by mistake."""
    payload = undo.take(request, purpose=_HANDED)
    row = undo_hand_over(award_id=_award_or_404(payload["award"]).id)
    messages.success(request, _("« %(name)s » est de nouveau disponible") % {"name": row.name})
    return redirect(back_to(request, reverse("programme:awards")))


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
@feature_required(Allowed.WALLET, owed=True)
def cancel_award(request: HttpRequest, award: str) -> HttpResponse:
    """Withdraw an award, after a question (B8): a tier is not given to this person again."""
    row = _award_or_404(award)
    back = reverse("programme:awards")
    if request.method == "POST":
        try:
            awarding.cancel(award_id=row.id, author_id=author(request), now=timezone.now())
        except RicochetError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("« %(name)s » annulé") % {"name": row.name})
        return redirect(back)
    parts = [_("Sa cagnotte ne change pas.")]
    if row.tier_id:
        parts.append(_("Ce palier ne lui sera plus donné."))
    if row.code:
        parts.append(_("Désactivez aussi le code %(code)s dans votre boutique."))
    return confirm(
        request,
        title=_("Annuler « %(name)s » pour %(who)s ?") % {"name": row.name, "who": whose(row)},
        text=" ".join(parts) % {"code": row.code},
        act=_("Annuler la récompense"),
        back=back,
    )


def _award_or_404(public_id: str) -> Award:
    row = Award.objects.select_related("profile").filter(
        id=number_or_404("awd", public_id)
    ).first()  # fmt: skip
    if row is None:
        raise Http404
    return row
