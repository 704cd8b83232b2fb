"""A subscription's life at the double, as Stripe lets it go by, and the webhooks that tell it."""

import pytest
import stripe
from stripe import Webhook

from tests.billing.sandbox.conftest import checkout, subscribe, switch
from tests.fixtures.double import SECRET, Double

DAY = 86_400


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
