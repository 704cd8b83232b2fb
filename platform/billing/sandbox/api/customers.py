"""Customers, their cards and their tax ids."""

from billing.sandbox import cards, shapes, subscriptions
from billing.sandbox.api.forms import known, merged, need
from billing.sandbox.api.lists import page
from billing.sandbox.errors import invalid, missing
from billing.sandbox.store import Json
from billing.sandbox.world import World, new_id

_PLAIN = ("email", "name", "phone", "description", "tax_exempt")
_FIELDS = (*_PLAIN, "metadata", "address", "preferred_locales", "invoice_settings")


def create(world: World, params: Json) -> Json:
    known(params, *_FIELDS)
    customer = shapes.customer(world.now)
    _write(world, customer, params)
    return world.add(customer, told="customer.created")


def update(world: World, params: Json, customer_id: str) -> Json:
    known(params, *_FIELDS)
    customer = world.need(customer_id, "customer")
    _write(world, customer, params)
    return world.change(customer, told="customer.updated")


def _write(world: World, customer: Json, params: Json) -> None:
    for name in _PLAIN:
        if name in params:
            customer[name] = params[name] or None
    if "address" in params:
        parts = ("city", "country", "line1", "line2", "postal_code", "state")
        asked = params["address"] or {}
        known(asked, *parts)
        customer["address"] = {part: asked.get(part) for part in parts} if asked else None
    if "preferred_locales" in params:
        customer["preferred_locales"] = list(params["preferred_locales"] or [])
    if card := (params.get("invoice_settings") or {}).get("default_payment_method"):
        world.need(card, "payment_method", param="invoice_settings[default_payment_method]")
        customer["invoice_settings"] = customer["invoice_settings"] | {
            "default_payment_method": card
        }
    customer["metadata"] = merged(customer["metadata"], params.get("metadata"))


def retrieve(world: World, _params: Json, customer_id: str) -> Json:
    return world.need(customer_id, "customer")


def delete(world: World, _params: Json, customer_id: str) -> Json:
    """Its subscriptions end at once; the object stays, marked as deleted."""
    customer = world.need(customer_id, "customer")
    for subscription in world.store.all("subscription"):
        if subscription["customer"] == customer_id and subscription["status"] != "canceled":
            subscriptions.end(world, subscription)
    gone = {"id": customer_id, "object": "customer", "deleted": True}
    world.store.put(customer | gone)
    world.emit("customer.deleted", customer)
    return gone


def list_all(world: World, params: Json) -> Json:
    rows = [row for row in world.store.all("customer") if not row.get("deleted")]
    if email := params.get("email"):
        rows = [row for row in rows if row["email"] == email]
    return page(rows, params, url="/v1/customers", filters=("email",))


# ---------------------------------------------------------------- cards and tax ids
def list_cards(world: World, params: Json, customer_id: str) -> Json:
    world.need(customer_id, "customer")
    rows = [row for row in world.store.all("payment_method") if row["customer"] == customer_id]
    url = f"/v1/customers/{customer_id}/payment_methods"
    return page(rows, params, url=url, filters=("type",))


def retrieve_card(world: World, _params: Json, card_id: str) -> Json:
    return world.need(card_id, "payment_method")


# Stripe's own test cards, by the names that its API takes them under.
_TEST_CARDS = {
    "pm_card_visa": "works",
    "pm_card_authenticationRequired": "secure",
    "pm_card_chargeCustomerFail": "fails_later",
}


def attach_card(world: World, params: Json, card_id: str) -> Json:
    """Give a customer one of Stripe's test cards; it is not yet the default of anything."""
    known(params, "customer")
    customer = world.need(need(params, "customer"), "customer", param="customer")
    kind = _TEST_CARDS.get(card_id)
    if kind is None:
        raise missing("payment method", card_id)
    return cards.add(world, customer, kind)


def create_tax_id(world: World, params: Json, customer_id: str) -> Json:
    known(params, "type", "value")
    world.need(customer_id, "customer")
    return add_tax_id(world, customer_id, kind=need(params, "type"), value=need(params, "value"))


def add_tax_id(world: World, customer_id: str, *, kind: str, value: str) -> Json:
    value = value.replace(" ", "").upper()
    if kind == "eu_vat" and not (value[:2].isalpha() and 6 <= len(value) <= 16):
        raise invalid("value", "Invalid value for eu_vat.")
    return world.add(
        {
            "id": new_id("txi"),
            "object": "tax_id",
            "country": value[:2] if kind == "eu_vat" else None,
            "created": world.now,
            "customer": customer_id,
            "livemode": False,
            "owner": {"type": "customer", "customer": customer_id},
            "type": kind,
            "value": value,
            "verification": {
                "status": "unverified",
                "verified_address": None,
                "verified_name": None,
            },
        },
        told="customer.tax_id.created",
    )


def list_tax_ids(world: World, params: Json, customer_id: str) -> Json:
    world.need(customer_id, "customer")
    rows = [row for row in world.store.all("tax_id") if row["customer"] == customer_id]
    return page(rows, params, url=f"/v1/customers/{customer_id}/tax_ids")
