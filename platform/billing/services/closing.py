"""What becomes of a subscription whose merchant closes: nobody pays for a door that is shut."""

import uuid
from datetime import datetime

from billing.models import Account, Closing
from kernel.db import atomic_with_retry
from kernel.outbox.services import emit

FOLLOW = "billing.follow_merchant"


@atomic_with_retry
def close(*, tenant_id: uuid.UUID, closing: Closing, now: datetime) -> None:
    """Note when the subscription ends with its merchant, and have Stripe told of it.

    Call it in the transaction, and in the public schema, that closes or opens the merchant. What
    Stripe is told is what stands here then, so that two of these may arrive in any order.
    """
    account = Account.objects.select_for_update().filter(tenant_id=tenant_id).first()
    if account is None or account.closing == closing:
        return
    account.closing = closing
    account.save(update_fields=["closing"])
    follow_later(account, now=now)


def follow_later(account: Account, *, now: datetime, key: str | None = None) -> None:
    """Have the subscription end, or stay, as its merchant does; with a `key` it is asked once."""
    if account.stripe_customer_id:
        emit(kind=FOLLOW, payload={"account_id": str(account.id)}, now=now, key=key)
