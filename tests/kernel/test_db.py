"""Rows written and read without the ORM are those that the ORM writes and reads."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from kernel.db import (
    insert,
    insert_if_absent,
    insert_or_lock,
    insert_unless,
    read,
    update_fields,
)
from kernel.outbox.models import Event
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tenants.programme.models import Decision
from tenants.referrals.models import ReferralCode

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def _profile(**values: Any) -> Profile:
    return Profile(**{"email": "ana@exemple.fr", "first_name": "Ana", "created_at": NOW, **values})


def _values(row: models.Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_an_inserted_row_is_what_the_orm_reads(merchant: Tenant) -> None:
    rows = [
        _profile(email_key="ana@exemple.fr", order_total=2**40, is_test=True, last_order_at=NOW),
        _profile(first_name="O’Neil \\ %s {0} 'é", external_id=None, notes='{"a": 1}'),
    ]
    insert(rows)
    assert not any(row._state.adding for row in rows)
    for row in rows:
        assert _values(Profile.objects.get(id=row.id)) == _values(row)


def test_an_inserted_json_value_and_a_choice_are_what_the_orm_reads(merchant: Tenant) -> None:
    decision = Decision(
        code="refused", decided_at=NOW, facts={"when": "2026", "deep": [1, None, "é'"]}
    )
    event = Event(kind="x", payload={"id": 1}, created_at=NOW, due_at=NOW)
    insert([decision])
    assert insert_if_absent([event]) == {event.id}
    assert Decision.objects.get(id=decision.id).facts == decision.facts
    assert Event.objects.get(id=event.id).state == "pending"


def test_a_taken_value_is_an_error_for_one_and_an_answer_for_the_other(merchant: Tenant) -> None:
    insert([_profile(email_key="ana@exemple.fr")])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert([_profile(email_key="ana@exemple.fr")])
    late = _profile(email_key="ana@exemple.fr")
    assert insert_if_absent([late]) == set()
    assert late._state.adding


_OTHERS = "SELECT FROM profiles_profile WHERE email_folded = %s AND id <> %s"
_LOCKED = "SELECT {0} FROM profiles_profile WHERE email_key = %s FOR NO KEY UPDATE"


def test_a_row_is_inserted_unless_something_is_found(
    merchant: Tenant, django_assert_num_queries: Any
) -> None:
    first, taken, late = (_profile(email_key=name, email_folded="ana") for name in ("a", "a", "b"))
    assert not Profile.objects.exists()
    with django_assert_num_queries(3):
        assert insert_unless(first, _OTHERS, ["ana", first.id])
        assert not insert_unless(taken, _OTHERS, ["nobody", taken.id])  # its value is not free
        assert not insert_unless(late, _OTHERS, ["ana", late.id])
    assert (first._state.adding, taken._state.adding, late._state.adding) == (False, True, True)
    assert _values(Profile.objects.get()) == _values(first)


def test_a_row_is_inserted_or_the_one_that_is_there_is_locked(
    merchant: Tenant, django_assert_num_queries: Any
) -> None:
    first = _profile(email_key="a", last_order_at=NOW, external_id=None)
    again = _profile(email_key="a", first_name="Later")
    taken = _profile(email_key="a")
    with transaction.atomic(), django_assert_num_queries(3):
        assert insert_or_lock(first, _LOCKED, ["a"]) is first
        there = insert_or_lock(again, _LOCKED, ["a"])
        # Its value is taken, as by a transaction that ended meanwhile, and nothing is found.
        assert insert_or_lock(taken, _LOCKED, ["b"]) is None
    assert there is not None
    assert there is not first
    assert (first._state.adding, there._state.adding, again._state.adding) == (False, False, True)
    assert _values(Profile.objects.get()) == _values(first) == _values(there)


def test_nothing_is_asked_where_there_is_nothing_to_insert(
    merchant: Tenant, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        insert([])
        assert insert_if_absent([]) == set()


def test_rows_that_are_read_are_those_of_the_orm(merchant: Tenant) -> None:
    profile = _profile(email_key="ana@exemple.fr", last_order_at=NOW)
    code = ReferralCode(code="ANA-ABCD", profile=profile, created_at=NOW)
    insert([profile])
    insert([code])
    statement = (
        "SELECT {0}, {1} FROM referrals_code"
        " JOIN profiles_profile ON profiles_profile.id = profile_id WHERE code = %s"
    )
    [(found, owner)] = read((ReferralCode, Profile), statement, ["ANA-ABCD"])
    assert (found, owner) == (code, profile)
    assert _values(owner) == _values(Profile.objects.get(id=profile.id))
    assert not owner._state.adding
    assert read((ReferralCode, Profile), statement, [str(uuid.uuid4())]) == []


def test_values_that_a_field_converts_are_those_of_the_orm(merchant: Tenant) -> None:
    insert([Decision(code="refused", decided_at=NOW, facts={"deep": [1, None, "é'"]})])
    ((found,),) = read((Decision,), "SELECT {0} FROM programme_decision", [])
    assert _values(found) == _values(Decision.objects.get())
    assert found.facts == {"deep": [1, None, "é'"]}


def test_only_the_named_fields_of_that_row_are_updated(merchant: Tenant) -> None:
    ana, ben = _profile(), _profile(first_name="Ben")
    insert([ana, ben])
    ana.order_count, ana.last_order_at, ana.notes = 3, NOW, "not written"
    update_fields(ana, "order_count", "last_order_at")
    stored = Profile.objects.get(id=ana.id)
    assert (stored.order_count, stored.last_order_at, stored.notes) == (3, NOW, "")
    assert _values(Profile.objects.get(id=ben.id)) == _values(ben)


def test_a_field_that_the_model_does_not_hold_is_not_updated(merchant: Tenant) -> None:
    ana = _profile()
    insert([ana])
    with pytest.raises(TypeError, match="Profile"):
        update_fields(ana, "orders")
