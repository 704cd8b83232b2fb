"""The plans as products and prices at Stripe, found again by their keys."""

from collections.abc import Callable
from typing import Any

from django.utils import translation

from billing.plans import CURRENCY, INTERVALS, SOLD, Interval, Plan
from billing.stripe.client import asking, client
from kernel.errors import TemporaryError

# Software as a service, for businesses.
_TAX_CODE = "txcd_10103001"
_PORTAL = {"ricochet": "portal"}


class NothingToSellError(TemporaryError):
    """The prices are not at Stripe yet: `manage.py billing products` makes them."""

    code = "no_prices"
    words = "Les formules ne sont pas encore en vente. Réessayez plus tard."


def fill(*, said: Callable[[str], None]) -> None:
    """Make, or bring up to date, every product, price and the portal's settings.

    A price is never edited at Stripe: another amount is another price, which takes the key over;
    those who pay the old one go on paying it.
    """
    sold: list[dict[str, Any]] = []
    with asking(), translation.override("fr"):
        for plan in SOLD:
            product = _product(plan)
            prices = [_price(plan, interval, product, said) for interval in INTERVALS]
            sold.append({"product": product, "prices": prices})
        _portal(sold, said)


def _product(plan: Plan) -> str:
    products = client().v1.products
    wanted = f"ricochet_{plan.key}"
    told: Any = {"name": f"Ricochet {plan.name}", "description": str(plan.tagline)}
    if products.list({"ids": [wanted]}).data:
        products.update(wanted, told)
    else:
        told |= {"id": wanted, "tax_code": _TAX_CODE, "metadata": {"plan": plan.key}}
        products.create(told, {"idempotency_key": f"product:{wanted}"})
    return wanted


def _price(plan: Plan, interval: Interval, product: str, said: Callable[[str], None]) -> str:
    prices = client().v1.prices
    key, amount = plan.lookup_key(interval), plan.price(interval)
    found = prices.list({"lookup_keys": [key], "active": True}).data
    if found and found[0].unit_amount == amount:
        said(f"{key}: {found[0].id}")
        return found[0].id
    words = "mensuel" if interval == "month" else "annuel"
    made = prices.create(
        {
            "product": product,
            "currency": CURRENCY.lower(),
            "unit_amount": amount,
            "recurring": {"interval": interval},
            "lookup_key": key,
            "transfer_lookup_key": True,
            "tax_behavior": "exclusive",
            "nickname": f"Ricochet {plan.name}, {words}",
            "metadata": {"plan": plan.key},
        },
        {"idempotency_key": f"price:{key}:{amount}:{found[0].id if found else 'first'}"},
    )
    if found:
        prices.update(found[0].id, {"active": False})
    said(f"{key}: {made.id} (new)")
    return made.id


def _portal(sold: list[dict[str, Any]], said: Callable[[str], None]) -> None:
    configurations = client().v1.billing_portal.configurations
    features: Any = {
        "customer_update": {"enabled": True, "allowed_updates": ["name", "address", "tax_id"]},
        "invoice_history": {"enabled": True},
        "payment_method_update": {"enabled": True},
        "subscription_cancel": {"enabled": True, "mode": "at_period_end"},
        "subscription_update": {
            "enabled": True,
            "default_allowed_updates": ["price"],
            "proration_behavior": "always_invoice",
            "products": sold,
            "schedule_at_period_end": {
                "conditions": [{"type": "decreasing_item_amount"}, {"type": "shortening_interval"}]
            },
        },
    }
    ours = portal_configuration()
    if ours:
        configurations.update(ours, {"features": features})
    else:
        made = configurations.create({"features": features, "metadata": dict(_PORTAL)})
        ours = made.id
    said(f"portal: {ours}")


def portal_configuration() -> str | None:
    """The id of our own settings of the portal, or None where they were never made."""
    found = client().v1.billing_portal.configurations.list({"active": True, "limit": 100})
    for one in found.data:
        if one.metadata and one.metadata.to_dict() == _PORTAL:
            return one.id
    return None


def price_id(plan: Plan, interval: Interval) -> str:
    """The price at Stripe of a plan. Raises NothingToSellError, StripeUnavailableError."""
    with asking():
        asked = {"lookup_keys": [plan.lookup_key(interval)], "active": True}
        found = client().v1.prices.list(asked).data  # type: ignore[arg-type]
    if not found:
        raise NothingToSellError
    return found[0].id
