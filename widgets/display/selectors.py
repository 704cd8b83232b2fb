"""Reading widgets: for the back office, and for a page that asks what to show."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse

from kernel.ids import parse_public_id
from operations.models import (
    BroughtBy,
    Participation,
    ParticipationState,
    ReceivedParticipation,
    SourceKind,
)
from operations.received.following import Standing
from tenants.models import Tenant
from widgets.display import drawing, rules, targets
from widgets.display.bundle import current
from widgets.display.models import Form, Outcome, Widget, WidgetSighting


def widgets() -> QuerySet[Any]:
    """Every widget, each with `hits` and `followed`, and `last_seen_at`."""
    rows = WidgetSighting.objects.filter(widget=OuterRef("pk"), outcome=Outcome.SHOWN).order_by()
    seen = rows.order_by("-last_seen_at").values("last_seen_at")[:1]
    return (
        Widget.objects.select_related("module__operation", "received")
        .annotate(
            hits=_sum(rows, "hits"), followed=_sum(rows, "followed"), last_seen_at=Subquery(seen)
        )
        .order_by("-created_at", "-id")
    )


def _sum(rows: QuerySet[Any], name: str) -> Coalesce:
    total = rows.values("widget").annotate(total=Sum(name)).values("total")
    return Coalesce(Subquery(total, output_field=IntegerField()), 0)


def widget(*, public_id: str) -> Widget | None:
    """The one that an address names, of this merchant's own (R23)."""
    number = parse_public_id("wdg", public_id)
    rows = Widget.objects.select_related("module__operation", "received")
    return rows.filter(id=number).first() if number else None


def people(*, widget: Widget) -> int:
    """Participants whom this widget brought, as both sides count them."""
    if widget.module_id is not None:
        rows: QuerySet[Any] = Participation.objects.filter(
            module_id=widget.module_id,
            source_kind=SourceKind.WIDGET,
            source_ref=widget.public_id,
            source_partnership_id=None,
            state=ParticipationState.COUNTED,
            is_test=False,
        )
    else:
        rows = ReceivedParticipation.objects.filter(
            operation_id=widget.received_id,
            source_kind=SourceKind.WIDGET,
            source_ref=widget.public_id,
            brought_by=BroughtBy.MINOR,
        )
    return int(rows.filter(is_first=True).aggregate(n=Count("pk"))["n"])


def standing(*, received_id: uuid.UUID) -> Standing:
    """How far the widgets for a partner's operation are: `settings.WIDGETS_STANDING`."""
    rows = Widget.objects.filter(received_id=received_id, active=True)
    latest = rows.order_by("-created_at", "-id").first()
    if latest is None:
        return Standing()
    seen = WidgetSighting.objects.filter(widget__in=rows).exclude(outcome=Outcome.ORIGIN)
    address = reverse("display:widget", args=[latest.public_id])
    return Standing(address=f"{address}#code", seen=seen.exists())


def counts(*, widget: Widget) -> dict[str, int]:
    """How often it was shown, opened and followed."""
    rows = WidgetSighting.objects.filter(widget=widget, outcome=Outcome.SHOWN)
    found = rows.aggregate(hits=Sum("hits"), opened=Sum("opened"), followed=Sum("followed"))
    return {name: int(value or 0) for name, value in found.items()}


def asked_for(
    *, tenant: Tenant, path: str, spots: Iterable[str], now: datetime
) -> tuple[list[dict[str, Any]], dict[uuid.UUID, str]]:
    """What a page shows, and what comes of each widget that is on there.

    Each entry has the script, its integrity, and `show`. What is paused, or leads to an operation
    that is not live, is neither shown nor noted.
    """
    rows = list(Widget.objects.filter(active=True).select_related("received").order_by("id"))
    if not rows:
        return [], {}
    led = targets.of(rows, now=now)
    places = set(spots)
    entries, outcomes = [], {}
    for row in rows:
        if not led[row.id].is_open:
            continue
        if not rules.allows(rules.read(row.rule).pages, path):
            outcomes[row.id] = Outcome.RULE
        elif row.form == Form.INLINE and row.public_id not in places:
            outcomes[row.id] = Outcome.SPOT
        else:
            outcomes[row.id] = Outcome.SHOWN
            entries.append(_entry(row, led[row.id], tenant))
    return entries, {number: str(outcome) for number, outcome in outcomes.items()}


def _entry(row: Widget, target: targets.Target, tenant: Tenant) -> dict[str, Any]:
    bundle = current()
    return {
        "src": reverse("widgets:display_script", kwargs={"digest": bundle.digest}),
        "integrity": bundle.integrity,
        "show": drawing.data_of(row, target, tenant=tenant),
    }
