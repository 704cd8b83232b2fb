"""The official client and the double: what is asked, answered and refused as Stripe does it."""

import inspect
import typing
from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe
from stripe import Webhook
from stripe._api_version import _ApiVersion

from billing.sandbox import API_VERSION
from billing.sandbox.store import Json
from tests.fixtures.double import SECRET, Double

DAY = 86_400


@pytest.fixture
def shop(double: Double) -> dict[str, str]:
    """A product with prices by their keys, and a customer."""
    client = double.client.v1
    product = client.products.create({"name": "Growing"})
    ids = {"product": product.id}
    for key, amount, interval in (
        ("small", 2_900, "month"),
        ("large", 7_900, "month"),
        ("large_year", 79_000, "year"),
    ):
        ids[key] = client.prices.create(
            {
                "product": product.id,
                "currency": "eur",
                "unit_amount": amount,
                "recurring": {"interval": interval},
                "lookup_key": key,
                "nickname": key,
            }
        ).id
    ids["customer"] = client.customers.create({"email": "a@example.fr", "name": "Atelier A"}).id
    return ids


def subscribe(double: Double, shop: dict[str, str], price: str = "small", **data: object) -> str:
    session = double.client.v1.checkout.sessions.create(checkout(shop, price, **data))
    return str(double.pay(session.id)["subscription"])


def checkout(shop: dict[str, str], price: str = "small", **data: object) -> typing.Any:
    return {
        "mode": "subscription",
        "customer": shop["customer"],
        "line_items": [{"price": shop[price], "quantity": 1}],
        "success_url": "https://shop.example/done?s={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://shop.example/",
        **({"subscription_data": data} if data else {}),
    }


def switch(double: Double, subscription_id: str, price: str, **more: object) -> typing.Any:
    item = double.subscription(subscription_id)["items"]["data"][0]["id"]
    return {"items": [{"id": item, "price": price}], **more}


# ---------------------------------------------------------------- shapes
def test_the_double_speaks_the_version_that_the_client_pins() -> None:
    assert _ApiVersion.CURRENT == API_VERSION


SHAPES = {
    "customer": stripe.Customer,
    "product": stripe.Product,
    "price": stripe.Price,
    "payment_method": stripe.PaymentMethod,
    "subscription": stripe.Subscription,
    "invoice": stripe.Invoice,
    "subscription_schedule": stripe.SubscriptionSchedule,
    "checkout.session": stripe.checkout.Session,
    "billing_portal.session": stripe.billing_portal.Session,
    "billing_portal.configuration": stripe.billing_portal.Configuration,
    "event": stripe.Event,
}


def test_every_object_has_the_fields_of_today_and_no_others(double: Double, shop) -> None:
    subscription = subscribe(double, shop)
    client = double.client.v1
    client.subscription_schedules.create({"from_subscription": subscription})
    client.billing_portal.configurations.create({"features": {}})
    client.billing_portal.sessions.create({"customer": shop["customer"]})
    made = {kind: double.world.store.all(kind)[0] for kind in SHAPES}
    wrong = {kind: _differs(made[kind], model) for kind, model in SHAPES.items()}
    wrong["item"] = _differs(made["subscription"]["items"]["data"][0], stripe.SubscriptionItem)
    wrong["line"] = _differs(made["invoice"]["lines"]["data"][0], stripe.InvoiceLineItem)
    phase = made["subscription_schedule"]["phases"][0]
    wrong["phase"] = _differs(phase, stripe.SubscriptionSchedule.Phase)
    assert {kind: fields for kind, fields in wrong.items() if fields} == {}


def _differs(made: Json, model: type) -> set[str]:
    """Fields that the client's class does not name, and those it says are always there."""
    named = {
        name: str(kind)
        for name, kind in inspect.get_annotations(model).items()
        if "ClassVar" not in str(kind) and not name.startswith("_") and name != "deleted"
    }
    always = {n for n, kind in named.items() if "Optional[" not in kind and "None" not in kind}
    return (set(made) - set(named)) | (always - set(made))


# ---------------------------------------------------------------- lists, keys, refusals
def test_lists_come_in_pages_and_objects_are_written_out(double: Double, shop) -> None:
    client = double.client.v1
    names = [client.customers.create({"name": f"C{n}"}).id for n in range(7)]
    page = client.customers.list({"limit": 3})
    assert page.has_more and [row.id for row in page.data] == names[:-4:-1]
    assert len(list(page.auto_paging_iter())) == 8
    before = client.customers.list({"limit": 3, "ending_before": names[0]})
    assert [row.id for row in before.data] == names[3:0:-1] and before.has_more
    subscription = subscribe(double, shop)
    found = client.subscriptions.retrieve(subscription, {"expand": ["latest_invoice", "customer"]})
    assert found.latest_invoice.parent.subscription_details.subscription == subscription
    assert found.customer.name == "Atelier A"
    assert found["items"].data[0].current_period_end > double.world.now
    everything = client.subscriptions.list({"expand": ["data.latest_invoice"]})
    assert everything.data[0].latest_invoice.status == "paid"


def test_the_same_key_gives_the_same_answer_and_refuses_another_body(double: Double) -> None:
    client = double.client.v1.customers
    first = client.create({"name": "A"}, {"idempotency_key": "k"})
    again = client.create({"name": "A"}, {"idempotency_key": "k"})
    assert first.id == again.id and again.last_response.headers["idempotent-replayed"] == "true"
    with pytest.raises(stripe.IdempotencyError):
        client.create({"name": "B"}, {"idempotency_key": "k"})
    assert len(client.list().data) == 1
    double.advance(days=2)
    assert client.create({"name": "B"}, {"idempotency_key": "k"}).id != first.id


def test_two_requests_with_one_key_at_once_make_one_thing(double: Double) -> None:
    create = double.client.v1.customers.create
    with ThreadPoolExecutor(8) as threads:
        made = list(
            threads.map(lambda _: create({"name": "A"}, {"idempotency_key": "k"}).id, range(8))
        )
    assert len(set(made)) == 1


def test_what_was_refused_leaves_nothing_and_may_be_mended_under_its_key(double: Double) -> None:
    create = double.client.v1.prices.create
    product = double.client.v1.products.create({"name": "A"}).id
    wrong = {"product": product, "currency": "eur", "unit_amount": -1}
    with pytest.raises(stripe.InvalidRequestError) as told:
        create(wrong, {"idempotency_key": "k"})
    assert told.value.param == "unit_amount" and told.value.http_status == 400
    assert double.world.store.all("price") == []
    assert create({**wrong, "unit_amount": 1}, {"idempotency_key": "k"}).unit_amount == 1


BAD = {
    "not there": (lambda c: c.customers.retrieve("cus_none"), "resource_missing"),
    "unknown field": (lambda c: c.customers.create({"nom": "A"}), "parameter_unknown"),
    "lacks a field": (lambda c: c.products.create({}), "parameter_missing"),
    "limit": (lambda c: c.customers.list({"limit": 0}), "parameter_invalid"),
    "page": (lambda c: c.customers.list({"starting_after": "cus_none"}), "resource_missing"),
    "no such address": (lambda c: c.charges.list(), None),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_request_is_refused_in_stripes_words(double: Double, bad: str) -> None:
    call, code = BAD[bad]
    with pytest.raises(stripe.InvalidRequestError) as told:
        call(double.client.v1)
    assert told.value.code == code and told.value.request_id.startswith("req_")


def test_a_live_key_and_another_version_are_refused(double: Double) -> None:
    live = stripe.StripeClient("sk_live_x", base_addresses={"api": double.url})
    with pytest.raises(stripe.AuthenticationError):
        live.v1.customers.list()
    with pytest.raises(stripe.InvalidRequestError, match="speaks"):
        double.client.v1.customers.list({}, {"stripe_version": "2024-06-20"})


def test_a_lookup_key_belongs_to_one_price(double: Double, shop) -> None:
    taken = {
        "product": shop["product"],
        "currency": "eur",
        "unit_amount": 3_100,
        "recurring": {"interval": "month"},
        "lookup_key": "small",
    }
    with pytest.raises(stripe.InvalidRequestError):
        double.client.v1.prices.create(taken)
    made = double.client.v1.prices.create({**taken, "transfer_lookup_key": True})
    found = double.client.v1.prices.list({"lookup_keys": ["small"]}).data
    assert [price.id for price in found] == [made.id]


# ---------------------------------------------------------------- a subscription's life
def test_a_checkout_pays_once_and_names_its_subscription(double: Double, shop) -> None:
    client = double.client.v1
    session = client.checkout.sessions.create(
        checkout(shop, metadata={"tenant": "t1"}) | {"client_reference_id": "t1"}
    )
    with pytest.raises(Exception, match="declined"):
        double.pay(session.id, card="declined")
    assert client.subscriptions.list({"customer": shop["customer"]}).data == []
    double.pay(session.id)
    with pytest.raises(Exception, match="over"):
        double.pay(session.id)
    done = client.checkout.sessions.retrieve(session.id, {"expand": ["subscription"]})
    assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
    assert done.subscription.status == "active" and done.subscription.metadata["tenant"] == "t1"
    invoice = client.invoices.list({"subscription": done.subscription.id}).data[0]
    assert (invoice.billing_reason, invoice.total, invoice.status) == (
        "subscription_create",
        2_900,
        "paid",
    )


def test_a_trial_bills_nothing_until_its_end(double: Double, shop) -> None:
    subscription = subscribe(double, shop, trial_end=double.world.now + 10 * DAY)
    assert double.subscription(subscription)["status"] == "trialing"
    double.advance(days=9)
    assert len(double.events("customer.subscription.trial_will_end")) == 1
    assert [one.total for one in double.client.v1.invoices.list().data] == [0]
    double.advance(days=2)
    assert double.subscription(subscription)["status"] == "active"
    assert [one.total for one in double.client.v1.invoices.list().data] == [2_900, 0]


def test_an_upgrade_is_foreseen_to_the_cent_and_billed_at_once(double: Double, shop) -> None:
    subscription = subscribe(double, shop)
    double.advance(days=15.5)  # half of March
    client = double.client.v1
    details = switch(double, subscription, shop["large"], proration_behavior="always_invoice")
    asked = {"subscription": subscription, "subscription_details": details}
    foreseen = client.invoices.create_preview(asked)
    assert [line.amount for line in foreseen.lines.data] == [-1_450, 3_950]
    assert len(client.invoices.list().data) == 1, "a preview writes nothing"
    client.subscriptions.update(subscription, details)
    newest = client.invoices.list().data[0]
    assert (newest.total, newest.billing_reason) == (foreseen.total, "subscription_update")
    parent = newest.lines.data[0].parent
    assert parent.subscription_item_details.proration is True
    end = double.subscription(subscription)["items"]["data"][0]["current_period_end"]
    assert end == double.world.now + 15.5 * DAY


def test_an_upgrade_that_is_declined_changes_nothing_when_asked_so(double: Double, shop) -> None:
    subscription = subscribe(double, shop)
    double.script_card(shop["customer"], fails=[1])
    change = switch(
        double,
        subscription,
        shop["large"],
        proration_behavior="always_invoice",
        payment_behavior="error_if_incomplete",
    )
    before = double.subscription(subscription)
    with pytest.raises(stripe.CardError):
        double.client.v1.subscriptions.update(subscription, change)
    assert double.subscription(subscription) == before
    assert len(double.client.v1.invoices.list().data) == 1


def test_a_schedule_changes_the_price_at_the_periods_end_and_lets_go(double: Double, shop) -> None:
    subscription = subscribe(double, shop, "large")
    client = double.client.v1
    schedule = client.subscription_schedules.create({"from_subscription": subscription})
    first = schedule.phases[0]
    phases = [
        {
            "items": [{"price": shop["large"], "quantity": 1}],
            "start_date": first.start_date,
            "end_date": first.end_date,
        },
        {
            "items": [{"price": shop["small"], "quantity": 1}],
            "duration": {"interval": "month", "interval_count": 1},
        },
    ]
    client.subscription_schedules.update(schedule.id, {"phases": phases, "end_behavior": "release"})
    with pytest.raises(stripe.InvalidRequestError, match="managed by the subscription schedule"):
        client.subscriptions.update(subscription, {"cancel_at": "min_period_end"})
    double.advance(days=31)
    now = double.subscription(subscription)
    assert now["items"]["data"][0]["price"]["id"] == shop["small"] and now["schedule"]
    assert client.invoices.list().data[0].total == 2_900
    double.advance(days=31)
    assert double.subscription(subscription)["schedule"] is None
    assert client.subscription_schedules.retrieve(schedule.id).status == "completed"


def test_a_subscription_ends_at_its_periods_end_unless_it_comes_back(double: Double, shop) -> None:
    subscription = subscribe(double, shop)
    update = double.client.v1.subscriptions.update
    assert update(subscription, {"cancel_at": "min_period_end"}).cancel_at
    assert update(subscription, {"cancel_at": ""}).cancel_at is None
    double.advance(days=32)
    assert double.subscription(subscription)["status"] == "active"
    update(subscription, {"cancel_at": "min_period_end"})
    double.advance(days=31)
    assert double.subscription(subscription)["status"] == "canceled"
    assert len(double.client.v1.invoices.list().data) == 2, "the end is not billed again"


@pytest.mark.parametrize(
    ("fails", "days", "status", "tries"),
    [
        ([1], 3, "active", 2),
        ([1, 2, 3], 12, "active", 4),
        ([1, 2, 3, 4], 12, "canceled", 4),
        ([1, 2], 6, "past_due", 2),
    ],
)
def test_a_failed_renewal_is_tried_four_times(
    double: Double, shop, fails: list[int], days: int, status: str, tries: int
) -> None:
    subscription = subscribe(double, shop)
    double.script_card(shop["customer"], fails=fails)
    double.advance(days=31)
    assert double.subscription(subscription)["status"] == "past_due"
    double.advance(days=days)
    assert double.subscription(subscription)["status"] == status
    invoice = double.client.v1.invoices.list().data[0]
    assert invoice.attempt_count == tries


def test_vat_is_added_and_turned_over_to_a_buyer_abroad(double: Double, shop) -> None:
    client = double.client.v1
    taxed = checkout(shop) | {
        "automatic_tax": {"enabled": True},
        "tax_id_collection": {"enabled": True},
    }
    with pytest.raises(stripe.InvalidRequestError):
        client.checkout.sessions.create(taxed)
    taxed["customer_update"] = {"name": "auto", "address": "auto"}
    double.pay(client.checkout.sessions.create(taxed).id)
    assert client.invoices.list().data[0].total == 3_480
    client.customers.tax_ids.create(shop["customer"], {"type": "eu_vat", "value": "BE0123456789"})
    double.advance(days=31)
    newest = client.invoices.list().data[0]
    assert newest.total == 2_900
    assert newest.total_taxes[0].taxability_reason == "reverse_charge"


# ---------------------------------------------------------------- webhooks
def test_events_are_signed_as_stripe_signs_them_and_tell_what_changed(double: Double, shop) -> None:
    subscription = subscribe(double, shop)
    double.client.v1.subscriptions.update(subscription, {"cancel_at": "min_period_end"})
    told = double.events("customer.subscription.updated")[-1]
    assert double.sender.deliver([told["id"], told["id"]]) == [200, 200]
    body, headers = double.sent[0]
    event = Webhook.construct_event(body, headers["Stripe-Signature"], SECRET)
    assert event.id == told["id"] and event.data.previous_attributes["cancel_at"] is None
    listed = double.client.v1.events.list({"type": "customer.subscription.updated"}).data
    assert listed[0].id == event.id
