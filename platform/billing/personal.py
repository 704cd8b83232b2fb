"""What the tables of payments tell of a person: no name, but ids at Stripe and reasons of grants.

A merchant may be a person who works alone, so what leads to their payments is named here, with
what it is for and how long it is kept (D6).
"""

from collections.abc import Mapping

from django.db import models

from billing.models import Account, Grant, Invoice, LimitNotice, StripeEvent

_ACCOUNT = "Find the merchant's payments at Stripe; as long as the merchant is there."
_BOOKS = "Show the merchant its invoices; ten years, as the law asks of books."
_EVENT = "Bring an account up to date once for each event; as long as Stripe tells events again."

PURPOSES: Mapping[type[models.Model], Mapping[str, str]] = {
    Account: {"stripe_customer_id": _ACCOUNT, "stripe_subscription_id": _ACCOUNT},
    StripeEvent: {"object_id": _EVENT, "customer_id": _EVENT, "subscription_id": _EVENT},
    Invoice: dict.fromkeys(("stripe_id", "number", "hosted_url", "pdf_url"), _BOOKS),
    Grant: {
        "reason": "Say why the operator gave it; as long as the merchant is there.",
        "granted_by": "Say who gave it; as long as the merchant is there.",
        "withdrawn_by": "Say who took it back; as long as the merchant is there.",
    },
    LimitNotice: {},
}
TECHNICAL: Mapping[type[models.Model], frozenset[str]] = {
    Account: frozenset({"plan", "interval", "next_plan", "next_interval"}),
    StripeEvent: frozenset({"id", "type"}),
    Invoice: frozenset({"billing_reason", "currency"}),
    Grant: frozenset({"feature", "limit"}),
    LimitNotice: frozenset({"limit", "period"}),
}
