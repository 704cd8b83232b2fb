"""The life of a subscription: begun, changed, renewed, ended."""

from billing.sandbox import invoicing, money, schedules, shapes
from billing.sandbox.errors import RefusalError, declined, invalid
from billing.sandbox.invoicing import Line
from billing.sandbox.store import Json
from billing.sandbox.world import World

ALIVE = ("trialing", "active", "past_due", "unpaid", "incomplete", "paused")


def begin(
    world: World,
    *,
    customer: Json,
    price: Json,
    metadata: Json,
    trial_end: int | None = None,
    automatic_tax: bool = False,
    card: str | None = None,
) -> Json:
    """A new subscription with its first invoice: of nothing while there is a trial."""
    if not price["active"]:
        raise invalid("items[0][price]", "The price specified is inactive.")
    now = world.now
    subscription = shapes.subscription(now, customer=customer["id"])
    trial = trial_end if trial_end and trial_end > now else None
    start, end = (now, trial) if trial else money.period_of(price, now)
    item = shapes.item(now, subscription=subscription["id"], price=price, start=start, end=end)
    subscription["items"]["data"] = [item]
    subscription["items"]["url"] += f"?subscription={subscription['id']}"
    subscription["automatic_tax"]["enabled"] = automatic_tax
    subscription.update(
        metadata=metadata,
        default_payment_method=card,
        status="trialing" if trial else "incomplete",
        trial_start=now if trial else None,
        trial_end=trial,
        billing_cycle_anchor=trial or now,
    )
    world.add(subscription, told="customer.subscription.created")
    words = f"Essai · {price['nickname']}" if trial else words_of(price)
    amount = 0 if trial else price["unit_amount"]
    lines = [Line(price=price, amount=amount, words=words, start=start, end=end)]
    invoicing.bill(world, subscription, lines, reason="subscription_create")
    return world.need(subscription["id"], "subscription")


def words_of(price: Json) -> str:
    return f"1 × {price['nickname'] or price['id']}"


def switch(
    world: World,
    subscription: Json,
    price: Json,
    *,
    proration: str = "create_prorations",
    payment: str = "allow_incomplete",
    collect: bool = True,
    as_of: int | None = None,
) -> None:
    """Change what is sold, now. Another interval begins a new period, the same keeps its own.

    `as_of` is the moment that shares of the period are counted from, where it is not now. What
    ends before the new period does is billed up to its end.
    """
    item = subscription["items"]["data"][0]
    old, now = item["price"], as_of or world.now
    if old["id"] == price["id"]:
        return
    start, end = item["current_period_start"], item["current_period_end"]
    lines: list[Line] = []
    if subscription["status"] != "trialing":
        lines, (start, end) = _change_lines(subscription, item, price, now, proration=proration)
    changed = item | {
        "price": price,
        "plan": shapes.plan(price),
        "current_period_start": start,
        "current_period_end": end,
    }
    restarts = start != item["current_period_start"]
    world.change(
        subscription,
        told="customer.subscription.updated",
        items=subscription["items"] | {"data": [changed]},
        billing_cycle_anchor=start if restarts else subscription["billing_cycle_anchor"],
    )
    schedules.follow(world, subscription)
    if not lines:
        return
    if proration == "always_invoice" or restarts:
        invoice = invoicing.bill(
            world, subscription, lines, reason="subscription_update", collect=collect
        )
        if collect and invoice["status"] != "paid" and payment == "error_if_incomplete":
            raise declined(keep=False)
    else:
        _keep_for_later(world, subscription, lines)


def _change_lines(
    subscription: Json, item: Json, price: Json, now: int, *, proration: str
) -> tuple[list[Line], tuple[int, int]]:
    old = item["price"]
    start, end = item["current_period_start"], item["current_period_end"]
    same = old["recurring"]["interval"] == price["recurring"]["interval"]
    unused = -money.share(old["unit_amount"], now=now, start=start, end=end)
    lines = []
    if proration != "none":
        words = f"Temps non utilisé · {words_of(old)}"
        lines.append(Line(old, unused, words, now, end, proration=True))
    if not same:
        begins, ends = money.period_of(price, now)
        until = min(subscription["cancel_at"] or ends, ends)
        unsold = money.share(price["unit_amount"], now=until, start=begins, end=ends)
        amount = price["unit_amount"] - unsold
        lines.append(Line(price, amount, words_of(price), begins, ends))
        return lines, (begins, ends)
    if proration != "none":
        rest = money.share(price["unit_amount"], now=now, start=start, end=end)
        words = f"Temps restant · {words_of(price)}"
        lines.append(Line(price, rest, words, now, end, proration=True))
    return lines, (start, end)


def _keep_for_later(world: World, subscription: Json, lines: list[Line]) -> None:
    """Prorations that are not billed at once stand on the next invoice."""
    secret = world.store.secret(subscription["id"])
    waiting = secret.get("waiting", []) + [vars(line) for line in lines]
    world.store.put(subscription, secret=secret | {"waiting": waiting})


def renew(world: World, subscription: Json) -> None:
    """The next period begins: of what the schedule says, or of the same; and is billed."""
    item = subscription["items"]["data"][0]
    start = item["current_period_end"]
    price = schedules.price_from(world, subscription, start) or world.need(
        item["price"]["id"], "price"
    )
    begins, ends = money.period_of(price, start, anchor=subscription["billing_cycle_anchor"])
    changed = item | {
        "price": price,
        "plan": shapes.plan(price),
        "current_period_start": begins,
        "current_period_end": ends,
    }
    was_trial = subscription["status"] == "trialing"
    world.change(
        subscription,
        told="customer.subscription.updated",
        items=subscription["items"] | {"data": [changed]},
        status="active" if was_trial else subscription["status"],
    )
    schedules.step(world, subscription, start)
    if subscription["status"] == "unpaid":
        return
    secret = world.store.secret(subscription["id"])
    lines = [Line(**kept) for kept in secret.pop("waiting", [])]
    lines.append(Line(price, price["unit_amount"], words_of(price), begins, ends))
    world.store.put(subscription, secret=secret)
    invoicing.bill(world, subscription, lines, reason="subscription_cycle")


def end(
    world: World,
    subscription: Json,
    *,
    reason: str = "cancellation_requested",
    prorate: bool = False,
) -> Json:
    """End it now: its schedule lets go, and its open invoices are no longer collected.

    With `prorate` the time that was paid and is not used becomes the customer's credit.
    """
    if prorate and subscription["status"] in ("active", "past_due"):
        item = subscription["items"]["data"][0]
        price, until = item["price"], item["current_period_end"]
        unused = money.share(
            price["unit_amount"], now=world.now, start=item["current_period_start"], end=until
        )
        words = f"Temps non utilisé · {words_of(price)}"
        credit = Line(price, -unused, words, world.now, until, proration=True)
        invoicing.bill(world, subscription, [credit], reason="subscription_update")
    if subscription["status"] == "canceled":
        raise RefusalError("This subscription has already been canceled.", code="resource_missing")
    schedules.let_go(world, subscription, at="canceled")
    for invoice in world.store.all("invoice"):
        of = invoice["parent"]["subscription_details"]["subscription"]
        if of == subscription["id"] and invoice["status"] == "open":
            world.change(invoice, auto_advance=False, next_payment_attempt=None)
    return world.change(
        subscription,
        told="customer.subscription.deleted",
        status="canceled",
        ended_at=world.now,
        canceled_at=subscription["canceled_at"] or world.now,
        cancellation_details=subscription["cancellation_details"] | {"reason": reason},
    )


def plan_end(world: World, subscription: Json, at: int | None) -> None:
    """Set or lift the date at which it ends by itself; a schedule has to be released first."""
    if subscription["schedule"]:
        raise RefusalError(
            "The subscription is managed by the subscription schedule"
            f" `{subscription['schedule']}`, and updating any cancelation behavior directly is not"
            " allowed. Please update the schedule instead."
        )
    if at is not None and at <= world.now:
        raise invalid("cancel_at", "`cancel_at` must be in the future.")
    reason = "cancellation_requested" if at else None
    world.change(
        subscription,
        told="customer.subscription.updated",
        cancel_at=at,
        canceled_at=world.now if at else None,
        cancel_at_period_end=False,
        cancellation_details=subscription["cancellation_details"] | {"reason": reason},
    )
