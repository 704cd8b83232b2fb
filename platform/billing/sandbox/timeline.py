"""What happens by itself as time passes, each thing at its own moment and in order."""

from billing.sandbox import invoicing, subscriptions
from billing.sandbox.money import DAY
from billing.sandbox.store import Json
from billing.sandbox.world import World

_MOST_STEPS = 5_000


def catch_up(world: World) -> None:
    """Do everything that is due by now."""
    with world.store.transaction():
        for _ in range(_MOST_STEPS):
            due = _next(world)
            if due is None or due[0] > world.clock:
                return
            moment, what, thing_id = due
            with world.at(moment):
                _do(world, what, thing_id)


def _next(world: World) -> tuple[int, str, str] | None:
    """The earliest thing to happen: when, what, and to which object."""
    found: list[tuple[int, str, str]] = []
    for subscription in world.store.all("subscription"):
        found += _of_subscription(world, subscription)
    found += [
        (invoice["next_payment_attempt"], "try", invoice["id"])
        for invoice in world.store.all("invoice")
        if invoice["status"] == "open" and invoice["next_payment_attempt"]
    ]
    found += [
        (session["expires_at"], "expire", session["id"])
        for session in world.store.all("checkout.session")
        if session["status"] == "open"
    ]
    return min(found, default=None)


def _of_subscription(world: World, subscription: Json) -> list[tuple[int, str, str]]:
    its, status = subscription["id"], subscription["status"]
    if status not in subscriptions.ALIVE:
        return []
    if status == "incomplete":
        return [(subscription["created"] + 23 * 3600, "give up", its)]
    due: list[tuple[int, str, str]] = []
    if subscription["cancel_at"]:
        # Named so that at the same moment the end comes before the renewal.
        due.append((subscription["cancel_at"], "end", its))
    if status == "trialing" and not world.store.secret(its).get("told_of_trial"):
        due.append((max(subscription["created"], subscription["trial_end"] - 3 * DAY), "near", its))
    if status != "paused":
        due.append((subscription["items"]["data"][0]["current_period_end"], "renew", its))
    return due


def _do(world: World, what: str, thing_id: str) -> None:
    thing = world.store.get(thing_id)
    if thing is None:
        return
    if what == "end":
        subscriptions.end(world, thing)
    elif what == "renew":
        subscriptions.renew(world, thing)
    elif what == "near":
        world.store.put(thing, secret=world.store.secret(thing_id) | {"told_of_trial": True})
        world.emit("customer.subscription.trial_will_end", thing)
    elif what == "give up":
        world.change(thing, told="customer.subscription.updated", status="incomplete_expired")
    elif what == "try":
        invoicing.attempt(world, thing)
    else:
        world.change(thing, told="checkout.session.expired", status="expired", url=None)
