"""The outbox: committed events are delivered, their effects happen once (R6, R7)."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections, transaction

from kernel.outbox import relay as relaying
from kernel.outbox import services
from kernel.outbox.models import Event, EventState
from tenants.context import enter

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


class Clock:
    """A clock that the test moves."""

    def __init__(self, now=NOW):
        self.now = now

    def __call__(self):
        return self.now


def emit(**arguments):
    services.emit(**{"kind": "test", "payload": {"id": 1}, "now": NOW, **arguments})


def test_an_event_is_delivered_once_and_marked_done(merchant):
    seen = []
    emit()
    handlers = {"test": seen.append}
    assert relaying.relay(handlers=handlers, clock=Clock()) == 1
    assert relaying.relay(handlers=handlers, clock=Clock()) == 0
    assert [event.payload for event in seen] == [{"id": 1}]
    assert Event.objects.get().state == EventState.DONE


def test_a_rolled_back_cause_has_no_effect(merchant):
    """R6: nothing happens for what was rolled back."""

    class RefusedError(Exception):
        pass

    with pytest.raises(RefusedError), transaction.atomic():
        emit()
        raise RefusedError
    assert not Event.objects.exists()


def test_the_same_key_is_written_once(merchant):
    emit(key="one")
    emit(key="one")
    assert Event.objects.count() == 1


def test_a_failing_handler_leaves_nothing_half_done_and_is_tried_later(merchant):
    clock = Clock()

    def half_done(event):
        emit(key="side effect")
        raise ValueError("camille@exemple.fr is personal")

    emit()
    relaying.relay(handlers={"test": half_done}, clock=clock)
    event = Event.objects.get()  # the side effect is gone
    assert (event.state, event.failures) == (EventState.PENDING, 1)
    assert event.due_at > NOW
    assert "camille" not in event.last_error  # D9
    assert event.last_error == "ValueError"
    assert relaying.relay(handlers={"test": half_done}, clock=clock) == 0
    clock.now += timedelta(hours=2)
    seen = []
    assert relaying.relay(handlers={"test": seen.append}, clock=clock) == 1
    assert not seen[0].interrupted


def test_what_never_succeeds_dies_is_listed_and_can_be_retried(merchant):
    clock = Clock()

    def broken(event):
        raise RuntimeError

    emit()
    for _ in range(relaying.MOST_FAILURES + 3):
        relaying.relay(handlers={"test": broken}, clock=clock)
        clock.now += timedelta(hours=2)
    event = Event.objects.get()
    assert (event.state, event.failures) == (EventState.DEAD, relaying.MOST_FAILURES)
    assert services.retry_dead(now=clock.now) == 1
    seen = []
    relaying.relay(handlers={"test": seen.append}, clock=clock)
    assert len(seen) == 1


def test_an_unknown_kind_is_a_failure_not_a_loss(merchant):
    emit(kind="nobody-knows")
    relaying.relay(handlers={}, clock=Clock())
    assert Event.objects.get().state == EventState.PENDING


def test_a_killed_relay_leaves_an_event_that_becomes_due_and_says_so(merchant):
    """R6: a claim that ends without a word is taken up after the lease."""
    clock = Clock()
    emit()
    relaying._claim(clock())  # the process dies here
    seen = []
    assert relaying.relay(handlers={"test": seen.append}, clock=clock) == 0
    clock.now += relaying.LEASE
    assert relaying.relay(handlers={"test": seen.append}, clock=clock) == 1
    assert seen[0].interrupted


def test_a_relay_that_is_killed_on_its_way_keeps_what_it_did_and_had_not_begun_the_rest(merchant):
    """R6: the next event is claimed with the end of the one before, and no other."""
    clock, seen = Clock(), []

    def handler(event):
        seen.append((event.payload["id"], event.interrupted))
        if seen == [(1, False), (2, False)]:
            raise SystemExit

    for number in (1, 2, 3):
        emit(payload={"id": number}, due_at=NOW - timedelta(seconds=4 - number))
    with pytest.raises(SystemExit):
        relaying.relay(handlers={"test": handler}, clock=clock)
    rows = Event.objects.order_by("payload__id").values_list("state", "attempts")
    assert list(rows) == [("done", 1), ("pending", 1), ("pending", 0)]
    clock.now += relaying.LEASE
    assert relaying.relay(handlers={"test": handler}, clock=clock) == 2
    assert sorted(seen[2:]) == [(2, True), (3, False)]


def test_an_event_that_fails_is_no_failure_of_the_next(merchant):
    def handler(event):
        if event.payload["id"] == 1:
            raise ConnectionError

    for number in (1, 2):
        emit(payload={"id": number}, due_at=NOW - timedelta(seconds=4 - number))
    assert relaying.relay(handlers={"test": handler}, clock=Clock()) == 2
    rows = Event.objects.order_by("payload__id").values_list("state", "attempts", "failures")
    assert list(rows) == [("pending", 1, 1), ("done", 1, 0)]


def test_an_event_that_took_longer_than_its_lease_is_not_claimed_by_its_own_end(merchant):
    """R7: it is due again while it ends, before all that came after it."""
    clock, seen = Clock(), []

    def slow(event):
        seen.append(event.payload["id"])
        clock.now += relaying.LEASE * 2

    for number in (1, 2):
        emit(payload={"id": number}, now=NOW + timedelta(seconds=number))
    clock.now += timedelta(seconds=3)
    assert relaying.relay(handlers={"test": slow}, clock=clock) == 2
    assert seen == [1, 2]
    rows = Event.objects.values_list("state", "attempts", "last_error")
    assert set(rows) == {(EventState.DONE, 1, "")}
    assert not Event.objects.filter(finished_at=None).exists()


def test_a_relay_claims_no_more_than_it_was_asked_to_deliver(merchant):
    for _ in range(3):
        emit()
    assert relaying.relay(handlers={"test": lambda _event: None}, clock=Clock(), limit=2) == 2
    assert list(Event.objects.filter(state="pending").values_list("attempts", flat=True)) == [0]


def test_an_event_that_kills_its_worker_every_time_dies(merchant):
    """Nothing else in this schema is held up by it, and an operator sees it."""
    clock = Clock()
    emit()
    for _ in range(relaying.MOST_INTERRUPTIONS):
        relaying._claim(clock())  # the process dies here
        clock.now += relaying.LEASE
    seen = []
    relaying.relay(handlers={"test": seen.append}, clock=clock)
    assert not seen
    event = Event.objects.get()
    assert (event.state, event.last_error) == (EventState.DEAD, "interrupted")
    assert services.retry_dead(now=clock.now) == 1
    relaying.relay(handlers={"test": seen.append}, clock=clock)
    assert len(seen) == 1


def test_the_log_of_a_failure_quotes_nobodys_address(merchant, caplog):
    """D9: a mail server names whom it refused."""

    answer = "550 camille@exemple.fr unknown"

    def refused(event):
        raise RuntimeError(answer)

    emit()
    relaying.relay(handlers={"test": refused}, clock=Clock())
    assert "RuntimeError" in caplog.text
    assert "in refused" in caplog.text
    assert "camille" not in caplog.text


def test_a_failing_nudge_is_swallowed(merchant, settings, django_capture_on_commit_callbacks):
    """R8: the broker is down, the event stands."""
    settings.OUTBOX_NUDGE = "tests.kernel.test_outbox.no_broker"
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        emit()
    assert len(callbacks) == 1
    assert Event.objects.count() == 1


def test_a_transaction_nudges_once_whatever_a_savepoint_took_back(
    merchant, django_capture_on_commit_callbacks
):
    """What is written after a savepoint that failed is not left to the sweep."""
    with django_capture_on_commit_callbacks() as callbacks:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            emit()
            raise ZeroDivisionError
        emit()
        emit()
        with transaction.atomic():
            emit()
    assert len(callbacks) == 1
    assert Event.objects.count() == 3


def no_broker(schema):
    raise ConnectionError


def test_many_relays_at_once_deliver_each_event_once(live_merchant):
    """R7: three relays in parallel, one effect each."""
    with enter(live_merchant):
        for number in range(30):
            emit(key=f"n{number}", payload={"n": number})
    seen = []

    def work():
        with enter(live_merchant):
            relaying.relay(
                handlers={"test": lambda event: seen.append(event.payload["n"])}, clock=Clock()
            )
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == list(range(30))
    with enter(live_merchant):
        assert not Event.objects.exclude(state=EventState.DONE).exists()


def test_backoff_doubles_up_to_an_hour():
    waits = [relaying.backoff(n) for n in range(1, 15)]
    assert waits[0] < timedelta(seconds=7)
    assert waits[-1] <= timedelta(hours=1.25)
