"""The figures of an operation as its merchant sees them, and what each partner brought."""

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from kernel.ids import public_id
from operations.mechanics import mechanic_of
from operations.models import (
    ModulePartner,
    Operation,
    OperationModule,
    OperationState,
    Participation,
    ParticipationState,
    ReceivedOperation,
    ReceivedParticipation,
    Share,
    ShareState,
)
from operations.models.received import BroughtBy
from operations.reporting import Counted, Day, Figures, Line, every_day, in_order, source_label
from operations.words import pick
from partnerships.figures import PartnerFigures
from partnerships.selectors import minors
from tenants.context import current_tenant
from tenants.profiles.models import ConsentEvent, ConsentEventKind

_WITHDRAWN = ConsentEvent.objects.filter(
    consent_id=OuterRef("own_consent_id"), kind=ConsentEventKind.WITHDRAWN
)
_PEOPLE = Counted(
    participants=Q(is_first=True),
    optins=Q(is_first_optin=True) & ~Q(Exists(_WITHDRAWN)),
    new_profiles=Q(was_new=True),
)
_IN_MODULE = Counted(
    participants=Q(is_first_in_module=True),
    optins=_PEOPLE.optins,
    new_profiles=_PEOPLE.new_profiles,
)
_HELD = Q(state__in=[ShareState.PENDING, ShareState.DELIVERED])


def counted(operation_id: uuid.UUID) -> QuerySet[Participation]:
    """The participations that count."""
    return Participation.objects.filter(
        operation_id=operation_id, state=ParticipationState.COUNTED, is_test=False
    )


def total(*, operation_id: uuid.UUID) -> Figures:
    """Participants, opt-ins to this merchant, profiles new to it."""
    return _PEOPLE.of(counted(operation_id))


def by_day(*, operation: Operation, now: datetime) -> list[Day]:
    found = [(day, figures) for (day,), figures in _PEOPLE.by(counted(operation.id), "day")]
    return every_day(found, starts_at=operation.starts_at, ends_at=operation.ends_at, now=now)


def by_source(*, operation_id: uuid.UUID) -> list[Line]:
    """The ways people came by, each brand's apart."""
    brands = _brands(operation_id)
    found = _PEOPLE.by(counted(operation_id), "source_kind", "source_partnership_id")
    return in_order(
        Line(source_label(kind, brands.get(partnership, "")), figures)
        for (kind, partnership), figures in found
        if figures.participants
    )


def _brands(operation_id: uuid.UUID) -> dict[uuid.UUID | None, str]:
    rows = ModulePartner.objects.filter(module__operation_id=operation_id)
    brands: dict[uuid.UUID | None, str] = {None: current_tenant().name}
    brands.update(rows.values_list("partnership_id", "name"))
    now = minors(partnership_ids=[number for number in brands if number is not None])
    return brands | {number: minor.name for number, minor in now.items()}


def by_module(*, operation: Operation) -> list[Line]:
    """In the order of the page; modules that were taken away stay, where somebody took part."""
    found = {key: figures for (key,), figures in _IN_MODULE.by(counted(operation.id), "module_id")}
    return [
        Line(
            pick(module.title, current_tenant().language) or mechanic_of(module).label,
            found.get(module.id, Figures()),
        )
        for module in operation.modules.order_by("position", "id")
        if module.removed_at is None or module.id in found
    ]


@dataclass(frozen=True, slots=True)
class Brought:
    """One partner of an operation.

    `brought` counts who came through its links and widgets: people, their opt-ins to this
    merchant, and those who were new here. `shared` is what the partner's own page says: of the
    `modules` in which it takes part now, out of `of`.
    """

    partnership_id: uuid.UUID
    name: str
    brought: Figures
    shared: Figures
    modules: int = 0
    of: int = 0

    @property
    def differs(self) -> bool:
        """Whether its participants are fewer than ours because it shares some modules only."""
        return 0 < self.modules < self.of

    @property
    def public_id(self) -> str:
        return public_id("prt", self.partnership_id)


def by_partner(*, operation_id: uuid.UUID) -> list[Brought]:
    """What each partner brought, and what it received. For the major's eyes only."""
    found = {
        key: figures
        for (key,), figures in _PEOPLE.by(counted(operation_id), "source_partnership_id")
    }
    names = {key: name for key, name in _brands(operation_id).items() if key is not None}
    received = shared(operation_id=operation_id)
    shares = Counter(
        ModulePartner.objects.filter(
            module__operation_id=operation_id, module__removed_at=None
        ).values_list("partnership_id", flat=True)
    )
    of = OperationModule.objects.filter(operation_id=operation_id, removed_at=None).count()
    return [
        Brought(key, name, found.get(key, Figures()), received.get(key, Figures()), shares[key], of)
        for key, name in sorted(names.items(), key=lambda item: (item[1], item[0]))
    ]


def shared(*, operation_id: uuid.UUID) -> dict[uuid.UUID, Figures]:
    """By partnership: the participants and the opt-ins that the partner's own page shows.

    How many of them were new to the partner, or unsubscribed from its own emails since, is for the
    partner to know.
    """
    rows = (
        Share.objects.filter(participation__operation_id=operation_id)
        .exclude(state=ShareState.REFUSED)
        .order_by()
        .values("partnership_id")
        .annotate(
            participants=Count("pk", filter=Q(is_first=True)),
            optins=Count("pk", filter=Q(is_first_optin=True) & _HELD),
        )
    )
    return {row["partnership_id"]: Figures(row["participants"], row["optins"]) for row in rows}


_SEEN = (OperationState.LIVE, OperationState.ENDED)


def for_partners(*, partnership_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, PartnerFigures]:
    """PA-07, as the current merchant sees each partnership: `settings.PARTNER_FIGURES`.

    Run by us: who came through the partner and was new to us. Run by the partner: who is new to us
    and came through anybody but ourselves.
    """
    ids = list(partnership_ids)
    ours = {
        key: figures.new_profiles
        for (key,), figures in _PEOPLE.by(
            Participation.objects.filter(
                source_partnership_id__in=ids, state=ParticipationState.COUNTED, is_test=False
            ),
            "source_partnership_id",
        )
    }
    run = _run_by_us(ids)
    theirs = _run_by_them(ids)
    return {
        number: PartnerFigures(
            profiles=ours.get(number, 0) + theirs.get(number, (0, 0, 0))[0],
            operations=run.get(number, (0, 0))[0] + theirs.get(number, (0, 0, 0))[1],
            modules=run.get(number, (0, 0))[1] + theirs.get(number, (0, 0, 0))[2],
        )
        for number in ids
    }


def _run_by_us(ids: list[uuid.UUID]) -> dict[uuid.UUID, tuple[int, int]]:
    rows = (
        ModulePartner.objects.filter(
            partnership_id__in=ids,
            module__removed_at=None,
            module__operation__state__in=_SEEN,
        )
        .order_by()
        .values("partnership_id")
        .annotate(
            operations=Count("module__operation", distinct=True),
            modules=Count("module", distinct=True),
        )
    )
    return {row["partnership_id"]: (row["operations"], row["modules"]) for row in rows}


def _run_by_them(ids: list[uuid.UUID]) -> dict[uuid.UUID, tuple[int, int, int]]:
    found: dict[uuid.UUID, tuple[int, int, int]] = {}
    for row in ReceivedOperation.objects.filter(partnership_id__in=ids, state__in=_SEEN):
        profiles, operations, modules = found.get(row.partnership_id, (0, 0, 0))
        found[row.partnership_id] = (profiles, operations + 1, modules + len(row.modules))
    brought = (
        ReceivedParticipation.objects.filter(operation__partnership_id__in=ids, was_new=True)
        .exclude(brought_by=BroughtBy.MINOR)
        .order_by()
        .values("operation__partnership_id")
        .annotate(people=Count("pk"))
    )
    for line in brought:
        profiles, operations, modules = found.get(line["operation__partnership_id"], (0, 0, 0))
        found[line["operation__partnership_id"]] = (line["people"], operations, modules)
    return found
