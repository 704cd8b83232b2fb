"""R3: a retry, a double click or a replay has one effect and the same answer."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from api import services
from api.models import IdempotencyRecord
from api.services import idempotency
from api.v1 import present
from kernel import slices
from kernel.ledger import selectors as ledger
from kernel.ledger.models import Transfer
from kernel.outbox.models import Event
from tenants.activity.models import Order, Refund, Refusal
from tenants.context import enter
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tenants.programme import conductor
from tenants.provisioning.dedicated import connect
from tenants.referrals.models import Referral
from tests.api.conftest import Shop, make_referrer, new_secret, open_programme, order_body
from tests.fixtures.effort import effort


def test_the_same_request_again_is_answered_to_the_byte(
    shop: Shop, nadia: tuple[Profile, str]
) -> None:
    """D3: the same status and body, marked as a replay, and nothing done."""
    body = order_body(referral_code=nadia[1])
    first = shop.post("orders", body, key="k1")
    events = Event.objects.count()
    second = shop.post("orders", body, key="k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"
    assert Event.objects.count() == events


def test_spacing_and_order_of_the_json_make_no_other_request(shop: Shop) -> None:
    first = shop.post("accounts", '{"customer":{"email":"a@exemple.fr","id":"7"}}', key="k1")
    second = shop.post(
        "accounts", '{ "customer" : {"id":"7", "email":"a\\u0040exemple.fr"} }', key="k1"
    )
    assert second["Idempotent-Replayed"] == "true"
    assert first.content == second.content


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("orders", order_body(amount=8500)),
        ("orders", order_body("A-2")),
        ("accounts", {"customer": {"email": "camille@exemple.fr"}}),
        ("orders/A-1/refunds", {"id": "R-1", "amount": 1}),
    ],
)
def test_the_same_key_for_another_request_is_refused(
    shop: Shop, path: str, body: dict[str, Any]
) -> None:
    """Bad input: the same idempotency key with another body is 409."""
    shop.post("orders", order_body(), key="k1")
    response = shop.post(path, body, key="k1")
    assert (response.status_code, response.json()["code"]) == (409, "idempotency_key_reused")
    assert Order.objects.get().amount == 8400
    assert not Refund.objects.exists()
    assert not Refusal.objects.exists()


def test_another_merchant_may_use_the_same_key(shop: Shop, other_merchant: Tenant) -> None:
    """R21: what is remembered carries its tenant."""
    shop.post("orders", order_body(), key="k1")
    with enter(other_merchant):
        open_programme()
        other = Shop(other_merchant, new_secret())
    response = other.post("orders", order_body(amount=100), key="k1")
    assert response.status_code == 201
    assert "Idempotent-Replayed" not in response


def test_a_refused_request_can_be_mended_under_the_same_key(shop: Shop) -> None:
    """Nothing is remembered of what had no effect."""
    assert shop.post("orders", order_body(currency="USD"), key="k1").status_code == 400
    assert not IdempotencyRecord.objects.exists()
    assert shop.post("orders", order_body(), key="k1").status_code == 201


def test_a_crash_takes_the_effect_and_the_answer_back(
    shop: Shop, nadia: tuple[Profile, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record is written in the transaction of the effect; 500 without a trace."""

    def crash(*_args: Any) -> None:
        raise RuntimeError("secret detail")

    with monkeypatch.context() as patch:
        patch.setattr(present, "outcome", crash)
        response = shop.post("orders", order_body(referral_code=nadia[1]), key="k1")
    assert (response.status_code, response.json()["code"]) == (500, "internal_error")
    assert b"secret detail" not in response.content
    assert b"Traceback" not in response.content
    for model in (Order, Referral, Transfer, Event, IdempotencyRecord):
        assert not model._default_manager.exists(), model
    again = shop.post("orders", order_body(referral_code=nadia[1]), key="k1")
    assert again.status_code == 201


def test_a_database_that_is_away_is_503_with_a_time_to_retry(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R9: 503 in time."""

    def away(**_: Any) -> None:
        raise OperationalError("connection to server at 10.0.0.1 failed")

    monkeypatch.setattr(conductor, "order_received", away)
    response = shop.post("orders", order_body(), key="k1")
    assert (response.status_code, response.json()["code"]) == (503, "temporarily_unavailable")
    assert response.json()["retry"] is True
    assert int(response["Retry-After"]) >= 1
    assert b"10.0.0.1" not in response.content


def test_answers_are_forgotten_after_ninety_days_and_orders_are_not(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "_SLICE", 2)
    for number in range(5):
        shop.order(f"A-{number}")
    now = timezone.now()
    assert services.forget_old_records(now + timedelta(days=6)) == 0
    assert services.forget_old_records(now + timedelta(days=8)) == 5
    assert shop.order("A-1").status_code == 200
    assert Order.objects.count() == 5


# ------------------------------------------------------------------------- at the same time


def at_once(
    tasks: list[Callable[[], HttpResponse]], *, threads: int, blocker: DjangoDbBlocker
) -> list[HttpResponse]:
    """Run every task, `threads` at a time and together; each on a connection of its own."""
    start = Barrier(threads)

    def run(numbered: tuple[int, Callable[[], HttpResponse]]) -> HttpResponse:
        number, task = numbered
        if number < threads:
            start.wait(timeout=30)
        try:
            return task()
        finally:
            connection.close()

    with blocker.unblock(), ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, enumerate(tasks)))


def test_the_same_order_fifty_times_at_once_counts_once(
    live_merchant: Tenant, django_db_blocker: DjangoDbBlocker
) -> None:
    """Fifty idempotency keys, one order id."""
    open_programme()
    nadia, code = make_referrer()
    secret = new_secret()
    count = effort(short=50, soak=1_000)

    def send(number: int) -> HttpResponse:
        return Shop(live_merchant, secret).post(
            "orders", order_body(referral_code=code), key=f"once-{number}"
        )

    answers = at_once(
        [lambda n=n: send(n) for n in range(count)],  # type: ignore[misc]
        threads=8,
        blocker=django_db_blocker,
    )
    assert sorted({answer.status_code for answer in answers}) == [200, 201]
    assert [answer.status_code for answer in answers].count(201) == 1
    assert len({answer.content for answer in answers}) == 1
    assert Order.objects.count() == 1
    assert Referral.objects.count() == 1
    assert Profile.objects.get(email="camille@exemple.fr").order_count == 1
    assert ledger.balance(owner_id=nadia.id, unit="EUR").pending == 800
    assert ledger.discrepancies() == []


def test_one_idempotency_key_twenty_times_at_once_has_one_effect(
    live_merchant: Tenant, django_db_blocker: DjangoDbBlocker
) -> None:
    open_programme()
    secret = new_secret()
    Shop(live_merchant, secret).order("A-1")

    def refund() -> HttpResponse:
        return Shop(live_merchant, secret).post(
            "orders/A-1/refunds", {"id": "R-1", "amount": 100}, key="same"
        )

    answers = at_once([refund] * 20, threads=8, blocker=django_db_blocker)
    done = [answer for answer in answers if answer.status_code == 201]
    waiting = [answer for answer in answers if answer.status_code != 201]
    assert {(a.status_code, a.json()["code"]) for a in waiting} <= {
        (409, "idempotency_in_progress")
    }
    assert len({answer.content for answer in done}) == 1
    assert [("Idempotent-Replayed" in answer) for answer in done].count(False) == 1
    assert Order.objects.get().refunded == 100
    assert Refund.objects.count() == 1


def test_a_key_in_flight_is_409_without_waiting(live_merchant: Tenant) -> None:
    """D3: at the same time 409, and a time to retry."""
    open_programme()
    shop = Shop(live_merchant, new_secret())
    number = idempotency._lock_number("busy")
    with connect() as elsewhere:
        elsewhere.execute(b"BEGIN")
        elsewhere.execute(b"SELECT pg_advisory_xact_lock(%s)", (number,))
        response = shop.post("orders", order_body(), key="busy")
        elsewhere.execute(b"ROLLBACK")
    assert (response.status_code, response.json()["code"]) == (409, "idempotency_in_progress")
    assert response.json()["retry"] is True
    assert response["Retry-After"] == "1"
    assert shop.post("orders", order_body(), key="busy").status_code == 201


def test_the_lock_is_the_merchants_own(live_merchant: Tenant) -> None:
    """R21: two merchants may use one key at the same moment."""
    here = idempotency._lock_number("k")
    connection.set_schema_to_public()
    assert idempotency._lock_number("k") != here
    assert not transaction.get_connection().in_atomic_block


def test_the_daily_task_forgets_in_every_merchants_schema(
    live_merchant: Tenant, django_db_blocker: DjangoDbBlocker
) -> None:
    from config.tasks import forget_api_answers

    with django_db_blocker.unblock():
        for key, age in (("old", 91), ("young", 1)):
            IdempotencyRecord.objects.create(
                key=key,
                fingerprint="",
                status=201,
                body={},
                created_at=timezone.now() - timedelta(days=age),
            )
        forget_api_answers()
        with enter(live_merchant):
            assert [row.key for row in IdempotencyRecord.objects.all()] == ["young"]
