"""The demo's operation that is over: prizes in each state, and no more of them the second time."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from accounts.models import User
from config.demo import winners
from kernel.outbox.models import Event, EventState
from operations import winning
from operations.models import Operation, Win
from tenants.context import enter
from tenants.messaging.models import Email, EmailState
from tenants.models import Tenant
from tests.pages.conftest import claire, fast_passwords  # noqa: F401

NOW = datetime(2026, 11, 28, 10, 0, tzinfo=UTC)


@pytest.mark.usefixtures("claire")
def test_prizes_wait_are_handed_over_and_went_on_to_a_substitute(merchant: Tenant) -> None:
    team = [User.objects.get(email="claire@maison-lumen.fr").pk]
    for _time in range(2):
        connection.set_schema_to_public()
        winners.play(major=merchant, team=team, now=NOW)
    with enter(merchant):
        operation = Operation.objects.get()
        assert operation.shown_state(NOW) == "ended"
        wins = Win.objects.all()
        assert wins.filter(handed_by=team[0], handed_at__lt=NOW).count() == 3
        assert wins.filter(voided_at=NOW - timedelta(days=1)).count() == 1
        assert winning.to_hand_over() >= 1
        # The past has been sent: nothing of it leaves today.
        assert not Email.objects.filter(state=EmailState.QUEUED).exists()
        assert not Event.objects.filter(state=EventState.PENDING).exists()
