"""Studio Clairval pays for its plan: a customer, a card and a subscription at the double."""

import logging
from datetime import datetime

from django.db import transaction

from billing.models import Account
from billing.plans import PLANS, PlanKey
from billing.stripe.catalogue import price_id
from billing.stripe.client import asking, client, plays_stripe
from billing.stripe.customers import customer_of
from billing.stripe.sync import locked, sync
from kernel.errors import TemporaryError
from tenants.models import Tenant

logger = logging.getLogger(__name__)


def subscribe(*, tenant: Tenant, email: str, now: datetime) -> None:
    """Subscribe a merchant by the month, unless it has paid before or the double does not run."""
    account = Account.objects.filter(tenant_id=tenant.id, stripe_customer_id=None).first()
    if account is None or not plays_stripe():
        return
    try:
        with transaction.atomic():
            _pay(account, tenant, email, now)
    except TemporaryError as error:
        logger.warning("%s stays without a subscription: %s", tenant.slug, error.code)


def _pay(account: Account, tenant: Tenant, email: str, now: datetime) -> None:
    account = locked(account.id)
    customer = customer_of(
        account, name=tenant.name, email=email, language=tenant.language, now=now
    )
    with asking():
        card = client().v1.payment_methods.attach("pm_card_visa", {"customer": customer})
        client().v1.customers.update(
            customer,
            {
                "address": {"country": "FR"},
                "invoice_settings": {"default_payment_method": card.id},
            },
        )
        client().v1.subscriptions.create(
            {
                "customer": customer,
                "items": [{"price": price_id(PLANS[PlanKey.GROWING], "month")}],
                "automatic_tax": {"enabled": True},
                "metadata": {"tenant": str(tenant.id)},
            },
            {"idempotency_key": f"demo:{account.id}"},
        )
    sync(account_id=account.id, now=now)
