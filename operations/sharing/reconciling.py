"""Proving that both sides of every shared operation agree, and mending what does not.

Read from the major's side, minor by minor: it has one copy of an operation, also where a second
partnership of the same two brands went on with it. What a mend sends goes the same road as
everything else: `delivering.deliver`, once by the minor's unique key. After the end of a
partnership nothing more is sent; withdrawals are.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from operations.models import (
    Announcement,
    Operation,
    ReceivedOperation,
    ReceivedParticipation,
    Share,
    ShareState,
)
from operations.sharing import delivering, describing
from partnerships.crossing import Why, enter_partner
from partnerships.models import Partnership, State
from tenants.models import TenantState

# What is younger may still be on its way.
SETTLED = timedelta(minutes=1)
_SLICE = 2000


@dataclass(slots=True)
class Finding:
    """One partner in one operation: how many rows agree, and which do not (share ids).

    `partnership` is the one that is open, else the last; `earlier` are those before it.
    """

    operation: Operation
    partnership: Partnership
    earlier: Sequence[Partnership] = ()
    agree: int = 0
    missing: list[uuid.UUID] = field(default_factory=list)
    late: list[uuid.UUID] = field(default_factory=list)
    kept: list[uuid.UUID] = field(default_factory=list)
    # Here they never left: a merchant that was restored, whose partnership ended since.
    arrived: list[uuid.UUID] = field(default_factory=list)
    # Participation ids that the partner has and nobody here knows: a merchant that was restored.
    unknown: list[uuid.UUID] = field(default_factory=list)
    # Participation ids whose flags differ.
    changed: list[uuid.UUID] = field(default_factory=list)
    stale: bool = False

    @property
    def wrong(self) -> int:
        lists = (self.missing, self.late, self.kept, self.arrived, self.unknown, self.changed)
        return sum(len(found) for found in lists) + self.stale

    def sentences(self) -> Iterator[str]:
        said = {
            "delivered, but not there": self.missing,
            "waiting for more than a minute": self.late,
            "withdrawn, but still there": self.kept,
            "refused, but there": self.arrived,
            "there, but unknown here": self.unknown,
            "counted otherwise there": self.changed,
        }
        for words, found in said.items():
            if found:
                yield f"{len(found)} {words}"
        if self.stale:
            yield "the partner's copy of the operation is not the latest"


def compare(*, now: datetime) -> list[Finding]:
    """Everything that the current merchant shares, against what its active partners have."""
    return [
        finding
        for operation, partnerships in _shared()
        if (finding := _compare(operation, partnerships, now)) is not None
    ]


def _shared() -> list[tuple[Operation, list[Partnership]]]:
    """Each operation once for each minor, with their partnerships: the one that is open last."""
    found: dict[tuple[uuid.UUID | None, uuid.UUID], tuple[Operation, list[Partnership]]] = {}
    for partnership in _partnerships():
        for operation in _operations(partnership):
            key = (partnership.minor_id, operation.id)
            found.setdefault(key, (operation, []))[1].append(partnership)
    for _operation, rows in found.values():
        rows.sort(key=lambda row: (row.state != State.ENDED, row.created_at, row.id))
    return list(found.values())


def _partnerships() -> list[Partnership]:
    known = set(Share.objects.values_list("partnership_id", flat=True).distinct())
    known |= set(Announcement.objects.values_list("partnership_id", flat=True).distinct())
    found = [describing.partnership_of(number) for number in sorted(known)]
    return [row for row in found if row is not None and row.minor is not None]


def _operations(partnership: Partnership) -> list[Operation]:
    named = Operation.objects.filter(announcements__partnership_id=partnership.id)
    shared = Operation.objects.filter(participations__shares__partnership_id=partnership.id)
    ids = set(named.values_list("id", flat=True)) | set(shared.values_list("id", flat=True))
    return list(Operation.objects.filter(id__in=ids).order_by("id"))


@dataclass(frozen=True, slots=True)
class _There:
    """The partner's rows of one operation, by participation id."""

    copy: str
    rows: dict[uuid.UUID, ReceivedParticipation]


def _compare(
    operation: Operation, partnerships: Sequence[Partnership], now: datetime
) -> Finding | None:
    *earlier, partnership = partnerships
    minor = partnership.minor
    if minor is None or minor.state != TenantState.ACTIVE:
        return None  # nobody may look in there now (R20); it waits
    finding = Finding(operation, partnership, earlier)
    there = _look(operation, partnership, now)
    if partnership.state != State.ENDED:  # whoever left is told nothing more
        latest = describing.description_of(operation=operation, partnership=partnership)
        finding.stale = there.copy != latest.version
    shares = Share.objects.filter(
        participation__operation=operation,
        partnership_id__in=[row.id for row in partnerships],
    ).select_related("participation")
    came = set(
        shares.exclude(delivered_at=None).values_list("participation_id", flat=True).distinct()
    )
    for share in shares.order_by("id").iterator(chunk_size=_SLICE):
        row = there.rows.get(share.participation_id)
        if share.state != ShareState.REFUSED:
            sends = share.partnership_id == partnership.id and partnership.state != State.ENDED
            _judge(finding, share, row, now, sends=sends)
        elif row is not None and share.participation_id not in came:
            finding.arrived.append(share.id)
    finding.unknown = _unknown(operation, there)
    return finding


def _unknown(operation: Operation, there: _There) -> list[uuid.UUID]:
    """What the partner has of participations that no share of ours names, whoever's it is."""
    named = Share.objects.filter(participation__operation=operation)
    return sorted(set(there.rows) - set(named.values_list("participation_id", flat=True)))


def _look(operation: Operation, partnership: Partnership, now: datetime) -> _There:
    with enter_partner(
        partnership=partnership,
        to=partnership.minor_id or uuid.UUID(int=0),
        why=Why.RECONCILE,
        subject=operation.public_id,
        now=now,
    ):
        copy = ReceivedOperation.objects.filter(
            major_id=partnership.major_id,
            operation_id=operation.id,
        ).first()
        if copy is None:
            return _There("", {})
        rows = ReceivedParticipation.objects.filter(operation=copy)
        return _There(copy.version, {row.participation_id: row for row in rows})


def _judge(
    finding: Finding,
    share: Share,
    row: ReceivedParticipation | None,
    now: datetime,
    *,
    sends: bool,
) -> None:
    """`sends`: whether what is not there may go there once more."""
    state = ShareState(share.state)
    if state in delivering.OPEN and now - share.created_at > SETTLED:
        finding.late.append(share.id)
    elif state in delivering.OPEN:
        return
    elif row is None:
        if share.delivered_at is not None and sends:
            finding.missing.append(share.id)
    elif state == ShareState.WITHDRAWN and row.proof is not None and row.withdrawn_at is None:
        finding.kept.append(share.id)
    elif _differs(share, row):
        finding.changed.append(share.participation_id)
    else:
        finding.agree += 1


def _flags(share: Share) -> tuple[bool, bool, bool]:
    return share.is_first, share.participation.is_first_in_module, share.is_first_optin


def _differs(share: Share, row: ReceivedParticipation) -> bool:
    """Whether people are counted otherwise there; a yes counts while it holds only."""
    is_first, in_module, optin = _flags(share)
    holds = row.proof is not None and row.withdrawn_at is None
    return (is_first, in_module) != (row.is_first, row.is_first_in_module) or (
        holds and optin != row.is_first_optin
    )


def mend(*, finding: Finding, now: datetime) -> None:
    """Put right what one finding tells of; deliveries go on in slices until none is left.

    What the partner alone knows leaves its counts; the people and their yes stay with it, as what
    was shared does.
    """
    Share.objects.filter(id__in=finding.missing, consent__events__kind="withdrawn").update(
        state=ShareState.WITHDRAWING, delivered_at=None, withdrawn_at=None
    )
    Share.objects.filter(id__in=finding.missing).exclude(state=ShareState.WITHDRAWING).update(
        state=ShareState.PENDING, delivered_at=None
    )
    Share.objects.filter(id__in=finding.kept).update(state=ShareState.WITHDRAWING)
    refused = Share.objects.filter(id__in=finding.arrived)
    refused.update(state=ShareState.DELIVERED, delivered_at=now)
    refused.filter(consent__events__kind="withdrawn").update(state=ShareState.WITHDRAWING)
    partnership = finding.partnership
    if finding.stale:
        Announcement.objects.filter(
            operation=finding.operation, partnership_id=partnership.id
        ).update(version="")
        describing.tell(operation_id=finding.operation.id, partnership_id=partnership.id, now=now)
    for row in (*finding.earlier, partnership):
        while delivering.deliver(partnership_id=row.id, now=now).more:
            pass
    if finding.unknown or finding.changed:
        _mend_there(finding, now)


def _mend_there(finding: Finding, now: datetime) -> None:
    numbers = [row.id for row in (*finding.earlier, finding.partnership)]
    shares = (
        Share.objects.filter(partnership_id__in=numbers, participation_id__in=finding.changed)
        .exclude(state=ShareState.REFUSED)
        .select_related("participation")
    )
    right = {share.participation_id: _flags(share) for share in shares}
    with enter_partner(
        partnership=finding.partnership,
        to=finding.partnership.minor_id or uuid.UUID(int=0),
        why=Why.RECONCILE,
        subject=finding.operation.public_id,
        count=len(finding.unknown) + len(right),
        now=now,
    ):
        rows = ReceivedParticipation.objects.filter(
            operation__major_id=finding.partnership.major_id,
            operation__operation_id=finding.operation.id,
        )
        rows.filter(participation_id__in=finding.unknown).delete()
        for number, (is_first, in_module, optin) in right.items():
            mine = rows.filter(participation_id=number)
            mine.update(is_first=is_first, is_first_in_module=in_module)
            mine.exclude(proof=None).update(is_first_optin=optin)
