"""The widgets that show the joint operation on both brands' sites, and what came of them."""

import uuid
from datetime import datetime, timedelta

from kernel.ids import public_id
from operations.models import OperationModule, ReceivedOperation
from tenants.context import current_tenant, enter
from tenants.models import Tenant
from widgets.display import services
from widgets.display.rules import Rule
from widgets.models import Widget, WidgetSighting

# Known beforehand: people came by them before the guest's copy of the operation was there.
TAB = uuid.UUID("01980000-0000-7000-8000-0000000000a1")
INLINE = uuid.UUID("01980000-0000-7000-8000-0000000000a2")


def ref(number: uuid.UUID) -> str:
    """How a participation names the widget it came by."""
    return public_id("wdg", number)


def show(*, module: OperationModule, minor: Tenant, now: datetime) -> None:
    """A tab on Maison Lumen's shop; on Brûlerie Noé's pages one among the coffees."""
    began = now - timedelta(days=13)
    services.save(
        widget_id=TAB, name="Onglet de la boutique", form="tab", color="", active=True, now=began,
        target=module.public_id, rule=Rule(),
        words={"fr": {"label": "Gagnez une lampe Halo"}, "en": {"label": "Win a Halo lamp"}},
    )  # fmt: skip
    _seen(TAB, (("/", 1842, 265, 171), ("/lampes", 967, 118, 74)), now=now)
    with enter(minor):
        received = ReceivedOperation.objects.filter(operation_id=module.operation_id).first()
        if received is None:
            return
        services.save(
            widget_id=INLINE, name="Bloc des pages café", form="inline", color="", active=True,
            now=began, target=f"{received.public_id}:{module.public_id}",
            rule=Rule(pages=("/cafes/*",)),
            words={
                "fr": {
                    "title": "Gagnez une lampe Halo et un an de café",
                    "text": "Tirage au sort gratuit, sans obligation d’achat.",
                    "action": "Participer au tirage",
                },
                "en": {
                    "title": "Win a Halo lamp and a year of coffee",
                    "text": "A free draw, no purchase necessary.",
                    "action": "Enter the draw",
                },
            },
        )  # fmt: skip
        _seen(INLINE, (("/cafes/sidama", 1204, 0, 96), ("/cafes/huila", 688, 0, 41)), now=now)


def _seen(
    number: uuid.UUID, pages: tuple[tuple[str, int, int, int], ...], *, now: datetime
) -> None:
    origin = current_tenant().site_url.rstrip("/")
    widget = Widget.objects.get(id=number)
    WidgetSighting.objects.bulk_create(
        WidgetSighting(
            widget=widget, origin=origin, outcome="shown", place=path, path=path, hits=hits,
            opened=opened, followed=followed, first_seen_at=widget.created_at,
            last_seen_at=now - timedelta(minutes=7 * turn + 4),
        )
        for turn, (path, hits, opened, followed) in enumerate(pages)
    )  # fmt: skip
