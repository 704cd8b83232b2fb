"""Joining and leaving the loyalty programme, one by one and many at once (SO-07, SO-11)."""

from datetime import UTC, datetime, timedelta

from tenants.loyalty import membership
from tenants.loyalty.models import Membership
from tenants.models import Tenant
from tenants.profiles.models import Profile

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=3)


def people(count: int) -> list[Profile]:
    return [Profile.objects.create(first_name=f"P{n}", created_at=NOW) for n in range(count)]


def test_joining_twice_is_joining_once_and_keeps_the_first_day(merchant: Tenant) -> None:
    """SO-07: a box ticked at every order changes nothing after the first."""
    (ana,) = people(1)
    assert membership.join(profile_id=ana.id, source="checkout", now=NOW)
    assert not membership.join(profile_id=ana.id, source="manual", now=LATER)
    row = Membership.objects.get(profile=ana)
    assert (row.joined_at, row.source, row.left_at) == (NOW, "checkout", None)


def test_who_left_may_join_again_from_that_day(merchant: Tenant) -> None:
    (ana,) = people(1)
    membership.join(profile_id=ana.id, source="checkout", now=NOW)
    assert membership.leave(profile_id=ana.id, now=LATER)
    assert not membership.is_member(profile_id=ana.id)
    assert not membership.leave(profile_id=ana.id, now=LATER)
    again = LATER + timedelta(days=1)
    assert membership.join(profile_id=ana.id, source="manual", now=again)
    row = Membership.objects.get(profile=ana)
    assert (row.joined_at, row.source, row.left_at) == (again, "manual", None)


def test_many_join_at_once_and_only_the_changes_are_told(merchant: Tenant) -> None:
    """SO-11: what a file's column says."""
    crowd = people(50)
    ids = [p.id for p in crowd]
    membership.join(profile_id=ids[0], source="checkout", now=NOW)
    changed = membership.set_many(profile_ids=ids, member=True, source="import", now=LATER)
    assert changed == set(ids[1:])
    assert membership.members_among(profile_ids=ids) == set(ids)
    gone = membership.set_many(profile_ids=ids[:10], member=False, source="import", now=LATER)
    assert gone == set(ids[:10])
    assert Membership.objects.filter(left_at__isnull=True).count() == 40


def test_leaving_without_having_joined_writes_nothing(merchant: Tenant) -> None:
    (ana,) = people(1)
    assert (
        membership.set_many(profile_ids=[ana.id], member=False, source="import", now=NOW) == set()
    )
    assert not Membership.objects.exists()
