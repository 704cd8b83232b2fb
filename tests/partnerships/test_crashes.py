"""Killed while a back office is made: gone on from, or given up, and never two (R6)."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import connection

from accounts.models import Invitation
from partnerships.errors import NotMadeError
from partnerships.models import Partnership, State
from partnerships.services import making
from tenants.models import Tenant, TenantState
from tests.partnerships.conftest import deliver, office_of

Invite = Callable[..., Partnership]


class KilledError(BaseException):
    """What a kill leaves: nothing behind it runs."""


def test_a_crash_while_it_is_made_is_gone_on_from_by_the_sweep(
    invite_noe: Invite, merchant: Tenant, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R6: killed between the row and the schema; one back office, one letter in the end."""
    build = making.provision_tenant

    def killed(**_: object) -> Tenant:
        raise KilledError

    key = uuid.uuid4()
    monkeypatch.setattr(making, "provision_tenant", killed)
    with pytest.raises(KilledError):
        invite_noe(key)
    row = Partnership.objects.get()
    assert row.state == State.MAKING
    monkeypatch.setattr(making, "provision_tenant", build)
    connection.set_schema_to_public()
    assert making.sweep(now=now + timedelta(seconds=30)) == 0
    assert making.sweep(now=now + timedelta(minutes=2)) == 1
    assert making.sweep(now=now + timedelta(minutes=3)) == 0
    connection.set_tenant(merchant)
    row.refresh_from_db()
    assert (row.state, office_of(row).state) == (State.PROPOSED, TenantState.ACTIVE)
    assert len(deliver(merchant, office_of(row))) == 1


def test_a_crash_before_the_invitation_is_gone_on_from_by_the_same_form(
    invite_noe: Invite, merchant: Tenant, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R6: the back office is there, its owner was never asked."""
    invite, key = making._invite, uuid.uuid4()

    def killed(*_: object, **__: object) -> Partnership:
        raise KilledError

    monkeypatch.setattr(making, "_invite", killed)
    with pytest.raises(KilledError):
        invite_noe(key)
    monkeypatch.setattr(making, "_invite", invite)
    assert invite_noe(key).state == State.MAKING  # somebody may still be at it
    Partnership.objects.update(created_at=now - timedelta(minutes=2))
    row = invite_noe(key)
    assert row.state == State.PROPOSED
    assert Tenant.objects.filter(slug__startswith="brulerie").count() == 1
    assert len(deliver(merchant, office_of(row))) == 1


def test_what_cannot_be_made_leaves_nothing(
    invite_noe: Invite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> Tenant:
        raise OSError("no room left")

    monkeypatch.setattr(making, "provision_tenant", full)
    with pytest.raises(NotMadeError):
        invite_noe()
    assert not Partnership.objects.exists()
    assert not Invitation.objects.exists()


def test_a_database_that_does_not_answer_leaves_it_to_the_sweep(
    invite_noe: Invite, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R9; and after a day of trying it is given up."""

    def frozen(**_: object) -> Tenant:
        raise psycopg.OperationalError("no answer")

    monkeypatch.setattr(making, "provision_tenant", frozen)
    with pytest.raises(NotMadeError):
        invite_noe()
    assert Partnership.objects.get().state == State.MAKING
    making.sweep(now=now + timedelta(hours=1))
    assert Partnership.objects.exists()
    making.sweep(now=now + timedelta(days=2))
    assert not Partnership.objects.exists()
