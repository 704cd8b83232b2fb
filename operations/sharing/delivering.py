"""Carrying participations to one partner, and taking back what was withdrawn (D3, D4, R20, R44).

One transaction for both sides: the rows of the minor and the states of the major's shares are
written together or not at all, and the minor's unique key makes twice the same as once.

A partner is served in turn: its partnership's row is locked, so that two deliveries never meet in
its schema, and whoever ends the partnership waits until what is under way has arrived.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db.models import QuerySet

from kernel.db import atomic_with_retry
from operations.models import (
    BroughtBy,
    Participation,
    ParticipationState,
    Share,
    ShareState,
)
from operations.received import giving_back, taking
from operations.received.shapes import Carried, Proof, TakenBack
from operations.sharing.describing import partnership_of, tell, unannounced, wait
from partnerships.crossing import Why, enter_partner
from partnerships.models import Partnership, State
from partnerships.selectors import may_share
from tenants.models import TenantState
from tenants.profiles.models import Consent, ConsentEventKind

BATCH = 200
OPEN = (ShareState.PENDING, ShareState.WITHDRAWING)


class Way(Enum):
    """What may happen with a partner now."""

    OPEN = "open"
    WAIT = "wait"  # suspended, or not agreed yet
    SHUT = "shut"  # ended, or gone for good


@dataclass(frozen=True, slots=True)
class Done:
    """What one delivery came to; `more` says that the batch was full."""

    delivered: int = 0
    taken_back: int = 0
    refused: int = 0
    more: bool = False


@atomic_with_retry
def deliver(
    *,
    partnership_id: uuid.UUID,
    now: datetime,
    participation_id: uuid.UUID | None = None,
    patient: bool = True,
) -> Done:
    """Bring one partner what waits for it, 200 at most, the named participation among them.

    Without patience, a delivery that is under way already is not waited for.
    """
    if not _waiting(partnership_id).exists():
        return Done()
    row = partnership_of(partnership_id, lock=True, patient=patient)
    if row is None and not patient:
        return Done()
    shares = _take(partnership_id, participation_id)
    pending = [share for share in shares if share.state == ShareState.PENDING]
    back = [share for share in shares if share.state == ShareState.WITHDRAWING]
    # What was withdrawn before it left goes as a count, of which nothing tells whose it was.
    early = [share for share in back if share.delivered_at is None]
    late = [share for share in back if share.delivered_at is not None]
    sharing, passing = _ways(row)
    delivered = refused = taken_back = 0
    if row is not None and sharing == Way.OPEN:
        delivered = _carry(row, pending, early, now)
    elif sharing == Way.SHUT:
        refused = _close(pending, ShareState.REFUSED, now)
        taken_back += _close(early, ShareState.WITHDRAWN, now)
    if row is not None and passing == Way.OPEN:
        taken_back += _take_back(row, late, now)
    elif passing == Way.SHUT:
        taken_back += _close(late, ShareState.WITHDRAWN, now)
    if (sharing == Way.WAIT and (pending or early)) or (passing == Way.WAIT and late):
        wait(partnership_id=partnership_id, now=now)
    return Done(delivered, taken_back, refused, more=len(shares) >= BATCH)


def _waiting(partnership_id: uuid.UUID) -> QuerySet[Share]:
    return Share.objects.filter(partnership_id=partnership_id, state__in=OPEN)


def _take(partnership_id: uuid.UUID, participation_id: uuid.UUID | None) -> list[Share]:
    """The shares to work on, locked: the one that was asked for, then others that are free.

    The first is waited for (somebody may be withdrawing it this very moment); the others are not.
    """
    whole = (
        _waiting(partnership_id)
        .select_related("participation__operation", "participation__module", "consent")
        .order_by("id")
    )
    first: list[Share] = []
    if participation_id is not None:
        own = whole.filter(participation_id=participation_id)
        first = list(own.select_for_update(of=("self",)))
    others = whole.exclude(id__in=[share.id for share in first])
    free = others.select_for_update(of=("self",), skip_locked=True)[: BATCH - len(first)]
    return [*first, *free]


def _ways(row: Partnership | None) -> tuple[Way, Way]:
    """Whether shares may go there now, and whether withdrawals may.

    A withdrawal goes through after the end of a partnership, too: only a partner that is gone for
    good has nothing left to take back.
    """
    if row is None or row.minor is None or row.minor.state == TenantState.DELETED:
        return Way.SHUT, Way.SHUT
    passing = Way.OPEN if row.minor.state == TenantState.ACTIVE else Way.WAIT
    if row.state == State.ENDED:
        return Way.SHUT, passing
    return (Way.OPEN if may_share(partnership_id=row.id) else Way.WAIT), passing


def _carry(
    row: Partnership, pending: Sequence[Share], early: Sequence[Share], now: datetime
) -> int:
    # The partnership says who the partner is. A yes that names somebody else never goes there, and
    # its merchant reads of it: `operations.unshared`.
    shares = [share for share in (*pending, *early) if not _names_another(share, row)]
    _close([s for s in pending if s not in shares], ShareState.REFUSED, now)
    _close([s for s in early if s not in shares], ShareState.WITHDRAWN, now)
    # A participation that counts for nothing any more is not told.
    void = [s for s in shares if s.participation.state != ParticipationState.COUNTED]
    _close(void, ShareState.REFUSED, now)
    shares = [share for share in shares if share not in void]
    if not shares or row.minor_id is None:
        return 0
    for operation_id in sorted(unannounced(partnership=row, shares=shares)):
        tell(operation_id=operation_id, partnership_id=row.id, now=now)
    confirmed = _confirmed(shares)
    carried = [carried_of(share, row, confirmed) for share in shares]
    with enter_partner(
        partnership=row,
        to=row.minor_id,
        why=Why.SHARE,
        subject=_subject(shares),
        count=len(carried),
        now=now,
    ):
        taking.take_in(carried=carried, major_id=row.major_id, now=now)
    gone = [share.id for share in early if share in shares]
    Share.objects.filter(id__in=[share.id for share in shares]).update(
        state=ShareState.DELIVERED, delivered_at=now
    )
    Share.objects.filter(id__in=gone).update(state=ShareState.WITHDRAWN, withdrawn_at=now)
    return len(shares)


def _names_another(share: Share, row: Partnership) -> bool:
    return share.consent is not None and share.consent.controller_tenant_id != row.minor_id


def _take_back(row: Partnership, shares: Sequence[Share], now: datetime) -> int:
    if not shares or row.minor_id is None:
        return 0
    how = _how(shares)
    with enter_partner(
        partnership=row,
        to=row.minor_id,
        why=Why.WITHDRAW,
        subject=_subject(shares),
        count=len(shares),
        now=now,
    ):
        giving_back.give_back(
            taken_back=[
                TakenBack(
                    operation_id=share.participation.operation_id,
                    participation_id=share.participation_id,
                    how=how.get(share.id, "link"),
                )
                for share in shares
            ],
            major_id=row.major_id,
            now=now,
        )
    return _close(shares, ShareState.WITHDRAWN, now)


def _close(shares: Sequence[Share], state: ShareState, now: datetime) -> int:
    values = {"state": state}
    if state == ShareState.WITHDRAWN:
        values["withdrawn_at"] = now  # type: ignore[assignment]  # a moment beside a state
    return Share.objects.filter(id__in=[share.id for share in shares]).update(**values)


def carried_of(share: Share, row: Partnership, confirmed: dict[uuid.UUID, datetime]) -> Carried:
    """What this share says: the fields that were asked for this partner, and only with its yes."""
    participation = share.participation
    mine = participation.source_partnership_id == share.partnership_id
    consent = share.consent if share.state == ShareState.PENDING else None
    given = participation.fields if consent is not None else {}
    return Carried(
        operation_id=participation.operation_id,
        participation_id=participation.id,
        module_id=participation.module_id,
        day=participation.day,
        source_kind=str(participation.source_kind),
        source_ref=participation.source_ref if mine else "",
        brought_by=_brought_by(participation, share.partnership_id),
        is_first=share.is_first,
        is_first_in_module=participation.is_first_in_module,
        is_first_optin=share.is_first_optin and consent is not None,
        fields={name: str(given[name]) for name in share.fields if given.get(name)},
        proof=_proof(consent, confirmed.get(consent.id)) if consent is not None else None,
    )


def _brought_by(participation: Participation, partnership_id: uuid.UUID) -> str:
    if participation.source_partnership_id is None:
        return BroughtBy.MAJOR.value
    mine = participation.source_partnership_id == partnership_id
    return BroughtBy.MINOR.value if mine else BroughtBy.OTHER.value


def _proof(consent: Consent, confirmed_at: datetime | None) -> Proof:
    return Proof(
        id=consent.id,
        purpose=str(consent.purpose),
        controller_name=consent.controller_name,
        policy_url=consent.policy_url,
        text=consent.text,
        text_hash=consent.text_hash,
        language=consent.language,
        form_version=consent.form_version,
        source=consent.source,
        granted_at=consent.granted_at,
        confirmed_at=confirmed_at if consent.needs_confirmation else None,
    )


def _confirmed(shares: Sequence[Share]) -> dict[uuid.UUID, datetime]:
    """When each yes that had to be was confirmed; a share is written only after that."""
    asked = [s.consent for s in shares if s.consent is not None and s.consent.needs_confirmation]
    if not asked:
        return {}
    events = Consent.objects.filter(
        id__in=[consent.id for consent in asked], events__kind=ConsentEventKind.CONFIRMED
    )
    return dict(events.values_list("id", "events__at"))


def _how(shares: Sequence[Share]) -> dict[uuid.UUID, str]:
    """By share, through which door the yes was taken back; who asked to be forgotten since, is."""
    here = Share.objects.filter(id__in=[share.id for share in shares])
    rows = here.filter(consent__events__kind=ConsentEventKind.WITHDRAWN)
    forgotten = here.filter(
        participation__profile__erased_at__isnull=False,
        participation__profile__forgotten_by_time=False,
    )
    return dict(rows.values_list("id", "consent__events__how")) | dict.fromkeys(
        forgotten.values_list("id", flat=True), giving_back.ERASURE
    )


def _subject(shares: Sequence[Share]) -> str:
    """The operation by its outside id; of several, the first."""
    return shares[0].participation.operation.public_id
