"""An operation of each of the two merchants, with a module and somebody who took part."""

from dataclasses import dataclass

from django.utils import timezone

from kernel.ids import uuid7
from operations import links
from operations.links import Purpose
from operations.mechanics import mechanic_of
from operations.models import (
    Draw,
    DrawPlace,
    Operation,
    OperationModule,
    Participation,
    ReceivedOperation,
    ReceivedParticipation,
    Win,
    WinningPlan,
)
from operations.rehearsing import passes
from operations.rehearsing.passes import Pass
from tenants.context import current_tenant
from tests.fixtures.mechanics import make_live
from tests.fixtures.operations import BEGINS, ENDS, NOW, make_module, make_operation, take
from widgets.models import Widget, WidgetSighting


@dataclass(frozen=True)
class Played:
    operation: Operation
    module: OperationModule
    participation: Participation
    received: ReceivedOperation
    received_person: ReceivedParticipation
    test: Participation
    test_pass: str
    draw: Draw
    winner: DrawPlace
    win: Win
    coupon: OperationModule
    instants: WinningPlan
    widget: Widget

    def token(self, purpose: Purpose) -> str:
        return links.token_for(purpose=purpose, row_id=self.participation.id)


def played(slug: str) -> Played:
    """The names and the address are this merchant's own; the operation is over by today."""
    operation = make_operation(slug=f"operation-{slug}", name=f"Opération secrète {slug}")
    module = make_module(operation)
    taken = take(module, email=f"participant-{slug}@exemple.fr", boxes=frozenset({"own"}))
    tried = make_module(make_operation(slug=f"essai-{slug}", name=f"Essai {slug}", state="test"))
    test = take(tried, email=f"essai-{slug}@exemple.fr", test=True).participation
    drawn = make_live("draw", operation=operation)
    take(drawn, email=f"participant-{slug}@exemple.fr")
    mechanic_of(drawn).close(module=drawn, now=ENDS)
    received = _received(slug)
    return Played(
        operation,
        module,
        taken.participation,
        received=received,
        received_person=received.participations.get(),
        win=Win.objects.get(participation__draw_place__draw__module=drawn),
        winner=DrawPlace.objects.get(draw__module=drawn, rank=1),
        draw=Draw.objects.select_related("module__operation").get(module=drawn),
        instants=WinningPlan.objects.select_related("module__operation").get(
            module=make_live("instant_win", operation=operation)
        ),
        coupon=make_live("coupon", operation=operation),
        widget=_widget(slug, module),
        test=test,
        test_pass=passes.token_for(
            Pass(tried.operation_id), schema=current_tenant().schema_name, now=timezone.now()
        ),
    )


def _widget(slug: str, module: OperationModule) -> Widget:
    """One that was seen on this merchant's own site."""
    row = Widget.objects.create(
        name=f"Widget secret {slug}", form="tab", module=module, created_at=NOW, changed_at=NOW
    )
    WidgetSighting.objects.create(
        widget=row,
        origin=f"https://secret-{slug}.example",
        outcome="shown",
        place="/secret",
        path="/secret",
        first_seen_at=NOW,
        last_seen_at=NOW,
        hits=3,
    )
    return row


def _received(slug: str) -> ReceivedOperation:
    """An operation that somebody else runs, with one person who agreed to share."""
    row = ReceivedOperation.objects.create(
        operation_id=uuid7(),
        partnership_id=uuid7(),
        major_id=uuid7(),
        major_name=f"Marque secrète {slug}",
        name=f"Opération reçue {slug}",
        state="live",
        starts_at=BEGINS,
        ends_at=ENDS,
        page_url="https://majeur.example/o/secret",
        received_at=NOW,
        refreshed_at=NOW,
    )
    ReceivedParticipation.objects.create(
        operation=row,
        participation_id=uuid7(),
        module_id=uuid7(),
        day=NOW.date(),
        source_kind="site",
        brought_by="major",
        is_first=True,
        is_first_optin=True,
        fields={"email": f"partage-{slug}@exemple.fr"},
        proof=uuid7(),
        received_at=NOW,
    )
    return row
