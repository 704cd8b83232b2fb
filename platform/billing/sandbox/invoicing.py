"""Invoices: lines are added up, the invoice is finalised at once, and the card is tried.

Stripe leaves a renewal's invoice in draft for about an hour first; here nobody waits.
"""

from dataclasses import dataclass

from billing.sandbox import cards, money, shapes_billing
from billing.sandbox.errors import RefusalError, declined
from billing.sandbox.store import Json
from billing.sandbox.world import World

# Days from one failed try to the next; after the last, `after_last_try` decides.
RETRY_AFTER_DAYS = {1: 3, 2: 4, 3: 5}


@dataclass(frozen=True)
class Line:
    price: Json
    amount: int
    words: str
    start: int
    end: int
    proration: bool = False


def bill(
    world: World, subscription: Json, lines: list[Line], *, reason: str, collect: bool = True
) -> Json:
    """An open invoice of these lines, and the subscription's latest; with `collect` it is tried."""
    customer = world.need(subscription["customer"], "customer")
    invoice = shapes_billing.invoice(
        world.now, subscription=subscription, customer=customer, reason=reason
    )
    item = subscription["items"]["data"][0]
    invoice["lines"]["data"] = [_line(invoice, item, line) for line in lines]
    if lines:
        invoice["period_start"] = min(line.start for line in lines)
        invoice["period_end"] = max(line.end for line in lines)
    _add_up(world, invoice, customer)
    world.add(invoice, told="invoice.created")
    _finalise(world, invoice, customer)
    world.change(subscription, latest_invoice=invoice["id"])
    if collect:
        attempt(world, invoice)
    return invoice


def _line(invoice: Json, item: Json, line: Line) -> Json:
    row = shapes_billing.line(
        invoice=invoice["id"],
        item=item,
        price=line.price,
        amount=line.amount,
        words=line.words,
        start=line.start,
        end=line.end,
    )
    row["parent"]["subscription_item_details"]["proration"] = line.proration
    return row


def _add_up(world: World, invoice: Json, customer: Json) -> None:
    """Totals, tax, and what the customer's credit balance pays or receives."""
    subtotal = sum(line["amount"] for line in invoice["lines"]["data"])
    automatic = invoice["automatic_tax"]["enabled"]
    taxes = money.tax(world.store, customer, amount=subtotal, automatic=automatic)
    total = subtotal + sum(tax["amount"] for tax in taxes)
    balance = customer["balance"]
    # A negative balance is credit: it pays a positive invoice, and a negative invoice adds to it.
    used = max(balance, -total) if total > 0 and balance < 0 else 0
    due = max(0, total + used)
    left = balance - used + (total if total < 0 else 0)
    if automatic:
        invoice["automatic_tax"] |= {"status": "complete", "provider": "stripe"}
    invoice.update(
        subtotal=subtotal,
        subtotal_excluding_tax=subtotal,
        total=total,
        total_excluding_tax=subtotal,
        total_taxes=taxes,
        amount_due=due,
        amount_remaining=due,
        starting_balance=balance,
        ending_balance=left,
    )


def _finalise(world: World, invoice: Json, customer: Json) -> None:
    number = customer["next_invoice_sequence"]
    world.change(customer, next_invoice_sequence=number + 1, balance=invoice["ending_balance"] or 0)
    base = world.store.setting("base_url", "http://localhost")
    world.change(
        invoice,
        told="invoice.finalized",
        status="open",
        number=f"{customer['invoice_prefix']}-{number:04d}",
        effective_at=world.now,
        hosted_invoice_url=f"{base}/invoice/{invoice['id']}",
        invoice_pdf=f"{base}/invoice/{invoice['id']}/pdf",
        status_transitions=invoice["status_transitions"] | {"finalized_at": world.now},
    )


def attempt(world: World, invoice: Json, *, card: str | None = None) -> bool:
    """Try to collect an open invoice once; its subscription follows. Whether it is paid now."""
    subscription = subscription_of(world, invoice)
    customer = world.need(invoice["customer"], "customer")
    card = (
        card
        or subscription["default_payment_method"]
        or customer["invoice_settings"]["default_payment_method"]
    )
    if cards.charge(world, card, invoice["amount_due"]):
        _paid(world, invoice, subscription)
        return True
    tries = invoice["attempt_count"] + 1
    days = RETRY_AFTER_DAYS.get(tries)
    world.change(
        invoice,
        told="invoice.payment_failed",
        attempt_count=tries,
        attempted=True,
        next_payment_attempt=world.now + days * money.DAY if days else None,
    )
    _failed(world, subscription, last=days is None)
    return False


def _paid(world: World, invoice: Json, subscription: Json) -> None:
    tries = invoice["attempt_count"] + (1 if invoice["amount_due"] else 0)
    world.change(
        invoice,
        told="invoice.paid",
        status="paid",
        attempt_count=tries,
        attempted=True,
        amount_paid=invoice["amount_due"],
        amount_remaining=0,
        next_payment_attempt=None,
        status_transitions=invoice["status_transitions"] | {"paid_at": world.now},
    )
    world.emit("invoice.payment_succeeded", invoice)
    recovers = subscription["status"] in ("past_due", "unpaid", "incomplete")
    if recovers and subscription["latest_invoice"] == invoice["id"]:
        world.change(subscription, told="customer.subscription.updated", status="active")


def _failed(world: World, subscription: Json, *, last: bool) -> None:
    """A try failed: past due; after the last one what the account is set to do."""
    from billing.sandbox import subscriptions

    if subscription["status"] in ("incomplete", "canceled"):
        return
    what = world.store.setting("after_last_try", "cancel") if last else "past_due"
    if what == "cancel":
        subscriptions.end(world, subscription, reason="payment_failed")
    elif subscription["status"] != what:
        world.change(subscription, told="customer.subscription.updated", status=what)


def pay(world: World, invoice: Json, *, card: str | None = None) -> Json:
    """`POST /v1/invoices/:id/pay`: 402 when the card is declined; the try is kept."""
    if invoice["status"] == "paid":
        raise RefusalError("Invoice is already paid", code="invoice_already_paid")
    if invoice["status"] != "open":
        raise RefusalError("This invoice can no longer be paid.", code="invoice_not_editable")
    if not attempt(world, invoice, card=card):
        raise declined()
    return invoice


def subscription_of(world: World, invoice: Json) -> Json:
    return world.need(invoice["parent"]["subscription_details"]["subscription"], "subscription")
