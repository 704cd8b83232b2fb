"""Commands of the operator: books, outbox."""

import uuid
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from config.management.commands.seed_demo import Command
from kernel.ledger import services as ledger
from kernel.ledger.models import Account
from kernel.outbox import services as outbox
from kernel.outbox.models import Event, EventState
from tenants.context import enter
from tenants.features import Feature, is_on
from tests.fixtures.programme import NOW


def run(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_ledger_check_finds_a_balance_that_the_transfers_do_not_explain(merchant):
    owner = uuid.uuid4()
    ledger.issue(owner_id=owner, unit="EUR", amount=800, reason="t", source="t:1", key="k", now=NOW)
    assert "maison-lumen: the books add up" in run("ledger", "check")
    connection.set_tenant(merchant)
    Account.objects.filter(owner_id=owner).update(posted=900)
    with pytest.raises(CommandError, match="do not add up"):
        run("ledger", "check", "--tenant", "maison-lumen")


def test_dead_events_are_listed_and_retried(merchant):
    outbox.emit(kind="gone", payload={}, now=NOW)
    Event.objects.update(state=EventState.DEAD, failures=8, last_error="SMTPException")
    listed = run("outbox", "list", "--dead")
    assert "gone" in listed
    assert "SMTPException" in listed
    assert "1 events undelivered" in listed
    assert "1 events retried" in run("outbox", "retry", "--tenant", "maison-lumen")
    connection.set_tenant(merchant)
    assert Event.objects.get().state == EventState.PENDING


@pytest.mark.parametrize("arguments", [["--tenant", "nobody"], ["--id", "seven"]])
def test_a_wrong_name_says_where_to_look(merchant, arguments):
    with pytest.raises(CommandError, match="list"):
        run("outbox", "retry", *arguments)


def test_the_demo_merchant_has_its_modules_on_before_its_story_is_told(db):
    """Told with them off, eighteen months of referrals were all refused."""
    lumen = Command()._merchant(
        slug="demo-lumen", name="Lumen", color="#E5A83B", shop="https://lumen.example", now=NOW
    )
    assert is_on(Feature.REFERRAL, tenant=lumen)
    with enter(lumen):
        assert is_on(Feature.REFERRAL)
