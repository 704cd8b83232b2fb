"""Leading a merchant to Stripe's own page to pay: no card is ever typed here (R16)."""

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from billing.models import Account, AccountState
from billing.plans import Interval, Plan
from billing.stripe.catalogue import price_id
from billing.stripe.client import StripeRefusedError, asking, client
from billing.stripe.customers import customer_of, subscribes
from billing.stripe.sync import locked, sync
from kernel.db import atomic_with_retry
from kernel.errors import ConflictError

logger = logging.getLogger(__name__)

# Stripe wants a trial to last two days more at least when it is asked for.
_SHORTEST_TRIAL = timedelta(days=2, hours=1)


class AlreadySubscribedError(ConflictError):
    """There is a subscription: it is changed, not bought again."""

    code = "already_subscribed"
    words = _("Un abonnement est déjà en cours. Changez-le depuis cette page.")


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who pays, as Stripe names its customer."""

    name: str
    email: str
    language: str


def begin(
    *,
    account_id: uuid.UUID,
    plan: Plan,
    interval: Interval,
    buyer: Buyer,
    done_url: str,
    back_url: str,
    attempt: str,
    now: datetime,
) -> str:
    """Open a checkout and give its address; any other that is open is closed.

    `attempt` names one press of the button: twice the same is the same checkout. What is left of
    a trial is kept. What is found out about the account stays, whether or not it may buy.
    Raises AlreadySubscribedError, NothingToSellError, StripeUnavailableError.
    """
    _name_customer(account_id, buyer, now)
    sync(account_id=account_id, now=now)
    wanted = {
        "line_items": [{"price": price_id(plan, interval), "quantity": 1}],
        "success_url": done_url,
        "cancel_url": back_url,
    }
    return _begin(account_id, buyer, wanted, attempt, now)


@atomic_with_retry
def _name_customer(account_id: uuid.UUID, buyer: Buyer, now: datetime) -> None:
    customer_of(
        locked(account_id),
        name=buyer.name,
        email=buyer.email,
        language=buyer.language,
        now=now,
    )


@atomic_with_retry
def _begin(
    account_id: uuid.UUID, buyer: Buyer, wanted: dict[str, Any], attempt: str, now: datetime
) -> str:
    """Two presses at once come one after the other: the account's row, and no other, is locked."""
    account = locked(account_id)
    if subscribes(account):
        raise AlreadySubscribedError
    customer = str(account.stripe_customer_id)
    asked = _asked(account, customer, buyer) | wanted
    try:
        session = _open(account, asked, attempt, trial_until=trial_left(account, now))
    except StripeRefusedError as refusal:
        if refusal.facts["their_param"] != "subscription_data[trial_end]":
            raise
        session = _open(account, asked, f"{attempt}:now", trial_until=None)
    _close_others(customer, session.id)
    return str(session.url)


def _asked(account: Account, customer: str, buyer: Buyer) -> dict[str, Any]:
    return {
        "mode": "subscription",
        "customer": customer,
        "client_reference_id": str(account.tenant_id),
        "billing_address_collection": "required",
        "tax_id_collection": {"enabled": True},
        "customer_update": {"name": "auto", "address": "auto"},
        "automatic_tax": {"enabled": settings.STRIPE_TAX},
        "locale": buyer.language,
    }


def trial_left(account: Account, now: datetime) -> datetime | None:
    """The end of a trial that goes on, where Stripe can still take it over."""
    ends = account.trial_ends_at
    runs = account.state == AccountState.TRIALING and not account.stripe_subscription_id
    return ends if runs and ends and ends > now + _SHORTEST_TRIAL else None


def _open(
    account: Account, asked: dict[str, Any], attempt: str, *, trial_until: datetime | None
) -> Any:
    data: dict[str, Any] = {"metadata": {"tenant": str(account.tenant_id)}}
    if trial_until:
        data["trial_end"] = int(trial_until.timestamp())
    params: Any = {**asked, "subscription_data": data}
    sessions = client().v1.checkout.sessions
    with asking():
        made = sessions.create(params, {"idempotency_key": f"checkout:{account.id}:{attempt}"})
        if sessions.retrieve(made.id).status == "open":
            return made
        # The button of a page that lay about: its checkout is over, and a new one is wanted.
        return sessions.create(params, {"idempotency_key": f"checkout:{uuid.uuid4()}"})


def _close_others(customer: str, session_id: str) -> None:
    """Two tabs are one purchase: the checkout that was opened last is the one that can be paid."""
    sessions = client().v1.checkout.sessions
    with asking():
        for other in sessions.list({"customer": customer, "status": "open"}).data:
            if other.id != session_id:
                _close(other.id)


def _close(session_id: str) -> None:
    try:
        with asking():
            client().v1.checkout.sessions.expire(
                session_id, {}, {"idempotency_key": f"close:{session_id}"}
            )
    except StripeRefusedError:
        # It was paid in this very moment; the next sync sees both and keeps one.
        logger.warning("a checkout could not be closed: %s", session_id)
