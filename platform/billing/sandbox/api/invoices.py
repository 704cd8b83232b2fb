"""Invoices: read, paid, and foreseen."""

from billing.sandbox import invoicing, subscriptions
from billing.sandbox.api.forms import among, known, need
from billing.sandbox.api.lists import page
from billing.sandbox.api.subscriptions import change_end, price_in, proration_date
from billing.sandbox.errors import RefusalError, invalid
from billing.sandbox.store import Json
from billing.sandbox.world import World, new_id


class _ForeseenError(Exception):
    """Carries a preview out of the transaction that is taken back."""

    def __init__(self, invoice: Json) -> None:
        super().__init__()
        self.invoice = invoice


def retrieve(world: World, _params: Json, invoice_id: str) -> Json:
    return world.need(invoice_id, "invoice")


def list_all(world: World, params: Json) -> Json:
    rows = world.store.all("invoice")
    if customer := params.get("customer"):
        world.need(customer, "customer", param="customer")
    for name in ("customer", "status"):
        if value := params.get(name):
            rows = [row for row in rows if row[name] == value]
    if subscription := params.get("subscription"):
        rows = [
            row
            for row in rows
            if row["parent"]["subscription_details"]["subscription"] == subscription
        ]
    filters = ("customer", "status", "subscription")
    return page(rows, params, url="/v1/invoices", filters=filters)


def pay(world: World, params: Json, invoice_id: str) -> Json:
    known(params, "payment_method")
    invoice = world.need(invoice_id, "invoice")
    if card := params.get("payment_method"):
        world.need(card, "payment_method", param="payment_method")
    return invoicing.pay(world, invoice, card=params.get("payment_method"))


def preview(world: World, params: Json) -> Json:
    """What a change would bill: it is done, read, and taken back."""
    known(params, "customer", "subscription", "subscription_details")
    subscription = world.need(need(params, "subscription"), "subscription", param="subscription")
    details = params.get("subscription_details") or {}
    known(details, "items", "proration_behavior", "proration_date", "cancel_at")
    price = price_in(world, subscription, details.get("items"))
    proration = among(
        details,
        "proration_behavior",
        "create_prorations",
        "always_invoice",
        "none",
        default="create_prorations",
    )
    before = subscription["latest_invoice"]
    try:
        with world.store.transaction():
            world.store.db.execute("SAVEPOINT preview")
            at = proration_date(subscription, details)
            change_end(world, subscription, details)
            subscriptions.switch(
                world, subscription, price, proration=proration, collect=False, as_of=at
            )
            changed = world.need(subscription["id"], "subscription")
            if changed["latest_invoice"] == before:
                raise invalid("subscription_details[items]", "Nothing would be billed now.")
            raise _ForeseenError(world.need(changed["latest_invoice"], "invoice"))
    except _ForeseenError as foreseen:
        world.store.db.execute("ROLLBACK TO preview")
        invoice = foreseen.invoice
    except RefusalError:
        world.store.db.execute("ROLLBACK TO preview")
        raise
    made = {"id": new_id("upcoming_in"), "status": "draft", "number": None}
    return invoice | made | {"hosted_invoice_url": None, "invoice_pdf": None}
