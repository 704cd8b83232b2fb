"""Test cards: what each does is known beforehand, and no number is ever typed."""

from dataclasses import dataclass

from billing.sandbox import shapes
from billing.sandbox.store import Json
from billing.sandbox.world import World


@dataclass(frozen=True)
class Card:
    """`at_once` fails where it is entered, `later` on each charge; `asks`: 3-D Secure."""

    last4: str
    at_once: bool = False
    later: bool = False
    asks: bool = False


CARDS = {
    "works": Card("4242"),
    "declined": Card("0002", at_once=True),
    "secure": Card("3155", asks=True),
    "fails_later": Card("0341", later=True),
}


def attach(world: World, customer: Json, kind: str) -> Json:
    """A new card of this kind, from now on the customer's default; events as Stripe tells them."""
    card = add(world, customer, kind)
    world.change(
        customer,
        told="customer.updated",
        invoice_settings=customer["invoice_settings"] | {"default_payment_method": card["id"]},
    )
    for subscription in world.store.all("subscription"):
        # As Checkout and the portal do: the subscription is paid with the card entered last.
        if subscription["customer"] == customer["id"] and subscription["status"] != "canceled":
            world.change(
                subscription,
                told="customer.subscription.updated",
                default_payment_method=card["id"],
            )
    return card


def add(world: World, customer: Json, kind: str) -> Json:
    """A new card of this kind among the customer's own."""
    known = CARDS[kind]
    card = shapes.card(world.now, customer=customer["id"], last4=known.last4)
    secret = {"fails_always": known.later, "fails": [], "tries": 0}
    return world.add(card, told="payment_method.attached", secret=secret)


def script(world: World, card_id: str, fails: list[int]) -> None:
    """The next charges of a card, counted from 1: those named are declined."""
    secret = world.store.secret(card_id)
    world.store.put(
        world.need(card_id, "payment_method"),
        secret=secret | {"fails": fails, "tries": 0, "fails_always": False},
    )


def charge(world: World, card_id: str | None, amount: int) -> bool:
    """Take an amount from a card; False when it is declined or there is none."""
    if amount <= 0:
        return True
    if not card_id:
        return False
    secret = world.store.secret(card_id)
    secret["tries"] = secret.get("tries", 0) + 1
    world.store.put(world.need(card_id, "payment_method"), secret=secret)
    return not secret.get("fails_always") and secret["tries"] not in secret.get("fails", [])
