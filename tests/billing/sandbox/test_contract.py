"""The official client and the double: what is asked, answered and refused as Stripe does it."""

import inspect
from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe
from stripe._api_version import _ApiVersion

from billing.sandbox import API_VERSION
from billing.sandbox.store import Json
from tests.billing.sandbox.conftest import subscribe
from tests.fixtures.double import Double

DAY = 86_400


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
