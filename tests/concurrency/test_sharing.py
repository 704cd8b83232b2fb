"""R7: shares delivered by many workers at once, each exactly once."""

from collections.abc import Callable

import pytest
from django.db import connection

from config.outbox import HANDLERS
from kernel.outbox.models import Event, EventState
from kernel.outbox.relay import relay
from operations import withdrawing
from operations.models import OperationModule, ReceivedParticipation, Share, ShareState
from operations.sharing import delivering
from partnerships.models import Partnership
from tenants.context import enter
from tenants.models import Tenant
from tenants.profiles.models import Consent, Profile
from tests.concurrency.conftest import Race
from tests.fixtures.effort import effort
from tests.fixtures.operations import NOW, take
from tests.fixtures.sharing import agree, shared_module


@pytest.fixture
def marin(lumen: Tenant, make_live_merchant: Callable[[str], Tenant]) -> Tenant:
    made = make_live_merchant("live-marin")
    connection.set_tenant(lumen)
    return made


@pytest.fixture
def partnership(lumen: Tenant, marin: Tenant) -> Partnership:
    return agree(lumen, marin)


@pytest.fixture
def module(partnership: Partnership) -> OperationModule:
    """Many people took part twice each; every other one said yes to the partner."""
    made = shared_module(partnership, rule="times", times=2)
    for number in range(effort(short=20, soak=300)):
        boxes = frozenset({str(partnership.id)} if number % 2 else ())
        for _turn in range(2):
            take(made, fields={"email": f"p{number}@exemple.fr"}, boxes=boxes)
    return made


def test_every_share_arrives_once_however_many_carry_it(
    module: OperationModule,
    partnership: Partnership,
    marin: Tenant,
    race: Race,
) -> None:
    """Relays that claim events, and deliveries of the same partner beside them."""
    tasks: list[Callable[[], object]] = [
        lambda: relay(handlers=HANDLERS, clock=lambda: NOW) for _ in range(4)
    ]
    tasks += [lambda: delivering.deliver(partnership_id=partnership.id, now=NOW) for _ in range(3)]
    race(tasks)
    count = Share.objects.count()
    assert set(Share.objects.values_list("state", flat=True)) == {"delivered"}
    assert not Event.objects.filter(kind="operations.share").exclude(state=EventState.DONE).exists()
    with enter(marin):
        assert ReceivedParticipation.objects.count() == count
        people = ReceivedParticipation.objects.filter(is_first=True).count()
        assert people == count // 2
        assert Profile.objects.count() == people // 2
        assert Consent.objects.count() == people


def test_a_withdrawal_that_meets_the_delivery_leaves_nothing_of_the_person(
    module: OperationModule, partnership: Partnership, marin: Tenant, race: Race
) -> None:
    """D4, R44: whichever comes first."""
    given = list(Consent.objects.order_by("id"))
    tasks: list[Callable[[], object]] = [
        lambda: delivering.deliver(partnership_id=partnership.id, now=NOW) for _ in range(3)
    ]
    tasks += [
        lambda consent=consent: withdrawing.withdraw(consent=consent, how="link", now=NOW)
        for consent in given
    ]
    race(tasks)
    while relay(handlers=HANDLERS, clock=lambda: NOW):
        pass
    assert not Share.objects.filter(state__in=[ShareState.PENDING, ShareState.WITHDRAWING]).exists()
    count = Share.objects.count()
    with enter(marin):
        assert ReceivedParticipation.objects.count() == count
        assert not ReceivedParticipation.objects.exclude(fields={}).exists()
        assert not Profile.objects.filter(unsubscribed_at=None).exists()
