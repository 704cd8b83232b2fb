"""A draw that closes while somebody is taking part."""

from threading import Thread

from django.db import transaction
from pytest_django import DjangoDbBlocker

from kernel.ids import public_id
from operations import running
from operations.models import Draw, OperationModule
from tenants.models import Tenant
from tests.fixtures.mechanics import LAMP, make_live
from tests.fixtures.operations import NOW, take
from tests.fixtures.together import together


def test_who_is_taking_part_while_the_list_closes_is_in_it(
    lumen: Tenant, django_db_blocker: DjangoDbBlocker
) -> None:
    """Whoever was told that they entered can be drawn: the list waits for them."""
    module: OperationModule = make_live("draw", settings={"prizes": [LAMP]})

    def stop() -> None:
        running.stop(operation_id=module.operation_id, now=NOW)

    with transaction.atomic():
        taken = take(module)
        closing = Thread(target=lambda: together([stop], tenant=lumen, blocker=django_db_blocker))
        closing.start()
        closing.join(timeout=3)
    closing.join(timeout=30)
    assert taken.participation.outcome["kind"] == "entered"
    assert public_id("prc", taken.participation.id) in Draw.objects.get().entries
