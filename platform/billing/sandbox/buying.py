"""What people do on the double's own pages: pay, decline, change, cancel, come back."""

from billing.sandbox import cards, invoicing, schedules, subscriptions
from billing.sandbox.api.customers import add_tax_id
from billing.sandbox.errors import RefusalError, declined
from billing.sandbox.store import Json
from billing.sandbox.world import World


def complete(world: World, session: Json, *, card: str, tax_id: str = "") -> Json:
    """Finish a checkout: the card is entered, and only if it is good is anything made."""
    with world.store.transaction():
        session = world.need(session["id"], "checkout.session")
        if session["status"] != "open":
            raise RefusalError("This checkout session is over.")
        secret = world.store.secret(session["id"])
        trial = secret["trial_end"]
        if cards.CARDS[card].at_once or (cards.CARDS[card].later and not trial):
            raise declined(keep=False)
        customer = world.need(session["customer"], "customer")
        if tax_id:
            add_tax_id(world, customer["id"], kind="eu_vat", value=tax_id)
        entered = cards.attach(world, customer, card)
        customer = world.need(customer["id"], "customer")
        if not customer["address"]:
            address = {"country": "FR", "city": None, "line1": None, "line2": None}
            address |= {"postal_code": None, "state": None}
            world.change(customer, told="customer.updated", address=address)
        subscription = subscriptions.begin(
            world,
            customer=customer,
            price=world.need(secret["line_items"]["data"][0]["price"]["id"], "price"),
            metadata=secret["metadata"],
            trial_end=trial,
            automatic_tax=session["automatic_tax"]["enabled"],
            card=entered["id"],
        )
        invoice = world.need(subscription["latest_invoice"], "invoice")
        if invoice["status"] != "paid":
            raise declined(keep=False)
        return world.change(
            session,
            told="checkout.session.completed",
            status="complete",
            payment_status="paid" if invoice["amount_paid"] else "no_payment_required",
            subscription=subscription["id"],
            invoice=invoice["id"],
            amount_total=invoice["total"],
            customer_details={
                "address": customer["address"],
                "email": customer["email"],
                "name": customer["name"],
                "phone": None,
                "tax_exempt": customer["tax_exempt"],
                "tax_ids": [],
            },
            url=None,
        )


def change_card(world: World, customer: Json, *, card: str) -> None:
    """Another card for the customer; a card that is declined changes nothing."""
    with world.store.transaction():
        if cards.CARDS[card].at_once:
            raise declined(keep=False)
        cards.attach(world, customer, card)


def cancel(world: World, subscription: Json) -> None:
    """At the end of the period, as the portal does today: by `cancel_at`."""
    with world.store.transaction():
        schedules.let_go(world, subscription)
        end = subscription["items"]["data"][0]["current_period_end"]
        subscriptions.plan_end(world, subscription, end)


def come_back(world: World, subscription: Json) -> None:
    with world.store.transaction():
        schedules.let_go(world, subscription)
        subscriptions.plan_end(world, subscription, None)


def is_higher(old: Json, new: Json) -> bool:
    """Whether a price asks at least as much a year as another, and for at least as long."""
    per = {"month": 12, "year": 1}
    yearly = [price["unit_amount"] * per[price["recurring"]["interval"]] for price in (old, new)]
    shorter = old["recurring"]["interval"] == "year" and new["recurring"]["interval"] == "month"
    return (yearly[1] >= yearly[0] and not shorter) or (
        old["recurring"]["interval"] == "month" and new["recurring"]["interval"] == "year"
    )


def switch(world: World, subscription: Json, price: Json) -> None:
    """More is had at once and billed in proportion, less at the period's end."""
    with world.store.transaction():
        schedules.let_go(world, subscription)
        if subscription["cancel_at"]:
            subscriptions.plan_end(world, subscription, None)
        item = subscription["items"]["data"][0]
        if is_higher(item["price"], price) or subscription["status"] == "trialing":
            subscriptions.switch(
                world,
                subscription,
                price,
                proration="always_invoice",
                payment="error_if_incomplete",
            )
            return
        schedule = schedules.begin(world, subscription)
        first = schedule["phases"][0]
        keeps = {
            "items": [{"price": item["price"]["id"]}],
            "start_date": first["start_date"],
            "end_date": first["end_date"],
        }
        schedules.update(
            world, schedule, [keeps, {"items": [{"price": price["id"]}]}], end_behavior="release"
        )


def pay(world: World, invoice: Json) -> bool:
    """Pay an open invoice with the customer's card; False when it is declined."""
    with world.store.transaction():
        try:
            invoicing.pay(world, invoice)
        except RefusalError:
            return False
        return True
