"""Winning moments are promised, their dates are a record, and nobody brings them forward."""

import hashlib
import hmac
import json
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine

from accounts.models import User
from operations import running
from operations.mechanics import mechanic_of
from operations.mechanics.draw import signing
from operations.mechanics.instant_win import algorithm, moments
from operations.models import Operation, WinningMoment, WinningPlan, WinningRound
from tests.fixtures.mechanics import make_live, play_page, prepare
from tests.fixtures.operations import BEGINS, ENDS, NOW, outcome_of, take
from tests.fixtures.tenants import TenantClient

LAMPS = {"number": 1, "name": {"fr": "Lampe Halo"}, "stock": 40}


@pytest.fixture
def module(lumen):
    return make_live("instant_win", settings={"prizes": [LAMPS]})


def set_dates(module, ends, *, now=NOW, starts=BEGINS, author_id=None):
    running.set_dates(
        operation_id=module.operation_id,
        starts_at=starts,
        ends_at=ends,
        now=now,
        author_id=author_id,
    )
    module.operation.refresh_from_db()


def at_of() -> dict[int, datetime]:
    return dict(WinningMoment.objects.values_list("unit", "at"))


def test_a_manager_who_moves_the_end_to_and_fro_releases_nothing(module):
    """A minute ahead, and back fifty-nine seconds later: not one prize more is due."""
    before = at_of()
    due = sum(at <= NOW + timedelta(seconds=59) for at in before.values())
    set_dates(module, NOW + timedelta(minutes=1))
    later = NOW + timedelta(seconds=59)
    set_dates(module, ENDS, now=later)
    assert at_of() == before
    rows = WinningMoment.objects.filter(participation=None, at__lte=later)
    assert rows.count() == due
    won = [outcome_of(take(module, f"p{n}@exemple.fr", now=later))["kind"] for n in range(due + 3)]
    assert won.count("won") == due


@pytest.mark.parametrize("ends", [NOW + timedelta(minutes=1), NOW + timedelta(days=2)])
def test_a_nearer_end_moves_no_moment_and_what_lies_beyond_is_not_won(module, clock, ends):
    before = at_of()
    set_dates(module, ends)
    assert at_of() == before
    beyond = sum(at > ends for at in before.values())
    assert beyond > 0
    figures = {str(f.label): f.value for f in mechanic_of(module).figures(module=module)}
    assert figures["Lots après la fin"] == beyond


def test_a_later_end_spreads_what_is_to_come_and_brings_nothing_forward(module):
    before, later = at_of(), ENDS + timedelta(days=30)
    set_dates(module, NOW + timedelta(days=1))
    set_dates(module, later, now=NOW + timedelta(hours=1))
    changed = NOW + timedelta(hours=1)
    after = at_of()
    for unit, at in before.items():
        assert after[unit] == at if at <= changed else at < after[unit] <= later
    assert max(after.values()) > ENDS
    set_dates(module, later - timedelta(days=9), now=changed)
    set_dates(module, later, now=changed + timedelta(hours=1))
    assert at_of() == after, "only an end beyond all others spreads them"


def test_before_it_has_begun_other_dates_draw_anew(lumen):
    """Nobody could play yet; and no moment lies before the other start."""
    module = make_live("instant_win", now=BEGINS - timedelta(days=3))
    first, starts = at_of(), BEGINS + timedelta(days=2)
    set_dates(module, ENDS, starts=starts, now=BEGINS - timedelta(days=2))
    assert all(starts <= at < ENDS for at in at_of().values())
    assert at_of() != first


def test_every_date_that_was_set_stands_in_the_record_with_who_and_when(module):
    """Append-only: the promise and the earlier rounds stay as they were."""
    plan = WinningPlan.objects.get()
    seed, one = plan.seed, WinningRound.objects.values().get()
    somebody = uuid.uuid4()
    ends = NOW + timedelta(days=2)
    set_dates(module, ends, author_id=somebody)
    set_dates(module, ends, author_id=somebody)
    prepare(module, now=NOW)
    running.stop(operation_id=module.operation_id, now=NOW + timedelta(hours=1), author_id=somebody)
    plan.refresh_from_db()
    assert (plan.seed, plan.ends_at, plan.drawn_at) == (seed, ENDS, BEGINS)
    assert WinningRound.objects.values().first() == one
    told = WinningRound.objects.values_list("number", "ends_at", "changed_at", "changed_by")
    assert list(told) == [
        (1, ENDS, BEGINS, None),
        (2, ends, NOW, somebody),
        (3, NOW + timedelta(hours=1), NOW + timedelta(hours=1), somebody),
    ]


def test_the_page_of_the_dates_says_who_set_them(module, lumen, claire, clock):
    """The member's name is the team's; the public page has the dates alone."""
    path = f"/operations/{module.operation.public_id}"
    typed = {"starts_at": "2026-11-07T09:00", "ends_at": "2026-11-20T12:00"}
    assert claire.post(f"{path}/dates", typed).status_code == 302
    name = User.objects.get(pk=WinningRound.objects.last().changed_by).name
    page = claire.get(f"{path}/modules/{module.public_id}/instants").content.decode()
    plan = WinningPlan.objects.get()
    assert name in page and hashlib.sha256(bytes.fromhex(plan.seed)).hexdigest() in page
    assert plan.seed not in page
    public = TenantClient(lumen).get(f"/o/instants/{plan.public_id}").content.decode()
    assert name not in public and plan.seed not in public
    assert public.count("\xa0: du ") == 2


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def test_the_promise_is_public_before_and_the_seed_only_afterwards(module, lumen, clock):
    plan, visitor = WinningPlan.objects.get(), TenantClient(lumen)
    assert f"/o/instants/{plan.public_id}" in play_page(module)
    path = f"/o/instants/{plan.public_id}/releve.json"
    before = json.loads(visitor.get(path).content)
    promise = hashlib.sha256(bytes.fromhex(plan.seed)).hexdigest()
    assert before["record"]["commitment"]["sha256"] == promise
    assert (before["record"]["seed"], before["record"]["moments"]) == ("", [])
    assert plan.seed not in visitor.get(path).content.decode()
    clock.move_to(ENDS + timedelta(days=1))
    after = json.loads(visitor.get(path).content)
    assert after["record"]["commitment"] == before["record"]["commitment"]
    assert plan.seed in visitor.get(f"/o/instants/{plan.public_id}").content.decode()
    assert signing.is_signed(after["record"], after["signature"])


def test_whoever_holds_the_record_makes_every_moment_again(module, lumen, clock):
    """Worked out by hand, by what the page describes, with nothing of ours."""
    changed = NOW + timedelta(hours=1)
    set_dates(module, NOW + timedelta(days=1))
    set_dates(module, ENDS + timedelta(days=10), now=changed)
    clock.move_to(ENDS + timedelta(days=11))
    plan = WinningPlan.objects.get()
    path = f"/o/instants/{plan.public_id}/releve.json"
    record = json.loads(TenantClient(lumen).get(path).content)["record"]
    first = record["rounds"][0]
    begins, ends = (datetime.fromisoformat(first[name]) for name in ("begins_at", "ends_at"))
    last = datetime.fromisoformat(record["rounds"][2]["ends_at"])
    micro = timedelta(microseconds=1)
    assert len(record["moments"]) == 40
    for one in record["moments"]:
        told = f"1:{one['prize']}:{one['unit']}".encode()
        drawn = hmac.new(bytes.fromhex(record["seed"]), told, hashlib.sha256).digest()[:8]
        at = begins + int.from_bytes(drawn, "big") * ((ends - begins) // micro) // 2**64 * micro
        if at > changed:
            left = (last - changed) // micro * ((at - changed) // micro)
            at = changed + left // ((ends - changed) // micro) * micro
        assert one["at"] == at.isoformat(timespec="microseconds")


def test_a_plan_of_before_the_record_begins_one_from_what_it_says(module):
    """Its dates are the first round; of who set them nothing is known."""
    WinningRound.objects.all().delete()
    before = at_of()
    set_dates(module, NOW + timedelta(days=1), author_id=uuid.uuid4())
    one, two = WinningRound.objects.all()
    assert (one.number, one.ends_at, one.changed_by) == (1, ENDS, None)
    assert two.number == 2
    assert at_of() == before


def test_the_rounds_alone_decide(module):
    plan = WinningPlan.objects.get()
    told = moments.dates(list(plan.rounds.all()))
    for unit, at in at_of().items():
        assert at == algorithm.moment(seed=plan.seed, rounds=told, prize=1, unit=unit)
    assert Operation.objects.get().ends_at == ENDS
