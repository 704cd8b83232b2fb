"""Leading a merchant to Stripe's customer portal: card, tax id, invoices."""

from typing import Any

from billing.models import Account
from billing.stripe.catalogue import portal_configuration
from billing.stripe.client import asking, client
from billing.stripe.customers import NotSubscribedError


def open_portal(*, account: Account, back_url: str, language: str, card: bool = False) -> str:
    """The address of the portal, for some minutes; with `card` at the page that changes it.

    Raises NotSubscribedError for whoever never paid, StripeUnavailableError.
    """
    if not account.stripe_customer_id:
        raise NotSubscribedError
    asked: dict[str, Any] = {
        "customer": account.stripe_customer_id,
        "return_url": back_url,
        "locale": language,
    }
    if card:
        asked["flow_data"] = {
            "type": "payment_method_update",
            "after_completion": {"type": "redirect", "redirect": {"return_url": back_url}},
        }
    with asking():
        if configuration := portal_configuration():
            asked["configuration"] = configuration
        # A session is made for each visit, so that its key is one, too.
        made = client().v1.billing_portal.sessions.create(asked)  # type: ignore[arg-type]
    return str(made.url)
