"""Who counts as a person's first: worked out again, for records of one person that became one.

The flags are set when a participation counts. Two records that were two people then, and are one
today, leave two firsts behind; here the earlier one keeps it.
"""

import uuid
from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import F
from django.db.models.functions import Coalesce

from operations.models import Operation, Participation, ParticipationState, Share, ShareState
from tenants.profiles.models import ConsentEvent, ConsentEventKind

_HELD = (ShareState.PENDING, ShareState.DELIVERED)


@dataclass(slots=True)
class _Seen:
    people: set[uuid.UUID] = field(default_factory=set)
    opted_in: set[uuid.UUID] = field(default_factory=set)
    new: set[uuid.UUID] = field(default_factory=set)

    def first(self, person: uuid.UUID) -> bool:
        return _add(self.people, person)

    def first_optin(self, person: uuid.UUID) -> bool:
        return _add(self.opted_in, person)


def _add(to: set[uuid.UUID], person: uuid.UUID) -> bool:
    new = person not in to
    to.add(person)
    return new


def recount(*, operation: Operation, mend: bool) -> int:
    """How many rows of an operation count a person otherwise than they should; mends them."""
    wrong_rows = _participations(operation)
    wrong_shares = _shares(operation)
    if mend:
        names = ["is_first", "is_first_in_module", "is_first_optin", "was_new"]
        Participation.objects.bulk_update(wrong_rows, names, batch_size=500)
        Share.objects.bulk_update(wrong_shares, ["is_first", "is_first_optin"], batch_size=500)
    return len(wrong_rows) + len(wrong_shares)


def _participations(operation: Operation) -> list[Participation]:
    rows = (
        Participation.objects.filter(
            operation=operation, state=ParticipationState.COUNTED, is_test=False
        )
        .annotate(
            person=Coalesce("profile__merged_into_id", "profile_id"),
            at=Coalesce("confirmed_at", "created_at"),
        )
        .order_by("at", "id")
    )
    withdrawn = set(
        ConsentEvent.objects.filter(
            kind=ConsentEventKind.WITHDRAWN,
            consent__in=rows.order_by().exclude(own_consent=None).values("own_consent"),
        ).values_list("consent_id", flat=True)
    )
    seen, modules = _Seen(), defaultdict[uuid.UUID, _Seen](_Seen)
    wrong: list[Participation] = []
    for row in rows.iterator(chunk_size=2000):
        holds = row.own_consent_id is not None and row.own_consent_id not in withdrawn
        right = (
            seen.first(row.person),
            modules[row.module_id].first(row.person),
            # Of a yes that was withdrawn the flag says nothing: it counts nowhere.
            seen.first_optin(row.person) if holds else row.is_first_optin,
            row.was_new and _add(seen.new, row.person),
        )
        if right != (row.is_first, row.is_first_in_module, row.is_first_optin, row.was_new):
            row.is_first, row.is_first_in_module, row.is_first_optin, row.was_new = right
            wrong.append(row)
    return wrong


def _shares(operation: Operation) -> list[Share]:
    rows = (
        Share.objects.filter(
            participation__operation=operation,
            participation__state=ParticipationState.COUNTED,
        )
        .exclude(state=ShareState.REFUSED)
        .annotate(
            person=Coalesce(
                "participation__profile__merged_into_id", F("participation__profile_id")
            ),
            at=Coalesce("participation__confirmed_at", "participation__created_at"),
        )
        .order_by("at", "participation_id")
    )
    partners = defaultdict[uuid.UUID, _Seen](_Seen)
    wrong: list[Share] = []
    for row in rows.iterator(chunk_size=2000):
        seen = partners[row.partner_tenant_id]
        holds = row.consent_id is not None and row.state in _HELD
        right = (
            seen.first(row.person),
            seen.first_optin(row.person) if holds else row.is_first_optin,
        )
        if right != (row.is_first, row.is_first_optin):
            row.is_first, row.is_first_optin = right
            wrong.append(row)
    return wrong
