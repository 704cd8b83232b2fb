"""A shop at the double: three prices and a customer; and what most tests ask of it."""

from typing import Any

import pytest

from tests.fixtures.double import Double


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


def checkout(shop: dict[str, str], price: str = "small", **data: object) -> Any:
    return {
        "mode": "subscription",
        "customer": shop["customer"],
        "line_items": [{"price": shop[price], "quantity": 1}],
        "success_url": "https://shop.example/done?s={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://shop.example/",
        **({"subscription_data": data} if data else {}),
    }


def switch(double: Double, subscription_id: str, price: str, **more: object) -> Any:
    item = double.subscription(subscription_id)["items"]["data"][0]["id"]
    return {"items": [{"id": item, "price": price}], **more}
