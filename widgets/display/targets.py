"""What a widget leads to: a module of this merchant's, or one of a partner's operation."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from kernel.ids import parse_public_id, public_id
from operations import parties
from operations.mechanics import MECHANICS
from operations.models import ModulePartner, OperationModule, ReceivedOperation, SourceKind
from operations.participating import Source
from operations.sources import query_of
from operations.words import pick
from partnerships.models import OPEN_STATES, Partnership
from partnerships.selectors import minors
from tenants.addresses import absolute_url
from tenants.context import current_tenant
from tenants.models import Tenant, TenantState
from widgets.display.models import Widget

Value = tuple[uuid.UUID | None, uuid.UUID | None, uuid.UUID | None]


@dataclass(frozen=True, slots=True)
class Target:
    """One module with what a widget has to know of it.

    `state` is what its operation is now ("ended" as well where the partnership is). `page` is the
    address without a source, `schema` whose page that is, `other` the second brand and its colour.
    """

    operation: str
    module: str
    state: str
    page: str
    title: Mapping[str, Any]
    subtitle: Mapping[str, Any] = field(default_factory=dict)
    schema: str = ""
    partnership_id: uuid.UUID | None = None
    other: tuple[str, str] | None = None

    @property
    def is_open(self) -> bool:
        return self.state == "live"

    @property
    def label(self) -> str:
        return f"{self.operation} · {self.module}" if self.module else self.operation

    def url(self, widget: Widget) -> str:
        """The module's page, with this widget as the source."""
        source = Source(SourceKind.WIDGET, widget.public_id, self.partnership_id)
        page, _hash, part = self.page.partition("#")
        step = urlencode({"etape": part.removeprefix("part-")})
        return f"{page}{query_of(source, schema=self.schema)}&{step}#{part}"


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the list to choose from; `value` is what the form sends."""

    value: str
    target: Target
    ours: bool


def choices(*, now: datetime) -> list[Choice]:
    """Every module that a widget may lead to, one's own first; what is over is left out."""
    own = OperationModule.objects.filter(
        removed_at=None, operation__archived_at=None
    ).select_related("operation")
    found = [
        Choice(public_id("mod", module.id), target, ours=True)
        for module, target in _own(own.order_by("-operation__created_at", "position"), now)
    ]
    for row, number, target in _received(ReceivedOperation.objects.filter(is_archived=False), now):
        found.append(Choice(f"{row.public_id}:{public_id('mod', number)}", target, ours=False))
    return [one for one in found if one.target.state not in ("ended", "archived")]


def read(value: str) -> Value:
    """(module, received operation, its module) of a choice's value; all None for any other text."""
    operation, _colon, module = value.rpartition(":")
    number = parse_public_id("mod", module)
    if number is None:
        return None, None, None
    if not operation:
        return number, None, None
    received = parse_public_id("rop", operation)
    return (None, received, number) if received else (None, None, None)


def value_of(widget: Widget) -> str:
    """The other way."""
    module = public_id("mod", widget.module_number) if widget.module_number else ""
    return f"{widget.received.public_id}:{module}" if widget.received else module


def of(widgets: Iterable[Widget], *, now: datetime) -> dict[uuid.UUID, Target]:
    """What each of these leads to; a module that is not there any more is "ended"."""
    rows = list(widgets)
    own = OperationModule.objects.filter(id__in={w.module_id for w in rows if w.module_id})
    ours = {m.id: target for m, target in _own(own.select_related("operation"), now)}
    received = ReceivedOperation.objects.filter(id__in={w.received_id for w in rows})
    theirs = {(row.id, number): target for row, number, target in _received(received, now)}
    found: dict[uuid.UUID, Target] = {}
    for widget in rows:
        if widget.module_id is not None:
            found[widget.id] = ours[widget.module_id]
        else:
            key = (widget.received_id, widget.received_module)
            found[widget.id] = theirs.get(key) or _gone(widget)  # type: ignore[arg-type]
    return found


def _own(rows: Iterable[OperationModule], now: datetime) -> list[tuple[OperationModule, Target]]:
    modules = list(rows)
    tenant = current_tenant()
    others = _partners_of(modules)
    several = _several(module.operation_id for module in modules if module.removed_at is None)
    language = tenant.language
    return [
        (
            module,
            Target(
                operation=module.operation.name,
                module=_named(module.title, module.kind, language)
                if module.operation_id in several
                else "",
                state="ended"
                if module.removed_at is not None
                else module.operation.shown_state(now),
                page=_page(absolute_url(tenant, f"/o/{module.operation.slug}"), module.id),
                title=module.operation.title or {"fr": module.operation.name},
                subtitle=module.operation.subtitle,
                other=others.get(module.id),
            ),
        )
        for module in modules
    ]


def _several(operations: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """The operations of which a module has to be told from others."""
    ids = set(operations)
    rows = OperationModule.objects.filter(operation_id__in=ids, removed_at=None)
    seen: dict[uuid.UUID, int] = {}
    for number in rows.values_list("operation_id", flat=True):
        seen[number] = seen.get(number, 0) + 1
    return {number for number, count in seen.items() if count > 1}


def _partners_of(modules: list[OperationModule]) -> dict[uuid.UUID, tuple[str, str]]:
    """The first partner of each module, by its name of today and its colour; one whose place
    somebody else took is not named before the merchant confirms it, as on the page.
    """
    rows = ModulePartner.objects.filter(module__in=modules).order_by("-added_at", "-id")
    now = minors(partnership_ids={row.partnership_id for row in rows}) if rows else {}
    named = [
        (row.module_id, parties.name_of(row, minor), parties.office_of(row, minor))
        for row, minor in ((row, now.get(row.partnership_id)) for row in rows)
        if not parties.is_another(row, minor)
    ]
    offices = Tenant.objects.filter(id__in={office for _module, _name, office in named})
    colors = dict(offices.values_list("id", "brand_color"))
    return {module: (name, colors.get(office, "")) for module, name, office in named}


def _received(
    rows: Iterable[ReceivedOperation], now: datetime
) -> list[tuple[ReceivedOperation, uuid.UUID, Target]]:
    operations = list(rows)
    majors = {
        tenant.id: tenant
        for tenant in Tenant.objects.filter(
            id__in={row.major_id for row in operations}, state=TenantState.ACTIVE
        )
    }
    going = set(
        Partnership.objects.filter(
            id__in={row.partnership_id for row in operations}, state__in=OPEN_STATES
        ).values_list("id", flat=True)
    )
    language = current_tenant().language
    found = []
    for row in operations:
        major = majors.get(row.major_id)
        holds = major is not None and row.partnership_id in going
        for module in row.modules:
            number = uuid.UUID(str(module["id"]))
            target = Target(
                operation=row.name,
                module=_named(module.get("title"), str(module.get("kind")), language)
                if len(row.modules) > 1
                else "",
                state=row.shown_state(now) if holds else "ended",
                page=_page(row.page_url, number),
                title=row.title or {"fr": row.name},
                subtitle=row.subtitle,
                schema=major.schema_name if major is not None else "",
                partnership_id=row.partnership_id,
                other=(major.name, major.brand_color) if major else (row.major_name, ""),
            )
            found.append((row, number, target))
    return found


def _named(title: Mapping[str, Any] | None, kind: str, language: str) -> str:
    mechanic = MECHANICS.get(kind)
    return pick(title, language) or (str(mechanic.label) if mechanic is not None else "")


def _page(address: str, module: uuid.UUID) -> str:
    """The module's own place on the page of its operation."""
    return f"{address}#part-{public_id('mod', module)}"


def _gone(widget: Widget) -> Target:
    row = widget.received
    name = row.name if row is not None else ""
    page = row.page_url if row is not None else ""
    return Target(operation=name, module="", state="ended", page=page, title={"fr": name})
