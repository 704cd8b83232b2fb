"""The prizes that a cagnotte buys: list, add, change, archive."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import member_required
from accounts.models import Role
from billing.plans import Allowed
from kernel.errors import RicochetError
from shell import undo
from shell.forms import answer
from shell.tables import Column, Empty, ListPage, View
from tenants.context import current_tenant
from tenants.features import feature_required
from tenants.programme.forms_rewards import PrizeForm
from tenants.programme.prize_words import season, what
from tenants.programme.views.common import can_change, number_or_404, put_error, unit
from tenants.rewards.days import today
from tenants.rewards.models import ClaimState, CodeList, ListedCode, Prize, PrizeKind
from tenants.rewards.services import add_prize as offer_prize
from tenants.rewards.services import save_prize

_FIELDS = (
    "name", "description", "kind", "cost", "stock", "value", "partner_name", "code_list",
    "valid_days", "per_person", "starts_on", "ends_on",
)  # fmt: skip
_ICONS = {
    PrizeKind.DISCOUNT: "ticket",
    PrizeKind.VOUCHER: "ticket",
    PrizeKind.ORDER_GIFT: "gift",
    PrizeKind.GIFT: "gift",
    PrizeKind.POST: "box",
    PrizeKind.EMAIL: "ticket",
    PrizeKind.PARTNER_VOUCHER: "star",
}
_ARCHIVED = "prize.archive"


def _look(prize: Any) -> str:
    if not prize.active:
        return "inactive"
    day = today(timezone.now())
    if prize.starts_on and day < prize.starts_on:
        return "planned"
    if prize.ends_on and prize.ends_on < day:
        return "expired"
    return "to_fix" if _stock(prize) == 0 else "available"


def _detail(prize: Any) -> str:
    kind = what(prize, currency=current_tenant().currency)
    return " · ".join(filter(None, [kind, season(prize, today=today(timezone.now()))]))


def _stock(prize: Any) -> Any:
    """How many can still be claimed: its own stock, or what is left of its codes."""
    if prize.code_list_id is not None:
        return prize.codes if prize.stock is None else min(prize.stock, prize.codes)
    return _("sans limite") if prize.stock is None else prize.stock


class PrizesPage(ListPage):
    label = gettext_lazy("Récompenses")
    nouns = (gettext_lazy("lot"), gettext_lazy("lots"))
    export_name = "lots"
    search_label = gettext_lazy("Nom du lot")
    default_sort = "position"
    columns = (
        Column("name", gettext_lazy("Lot"), main=True, detail=_detail),
        Column(
            "state",
            gettext_lazy("État"),
            kind="state",
            value=_look,
            template="programme/cells/prize_state.html",
        ),
        Column("cost", gettext_lazy("Coût"), kind="money", sort="cost"),
        Column(
            "stock",
            gettext_lazy("Stock"),
            kind="number",
            sort="stock",
            value=_stock,
            template="programme/cells/plain.html",
        ),
        Column("taken", gettext_lazy("Demandés"), kind="number", sort="taken"),
        Column(
            "position",
            gettext_lazy("Ordre"),
            sort="position",
            export=False,
            template="programme/cells/prize_acts.html",
        ),
    )
    views = (
        View("proposes", gettext_lazy("Proposés"), lambda rows: rows.filter(active=True)),
        View("archives", gettext_lazy("Archivés"), lambda rows: rows.filter(active=False)),
    )
    empty = Empty(
        gettext_lazy("Proposez votre premier lot"),
        gettext_lazy("Vos clients l’échangent contre leur cagnotte, sans quitter leur page."),
        gettext_lazy("Ajouter un lot"),
        reverse_lazy("programme:add_prize"),  # type: ignore[arg-type]
    )

    def queryset(self) -> QuerySet[Any]:
        taken = Count("claims", filter=~Q(claims__state=ClaimState.CANCELLED))
        free = (
            ListedCode.objects.filter(code_list=OuterRef("code_list"), taken_at__isnull=True)
            .order_by()
            .values("code_list")
            .annotate(n=Count("pk"))
            .values("n")
        )
        codes = Coalesce(Subquery(free, output_field=IntegerField()), 0)
        return Prize.objects.annotate(taken=taken, codes=codes).order_by("position", "cost", "id")

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        return rows.filter(name__icontains=query)

    def row_url(self, row: Any) -> str:
        if not can_change(self.request):
            return ""
        return reverse("programme:edit_prize", args=[row.public_id])

    def can_create(self) -> bool:
        return can_change(self.request)

    def rows(self) -> QuerySet[Any]:
        rows = super().rows()
        # The merchant's own order, as customers see it.
        return rows.order_by("position", "cost", "id") if self.state.sort == "position" else rows


@require_safe
@member_required()
@feature_required(Allowed.WALLET)
def prizes(request: HttpRequest) -> HttpResponseBase:
    """The list, in the order that customers see."""
    context = {"can_change": can_change(request), "current": "prizes"}
    return PrizesPage(request).respond("programme/prizes.html", context)


def _prize_or_404(public_id: str) -> Prize:
    prize = Prize.objects.filter(id=number_or_404("prz", public_id)).first()
    if prize is None:
        raise Http404
    return prize


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
@feature_required(Allowed.WALLET)
def add_prize(request: HttpRequest) -> HttpResponse:
    """Offer a prize; the same form sent twice makes one."""
    form = _form(request, unit(request), {"kind": "gift"})
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in _FIELDS}
        try:
            offer_prize(
                key=form.cleaned_data["key"],
                now=timezone.now(),
                unit=unit(request),
                icon=_ICONS[values["kind"]],
                **values,
            )
        except RicochetError as error:
            put_error(form, error)
        else:
            messages.success(request, _("« %(name)s » proposé") % {"name": values["name"]})
            return redirect("programme:prizes")
    return answer(request, "programme/prize_form.html", {"editing": None}, form)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
@feature_required(Allowed.WALLET)
def edit_prize(request: HttpRequest, prize: str) -> HttpResponse:
    """Change a prize; claims made before keep their name and cost (SP-15)."""
    row = _prize_or_404(prize)
    initial = {**{n: getattr(row, n) for n in _FIELDS}, "stock_shown": row.stock}
    form = _form(request, row.unit, initial)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in _FIELDS}
        shown = form.cleaned_data["stock_shown"]
        if "stock_shown" in request.POST and values["stock"] == shown:
            del values["stock"]
        try:
            save_prize(now=timezone.now(), unit=row.unit, prize_id=row.id, **values)
        except RicochetError as error:
            put_error(form, error)
        else:
            messages.success(request, _("« %(name)s » enregistré") % {"name": values["name"]})
            return redirect("programme:prizes")
    return answer(request, "programme/prize_form.html", {"editing": row}, form)


def _form(request: HttpRequest, unit: str, initial: dict[str, Any]) -> PrizeForm:
    return PrizeForm(
        request.POST or None,
        initial=initial,
        unit=unit,
        currency=current_tenant().currency,
        lists=CodeList.objects.all(),
    )


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Allowed.WALLET)
def archive_prize(request: HttpRequest, prize: str) -> HttpResponse:
    """Stop offering a prize, or offer it again; undone by the toast (B8)."""
    row = _prize_or_404(prize)
    active = request.POST.get("active") == "1"
    save_prize(now=timezone.now(), unit=row.unit, prize_id=row.id, active=active)
    text = _("« %(name)s » proposé à nouveau") if active else _("« %(name)s » archivé")
    undo.offer(
        request,
        text % {"name": row.name},
        url=reverse("programme:undo_archive"),
        purpose=_ARCHIVED,
        payload={"prize": row.public_id, "active": not active},
    )
    return redirect("programme:prizes")


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Allowed.WALLET)
def undo_archive(request: HttpRequest) -> HttpResponse:
    """Put a prize back as it was before the toast."""
    payload = undo.take(request, purpose=_ARCHIVED)
    row = _prize_or_404(payload["prize"])
    save_prize(now=timezone.now(), unit=row.unit, prize_id=row.id, active=payload["active"])
    messages.success(request, _("« %(name)s » est comme avant") % {"name": row.name})
    return redirect("programme:prizes")


@require_POST
@member_required(role=Role.MANAGER)
@feature_required(Allowed.WALLET)
def move_prize(request: HttpRequest, prize: str) -> HttpResponse:
    """Move a prize one place up or down in the customers' list."""
    row = _prize_or_404(prize)
    offered = list(Prize.objects.filter(active=True))
    at = next((i for i, other in enumerate(offered) if other.id == row.id), None)
    to = (at or 0) + (-1 if request.POST.get("way") == "up" else 1)
    if at is not None and 0 <= to < len(offered):
        offered[at], offered[to] = offered[to], offered[at]
        for position, other in enumerate(offered):
            if other.position != position:
                save_prize(
                    now=timezone.now(), unit=other.unit, prize_id=other.id, position=position
                )
    return redirect("programme:prizes")
