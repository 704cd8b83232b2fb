"""All operations: the list, the calendar, and the way to a new one."""

import uuid
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import member_required
from accounts.models import Role
from kernel.db import atomic_with_retry
from kernel.errors import RicochetError
from operations import editing, modules, partaking, selectors
from operations.forms import OperationForm
from operations.models import Operation, OperationState
from operations.views import steps
from operations.views.common import can_change, operation_or_404, say
from operations.views.partners import choosable
from partnerships.selectors import Partner
from shell import undo
from shell.forms import answer
from shell.tables import Column, Empty, ListPage, View

_MONTH = timedelta(days=30)


def _there(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(archived_at=None)


def _live(rows: QuerySet[Any]) -> QuerySet[Any]:
    return _there(rows).filter(state=OperationState.LIVE, ends_at__gt=timezone.now())


def _drafts(rows: QuerySet[Any]) -> QuerySet[Any]:
    return _there(rows).filter(state__in=[OperationState.DRAFT, OperationState.TEST])


def _over(rows: QuerySet[Any]) -> QuerySet[Any]:
    ended = _there(rows).filter(state=OperationState.ENDED)
    return ended | _there(rows).filter(state=OperationState.LIVE, ends_at__lte=timezone.now())


def _archived(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(archived_at__isnull=False)


class OperationsPage(ListPage):
    label = gettext_lazy("Opérations")
    nouns = (gettext_lazy("opération"), gettext_lazy("opérations"))
    export_name = "operations"
    search_label = gettext_lazy("Nom, titre ou partenaire")
    default_sort = "-starts"
    columns = (
        Column("name", gettext_lazy("Opération"), main=True, sort="name"),
        Column(
            "state",
            gettext_lazy("État"),
            kind="state",
            value=lambda row: row.shown_state(timezone.now()),
        ),
        Column("starts", gettext_lazy("Début"), kind="date", sort="starts_at", value="starts_at"),
        Column("ends", gettext_lazy("Fin"), kind="date", sort="ends_at", value="last_moment"),
        Column("people", gettext_lazy("Participants"), kind="number", sort="people"),
    )
    views = (
        View("toutes", gettext_lazy("Toutes"), _there),
        View("en-ligne", gettext_lazy("En ligne et planifiées"), _live),
        View("brouillons", gettext_lazy("Brouillons"), _drafts),
        View("terminees", gettext_lazy("Terminées"), _over),
        View("archivees", gettext_lazy("Archivées"), _archived),
    )
    empty = Empty(
        gettext_lazy("Créez votre première opération"),
        gettext_lazy("Un formulaire, un jeu ou un tirage, seul ou avec une autre marque."),
        gettext_lazy("Créer une opération"),
        "/operations/ajouter",
    )

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        first, *others = self.columns
        # The names are those of this request, asked once for the whole page.
        self.columns = (replace(first, detail=self._partners), *others)  # type: ignore[misc, assignment]

    @cached_property
    def names(self) -> dict[uuid.UUID, str]:
        return selectors.partner_names()

    def _partners(self, row: Any) -> str:
        names = {self.names[number] for number in row.partner_ids if number in self.names}
        return ", ".join(sorted(names, key=str.casefold))

    def queryset(self) -> QuerySet[Any]:
        return selectors.operations()

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        named = rows.filter(name__icontains=query) | rows.filter(title__fr__icontains=query)
        found = [key for key, name in self.names.items() if query.casefold() in name.casefold()]
        with_them = rows.filter(modules__partners__partnership_id__in=found)
        # Whoever looks by the name of then finds it, too.
        former = rows.filter(modules__partners__name__icontains=query)
        return (named | with_them | former).distinct()

    def row_url(self, row: Any) -> str:
        return reverse("operations:operation", args=[row.public_id])

    def can_create(self) -> bool:
        return can_change(self.request)


class PartnerOperationsPage(OperationsPage):
    """PA-08: those with partners; what others run with us stands beside them."""

    label = gettext_lazy("Opérations partenaires")
    export_name = "operations-partenaires"
    empty = Empty(
        gettext_lazy("Créez votre première opération à deux"),
        gettext_lazy("Chaque marque repart avec les personnes qui ont accepté de la lire."),
        gettext_lazy("Créer une opération"),
        "/operations/ajouter",
    )

    def queryset(self) -> QuerySet[Any]:
        return selectors.with_partners(super().queryset())


def _list(request: HttpRequest, kind: type[OperationsPage], current: str) -> HttpResponseBase:
    context = {"can_change": can_change(request), "current": current, "heading": kind.label}
    return kind(request).respond("operations/list.html", context)


@require_safe
@member_required()
def operations(request: HttpRequest) -> HttpResponseBase:
    """Every operation, with its state and its people."""
    return _list(request, OperationsPage, "all")


@require_safe
@member_required()
def partner_operations(request: HttpRequest) -> HttpResponseBase:
    """The same place, for operations with partners (PA-08)."""
    return _list(request, PartnerOperationsPage, "partners")


@require_safe
@member_required()
def calendar(request: HttpRequest) -> HttpResponse:
    """A month of operations, one week a line."""
    now = timezone.now()
    first = _month(request.GET.get("mois", ""), now)
    before = first.replace(year=first.year - 1, month=12) if first.month == 1 else None
    after = first.replace(year=first.year + 1, month=1) if first.month == 12 else None
    weeks = selectors.calendar(first_day=first, now=now)
    context = {
        "weeks": weeks,
        "first": first,
        "before": before or first.replace(month=max(first.month - 1, 1)),
        "after": after or first.replace(month=min(first.month + 1, 12)),
        "today": timezone.localdate(now),
        "any": any(week.bars for week in weeks),
        "current": "calendar",
        "can_change": can_change(request),
    }
    return render(request, "operations/calendar.html", context)


def _month(text: str, now: datetime) -> date:
    try:
        year, month = text.split("-")
        return date(int(year), int(month), 1) if 2000 <= int(year) <= 2100 else _this_month(now)
    except ValueError:
        return _this_month(now)


def _this_month(now: datetime) -> date:
    return timezone.localdate(now).replace(day=1)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def add(request: HttpRequest) -> HttpResponse:
    """A new draft with its first module: a name is enough. `?partenaire=` names who shares it."""
    there = choosable()
    asked = request.GET.get("partenaire", "")
    chosen = next((one for one in there if one.public_id == asked), None)
    initial = {"kind": "form", **_a_month(timezone.now())}
    initial |= _with(chosen) if chosen is not None else {}
    form = OperationForm(request.POST or None, initial=initial, choosable=there)
    if request.method == "POST" and form.is_valid():
        made = _created(form)
        if made is not None:
            messages.success(request, _("Opération créée"))
            return redirect(steps.onward(made))
    context = {"with_name": chosen.name if chosen is not None else ""}
    return answer(request, "operations/add.html", context, form)


def _a_month(now: datetime) -> dict[str, datetime]:
    """The dates that are proposed: from this hour, a month long, whole days at the end."""
    starts = timezone.localtime(now).replace(minute=0, second=0, microsecond=0)
    return {"starts_at": starts, "ends_at": (starts + _MONTH).replace(hour=23, minute=59)}


def _with(partner: Partner) -> dict[str, str]:
    policy = partaking.policy_of(partner)
    return {"partner": partner.public_id, "policy_url": policy}


@atomic_with_retry
def _made(form: OperationForm, now: datetime) -> Operation:
    data, partner = form.cleaned_data, form.chosen
    made = editing.create(
        name=data["name"], starts_at=data["starts_at"], ends_at=data["ends_at"], now=now
    )
    first = modules.add_module(operation_id=made.id, kind=data["kind"], now=now)
    if partner is not None:
        policy = data.get("policy_url") or _with(partner)["policy_url"]
        partaking.place(
            operation_id=made.id,
            partner=partner,
            module_ids=[first.id],
            policy_url=policy,
            asks_optin=True,
            names=partaking.USUAL_FIELDS,
            now=now,
        )
    return made


def _created(form: OperationForm) -> Operation | None:
    try:
        return _made(form, timezone.now())
    except RicochetError as error:
        say(form, error)
        return None


@require_POST
@member_required(role=Role.MANAGER)
def duplicate(request: HttpRequest, operation: str) -> HttpResponse:
    """A draft like this one."""
    row = operation_or_404(operation)
    name = _("%(name)s (copie)") % {"name": row.name[:70]}
    copy = editing.duplicate(operation_id=row.id, name=name, now=timezone.now())
    messages.success(request, _("Opération dupliquée"))
    return redirect("operations:operation", operation=copy.public_id)


@require_POST
@member_required(role=Role.MANAGER)
def archive(request: HttpRequest, operation: str) -> HttpResponse:
    """Put away what is no longer of use; undone for a while."""
    row = operation_or_404(operation)
    try:
        editing.archive(operation_id=row.id, away=row.archived_at is None, now=timezone.now())
    except RicochetError as error:
        messages.error(request, error.said)
        return redirect("operations:operation", operation=row.public_id)
    if row.archived_at is not None:
        messages.success(request, _("%(name)s est de retour") % {"name": row.name})
        return redirect("operations:operation", operation=row.public_id)
    undo.offer(
        request,
        _("%(name)s est archivée") % {"name": row.name},
        url=reverse("operations:undo_archive"),
        purpose="operation.archive",
        payload={"id": row.public_id},
    )
    return redirect("operations:operations")


@require_POST
@member_required(role=Role.MANAGER)
def undo_archive(request: HttpRequest) -> HttpResponse:
    """Bring back what was just put away."""
    payload = undo.take(request, purpose="operation.archive")
    row = operation_or_404(str(payload["id"]))
    editing.archive(operation_id=row.id, away=False, now=timezone.now())
    messages.success(request, _("%(name)s est de retour") % {"name": row.name})
    return redirect("operations:operation", operation=row.public_id)
