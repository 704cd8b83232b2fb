"""A merchant as Stripe's customer, and whether it subscribes already."""

from datetime import datetime
from typing import Any

from billing.models import Account, AccountState
from billing.stripe.client import asking, client
from kernel.errors import ConflictError

LIVING = (AccountState.TRIALING, AccountState.ACTIVE, AccountState.PAST_DUE, AccountState.FROZEN)


class NotSubscribedError(ConflictError):
    """There is no subscription that lives."""

    code = "not_subscribed"


def subscribes(account: Account) -> bool:
    """Whether a subscription lives at Stripe: a trial without one does not count."""
    return bool(account.stripe_subscription_id) and account.state in LIVING


def customer_of(account: Account, *, name: str, email: str, language: str, now: datetime) -> str:
    """The customer's id at Stripe, made the first time; the account's row has to be locked."""
    if account.stripe_customer_id:
        return account.stripe_customer_id
    told: Any = {
        "name": name,
        "email": email,
        "preferred_locales": [language],
        "metadata": {"tenant": str(account.tenant_id)},
    }
    with asking():
        # The key holds nothing that may change: a second try makes no second customer.
        made = client().v1.customers.create(
            {"metadata": {"tenant": str(account.tenant_id)}},
            {"idempotency_key": f"customer:{account.id}"},
        )
        client().v1.customers.update(
            made.id, told, {"idempotency_key": f"named:{account.id}:{now.timestamp()}"}
        )
    account.stripe_customer_id = made.id
    account.save(update_fields=["stripe_customer_id"])
    return made.id
