"""Writes that wait for one another lose nothing, and nobody reads past them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kernel.db import aside, gathered, insert, insert_if_absent, update_fields
from kernel.outbox.models import Event
from tenants.context import enter
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tenants.programme.models import Decision

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def _profile(name: str, **values: Any) -> Profile:
    return Profile(first_name=name, email_key=f"{name}@exemple.fr", created_at=NOW, **values)


def _decision(profile: Profile) -> Decision:
    return Decision(code="refused", decided_at=NOW, profile=profile, facts={"name": "é'%s"})


def _event() -> Event:
    return Event(kind="x", payload={"id": 1}, created_at=NOW, due_at=NOW)


def test_writes_of_several_tables_go_in_one_statement(merchant: Tenant) -> None:
    known = _profile("zoé")
    insert([known])
    ana, ben = _profile("ana"), _profile("ben")
    with transaction.atomic(), CaptureQueriesContext(connection) as queries, gathered():
        insert([_decision(ana)])  # before the row that it names: that is looked at on commit
        insert([ana])
        insert([_event(), _event()])
        insert([_decision(known)])
        insert([ben])
    assert len(queries) == 1
    assert Profile.objects.count() == 3
    assert Event.objects.count() == 2
    told = Decision.objects.values_list("profile__first_name", "facts__name").order_by("id")
    assert list(told) == [("ana", "é'%s"), ("zoé", "é'%s")]


def test_whoever_reads_finds_what_was_written_before(merchant: Tenant) -> None:
    with transaction.atomic(), gathered():
        insert([_profile("ana")])
        assert Profile.objects.filter(first_name="ana").exists()
        insert([_profile("ben")])
        assert Profile.objects.filter(first_name="ben").delete()[0] == 1
    assert list(Profile.objects.values_list("first_name", flat=True)) == ["ana"]


def test_what_is_asked_aside_leaves_other_tables_waiting_and_never_its_own(
    merchant: Tenant,
) -> None:
    with transaction.atomic(), CaptureQueriesContext(connection) as queries, gathered():
        insert([_event()])
        with aside(Profile):
            assert not Profile.objects.exists()
        assert len(queries) == 1
        insert([_profile("ana")])
        with aside(Profile):
            assert Profile.objects.exists()
    assert Event.objects.count() == 1


def test_a_row_that_was_just_inserted_can_be_updated(merchant: Tenant) -> None:
    """Two parts of one statement do not see each other: these may not be parts of one."""
    ana, known = _profile("ana"), _profile("ben")
    insert([known])
    with transaction.atomic(), gathered():
        insert([ana])
        for profile in (ana, known):
            profile.order_count = 1
            update_fields(profile, "order_count")
            profile.order_count += 1
            update_fields(profile, "order_count")
        insert([_profile("zoé", order_count=2)])
    assert set(Profile.objects.values_list("order_count", flat=True)) == {2}
    assert Profile.objects.count() == 3


def test_an_insert_that_answers_takes_along_what_waits(merchant: Tenant) -> None:
    ana, again, event = _profile("ana"), _profile("ana"), _event()
    with transaction.atomic(), CaptureQueriesContext(connection) as queries, gathered():
        insert([ana])
        assert insert_if_absent([event]) == {event.id}
        assert len(queries) == 1
        insert([_decision(ana)])
        assert insert_if_absent([again]) == set()
        insert([_profile("ben")])
        assert insert_if_absent([_profile("ben")]) == set()
    assert again._state.adding
    assert sorted(Profile.objects.values_list("first_name", flat=True)) == ["ana", "ben"]
    assert Decision.objects.count() == Event.objects.count() == 1


def _inner_savepoint_failed() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        insert([_profile("inside")])
        raise ZeroDivisionError


def _inner_statement_failed() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        insert([_profile("twice")])
        insert([_profile("twice")])


@pytest.mark.parametrize("fails", [_inner_savepoint_failed, _inner_statement_failed])
def test_a_savepoint_takes_back_what_was_written_since_and_no_more(
    merchant: Tenant, fails: Callable[[], None]
) -> None:
    with transaction.atomic(), gathered():
        insert([_profile("before")])
        fails()
        insert([_profile("after")])
    assert sorted(Profile.objects.values_list("first_name", flat=True)) == ["after", "before"]


def test_an_error_that_leaves_the_block_leaves_nothing(merchant: Tenant) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic(), gathered():
        insert([_profile("ana")])
        raise ZeroDivisionError
    assert not Profile.objects.exists()
    insert([_profile("ben")])  # outside of the block nothing waits
    assert Profile.objects.count() == 1


def test_a_value_that_is_taken_is_an_error_before_the_transaction_ends(merchant: Tenant) -> None:
    insert([_profile("ana")])
    with pytest.raises(IntegrityError), transaction.atomic(), gathered():
        insert([_event()])
        insert([_profile("ana")])
    assert not Event.objects.exists()


def _read(there: Tenant) -> None:
    with enter(there):
        Profile.objects.exists()


def _write(there: Tenant) -> None:
    with enter(there):
        insert([_event()])


def _change(there: Tenant) -> None:
    with enter(there):
        update_fields(_profile("ben"), "order_count")


def _insert_and_ask(there: Tenant) -> None:
    with enter(there):
        insert_if_absent([_event()])


@pytest.mark.parametrize("goes_on", [_read, _write, _change, _insert_and_ask])
def test_what_waits_for_one_merchant_is_never_written_for_another(
    merchant: Tenant, other_merchant: Tenant, goes_on: Callable[[Tenant], None]
) -> None:
    """R17: refused before anything is sent, to either of them."""
    wrong = pytest.raises(RuntimeError, match="may not be written")
    with wrong, transaction.atomic(), gathered():
        insert([_profile("ana")])
        goes_on(other_merchant)
    for tenant in (merchant, other_merchant):
        with enter(tenant):
            assert not Profile.objects.exists() and not Event.objects.exists()


def test_what_was_written_for_another_merchant_is_not_sent_after_leaving_it(
    merchant: Tenant, other_merchant: Tenant
) -> None:
    """R17."""
    with pytest.raises(RuntimeError, match="may not be written"), transaction.atomic(), gathered():
        _write(other_merchant)
    for tenant in (merchant, other_merchant):
        with enter(tenant):
            assert not Event.objects.exists()


def test_a_merchant_is_entered_once_nothing_waits(merchant: Tenant, other_merchant: Tenant) -> None:
    with transaction.atomic(), gathered():
        insert([_profile("ana")])
        assert Profile.objects.exists()
        with enter(other_merchant):
            insert([_profile("ben")])
            assert Profile.objects.get().first_name == "ben"
        insert([_profile("zoé")])
    assert sorted(Profile.objects.values_list("first_name", flat=True)) == ["ana", "zoé"]
