"""R15: what comes to the webhook's address, and what is believed of it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.http import HttpResponse

from billing.models import EventState, StripeEvent
from billing.sandbox.sender import sign
from deploy.local.processes import ROOT
from kernel.outbox import services as outbox
from kernel.outbox.models import Event
from tests.billing.stripe.conftest import Shop
from tests.fixtures.double import SECRET
from tests.fixtures.tenants import TenantClient

BODY = {
    "id": "evt_1",
    "object": "event",
    "type": "customer.subscription.updated",
    "created": 1_780_000_000,
    "livemode": False,
    "account": None,
    "data": {"object": {"id": "sub_1", "object": "subscription", "customer": "cus_1"}},
}


def body(**changes: object) -> bytes:
    return json.dumps({**BODY, **changes}).encode()


def post(raw: bytes, header: str | None) -> HttpResponse:
    headers = {} if header is None else {"Stripe-Signature": header}
    return TenantClient(None, enforce_csrf_checks=True).post(
        "/stripe/webhook", raw, content_type="application/json", headers=headers
    )


def signed(raw: bytes, *, secret: str = SECRET, age: int = 0) -> str:
    return sign(raw, secret=secret, at=int(time.time()) - age)


def now() -> int:
    return int(time.time())


UNSIGNED: dict[str, Callable[[bytes], str | None]] = {
    "none": lambda _raw: None,
    "empty": lambda _raw: "",
    "words": lambda _raw: "certainly",
    "no time": lambda raw: signed(raw).partition(",")[2],
    "no signature": lambda raw: signed(raw).partition(",")[0],
    "of other words": lambda raw: signed(raw + b" "),
    "of a stranger": lambda raw: signed(raw, secret="whsec_of_somebody_else"),
    "of an empty secret": lambda raw: signed(raw, secret=""),
    "stale": lambda raw: signed(raw, age=301),
    "of tomorrow": lambda raw: signed(raw, age=-86_400),
    "an older scheme": lambda raw: signed(raw).replace("v1=", "v0="),
    "two times, the first made up": lambda raw: f"t={now()},{signed(raw, age=9_000)}",
    "two times, the second made up": lambda raw: f"{signed(raw, age=9_000)},t={now()}",
    "twice the header": lambda raw: f"{signed(raw)},{signed(raw)}",
    "a hundred guesses": lambda _raw: f"t={now()}," + ",".join(["v1=00"] * 100),
}


@pytest.mark.parametrize("how", UNSIGNED)
def test_r15_an_event_that_is_not_signed_by_our_stripe_is_refused(db: None, how: str) -> None:
    reply = post(body(), UNSIGNED[how](body()))
    assert (reply.status_code, reply.json()) == (400, {"error": "signature"})
    assert not StripeEvent.objects.exists() and not Event.objects.exists()


def test_while_a_secret_is_replaced_either_signature_is_enough(db: None) -> None:
    """Stripe then signs one event with both secrets."""
    ours = signed(body())
    other = signed(body(), secret="whsec_the_next").partition(",")[2]
    assert post(body(), f"{ours},{other}").status_code == 200
    assert StripeEvent.objects.count() == 1


BAD: dict[str, tuple[bytes, str]] = {
    "of another account": (body(account="acct_of_somebody_else"), "account"),
    "a live event": (body(livemode=True), "mode"),
    "no JSON": (b"{", "body"),
    "no UTF-8": (b"\xff\xfe", "body"),
    "a list": (b"[]", "body"),
    "no id": (body(id=None), "body"),
    "an endless id": (body(id="e" * 300), "body"),
    "no object": (body(data={}), "body"),
    "no data": (body(data=None), "body"),
    "mode in words": (body(livemode="false"), "body"),
    "another kind of thing": (body(object="charge"), "body"),
}


@pytest.mark.parametrize("what", BAD)
def test_r15_a_signed_event_that_is_not_for_us_is_refused(db: None, what: str) -> None:
    raw, reason = BAD[what]
    reply = post(raw, signed(raw))
    assert (reply.status_code, reply.json()) == (400, {"error": reason})
    assert not StripeEvent.objects.exists() and not Event.objects.exists()


def test_r15_a_test_event_is_refused_in_live(db: None, settings: LazySettings) -> None:
    settings.STRIPE_LIVE = True
    assert post(body(), signed(body())).json() == {"error": "mode"}
    live = body(livemode=True)
    assert post(live, signed(live)).status_code == 200


def test_an_event_is_kept_once_with_its_work_and_holds_ids_only(db: None) -> None:
    raw = body(data={"object": {**BODY["data"]["object"], "email": "camille@exemple.fr"}})
    for _ in range(3):
        assert post(raw, signed(raw)).json() == {"received": True}
    kept, work = StripeEvent.objects.get(), Event.objects.get()
    assert (kept.id, kept.customer_id, kept.object_id) == ("evt_1", "cus_1", "sub_1")
    assert work.payload == {"event_id": "evt_1"}
    assert "camille" not in json.dumps(
        [work.payload, list(StripeEvent.objects.values())], default=str
    )


def test_an_event_of_an_unknown_type_is_kept_and_left_alone(db: None) -> None:
    raw = body(type="tax.settings.updated")
    assert post(raw, signed(raw)).status_code == 200
    assert StripeEvent.objects.get().state == EventState.IGNORED
    assert not Event.objects.exists()


def test_when_the_outbox_row_cannot_be_written_the_event_is_not_kept(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One transaction: Stripe hears an error, and tells it again."""

    def fails(**_: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr("billing.stripe.events.emit", fails)
    with pytest.raises(RuntimeError):
        post(body(), signed(body()))
    assert not StripeEvent.objects.exists()


def test_an_event_of_a_customer_who_is_none_of_ours_changes_nothing(shop: Shop) -> None:
    post(body(), signed(body()))
    shop.work()
    assert StripeEvent.objects.get().state == EventState.IGNORED
    assert shop.account.synced_at is None


def test_the_broker_may_be_down(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """R8: the event is kept and answered; the sweep does the work."""

    def down(_schema: str) -> None:
        raise ConnectionError

    monkeypatch.setattr("config.tasks.nudge", down)
    monkeypatch.setattr(outbox, "_quiet_until", 0.0)
    shop.double.pay(shop.checkout())
    events = [event["id"] for event in shop.double.events()]
    assert set(shop.double.sender.deliver(events)) == {200}
    assert shop.account.stripe_subscription_id is None
    shop.work()
    assert shop.account.stripe_subscription_id


def test_stripe_may_be_away_while_an_event_is_handled(shop: Shop, settings: LazySettings) -> None:
    """The work waits, and is done when Stripe answers again."""
    shop.double.pay(shop.checkout())
    address, settings.STRIPE_API_URL = settings.STRIPE_API_URL, "http://127.0.0.1:1"
    event = shop.double.events("customer.subscription.created")[0]["id"]
    shop.hear([event])
    assert StripeEvent.objects.get().state == EventState.WAITING
    assert shop.account.stripe_subscription_id is None
    settings.STRIPE_API_URL = address
    shop.advance(days=0.01)
    shop.work()
    assert shop.account.stripe_subscription_id
    assert StripeEvent.objects.get().state == EventState.HANDLED


@pytest.mark.parametrize(
    ("key", "secret", "says"),
    [
        ("sk_live_x", "", "STRIPE_WEBHOOK_SECRET"),
        ("sk_test_x", " ", "STRIPE_WEBHOOK_SECRET"),
        ("pk_live_x", "whsec_x", "no secret key"),
    ],
)
def test_r15_the_app_does_not_start_with_an_empty_secret(key: str, secret: str, says: str) -> None:
    env = {**os.environ, "STRIPE_SECRET_KEY": key, "STRIPE_WEBHOOK_SECRET": secret}
    env["PYTHONPATH"] = f"{ROOT}{os.pathsep}{ROOT / 'platform'}"
    started = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        env=env, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert started.returncode != 0 and says in started.stderr
