"""The partners: all of them with what each brought (PA-07), and one by one."""

import uuid
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import member_required
from billing.plans import Allowed
from partnerships import selectors
from partnerships.figures import PartnerFigures, for_partners, joint
from partnerships.models import OPEN_STATES, Side, State
from partnerships.views.common import (
    can_change,
    is_owner,
    may_add,
    page_of,
    row_or_404,
    shown,
    tenant_id,
    waits_for_its_contact,
    words_given,
)
from shell.tables import Column, Empty, ListPage, View
from tenants.context import current_tenant
from tenants.features import is_on, is_shown

# As the badge says it: both have accepted the text in force.
_ACTIVE = Q(state=State.ACTIVE, i_accepted=True, they_accepted=True)
_SHOWN = 5  # operations on a partner's page
_ROLES = {
    Side.MAJOR.value: gettext_lazy("Invité par vous"),
    Side.MINOR.value: gettext_lazy("Vous invite"),
}


class PartnersPage(ListPage):
    label = gettext_lazy("Partenaires")
    nouns = (gettext_lazy("partenaire"), gettext_lazy("partenaires"))
    export_name = "partenaires"
    search_label = gettext_lazy("Nom du partenaire")
    default_sort = "-since"
    views = (
        View("tous", gettext_lazy("Tous")),
        View("actifs", gettext_lazy("Actifs"), lambda rows: rows.filter(_ACTIVE)),
        View(
            "en-attente",
            gettext_lazy("En attente"),
            lambda rows: rows.filter(~_ACTIVE, state__in=OPEN_STATES),
        ),
        View("termines", gettext_lazy("Terminés"), lambda rows: rows.filter(state=State.ENDED)),
    )

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        add = page_of("partnerships:add")
        self.empty = Empty(  # type: ignore[misc]  # a limited partner adds none
            gettext_lazy("Ajoutez un premier partenaire")
            if add
            else gettext_lazy("Aucun partenariat pour l’instant"),
            gettext_lazy(
                "Une opération à deux présente chaque marque aux clients de l’autre, sans échanger"
                " vos fichiers."
            ),
            gettext_lazy("Ajouter un partenaire"),
            add,
        )
        self.columns = (  # type: ignore[misc]  # the figures are those of this request
            Column(
                "partner",
                gettext_lazy("Partenaire"),
                main=True,
                sort="partner",
                template="partnerships/cells/partner.html",
            ),
            Column(
                "role", gettext_lazy("Rôle"), value=lambda row: _ROLES[row.my_side], shown=False
            ),
            self._figure("profiles", gettext_lazy("Profils apportés")),
            self._figure("operations", gettext_lazy("Opérations communes")),
            self._figure("modules", gettext_lazy("Modules en partenariat")),
            Column("since", gettext_lazy("Depuis"), kind="date", sort="created_at",
                   value="created_at"),
            Column(
                "state",
                gettext_lazy("État"),
                kind="state",
                value=lambda row: shown(row).word,
                template="partnerships/cells/state.html",
            ),
        )  # fmt: skip

    def _figure(self, name: str, label: Any) -> Column:
        def value(row: Any) -> int:
            return int(getattr(self.figures[row.id], name))

        return Column(name, label, kind="number", value=value)

    @cached_property
    def figures(self) -> dict[uuid.UUID, PartnerFigures]:
        """Of every partner at once: a merchant has few."""
        return for_partners(partnership_ids=self.queryset().values_list("id", flat=True))

    def queryset(self) -> QuerySet[Any]:
        return selectors.partnerships_of(tenant_id=tenant_id())

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        return rows.filter(partner__icontains=query)

    def can_create(self) -> bool:
        return bool(self.empty.url) and may_add(self.request)

    def row_url(self, row: Any) -> str:
        return reverse("partnerships:partner", args=[row.public_id])


@require_safe
@member_required()
def partners(request: HttpRequest) -> HttpResponseBase:
    """The list, with the figures of each."""
    context = {
        "can_change": may_add(request),
        "has_code": bool(page_of("partnerships:code")),
        # A limited partner's operations are its menu's first line: no second tab leads there.
        "operations_url": page_of("operations:partner_operations"),
        "to_answer": selectors.to_answer(tenant_id=tenant_id()),
    }
    return PartnersPage(request).respond("partnerships/partners.html", context)


@require_safe
@member_required()
def partner(request: HttpRequest, partnership: str) -> HttpResponse:
    """One partner: the figures, the agreement, the contact, and what can be done."""
    row = row_or_404(partnership)
    # A limited partner invites nobody, not even whom it invited while it was a merchant.
    writes = can_change(request) and bool(page_of("partnerships:resend", row.public_id))
    waiting = waits_for_its_contact(row)
    together = joint(partnership_id=row.id, most=_SHOWN + 1, now=timezone.now())
    context = {
        "row": row,
        "me": current_tenant(),
        "state": shown(row),
        "figures": for_partners(partnership_ids=[row.id])[row.id],
        **words_given(row),
        "waiting": waiting,
        "is_major": row.my_side == Side.MAJOR,
        "is_owner": is_owner(request),
        "can_write": writes and is_on(Allowed.MAJOR),
        "can_withdraw": writes and is_shown(Allowed.MAJOR),
        "new_operation": _new_operation(request, row),
        "operations_url": _operations_with(row),
        "together": together[:_SHOWN],
        "more_together": len(together) > _SHOWN,
    }
    return render(request, "partnerships/partner.html", context)


def _new_operation(request: HttpRequest, row: Any) -> str:
    """The way to a new operation with this partner; it may be prepared while they read."""
    ready = row.state in (State.PROPOSED, State.ACTIVE) and row.i_accepted
    if row.my_side != Side.MAJOR or row.minor_id is None or not ready or not may_add(request):
        return ""
    page = page_of("operations:add")
    return page and f"{page}?{urlencode({'partenaire': row.public_id})}"


def _operations_with(row: Any) -> str:
    """The operations with this partner: those we run, or those we take part in."""
    if row.my_side == Side.MINOR:
        return page_of("operations:received")
    page = page_of("operations:partner_operations")
    return page and f"{page}?{urlencode({'q': row.partner})}"
