"""What waits at Stripe for the end of the period that is paid: a smaller plan, or leaving."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from billing.stripe.client import asking, client
from kernel.errors import RicochetError

logger = logging.getLogger(__name__)


@contextmanager
def or_as_before(subscription: Any, key: str) -> Iterator[None]:
    """What waits for the period's end waits again where what takes its place fails half-way.

    Where not even that can be done the log has what to put back by hand, and `sync` writes how it
    stands at Stripe.
    """
    leaves, later = subscription.cancel_at, _next_price(subscription)
    try:
        yield
    except RicochetError:
        try:
            with asking():
                there = client().v1.subscriptions.retrieve(subscription.id)
            if leaves and not there.cancel_at:
                release(there, f"back:{key}")
                leave(there, leaves, f"back:{key}")
            elif later and not there.schedule:
                schedule(there, later, f"back:{key}")
        except RicochetError:
            # Stripe is asked for the truth by the next sync; only people know what was wanted.
            logger.error(
                "subscription %s may have lost what waited: end %s, price %s",
                subscription.id,
                leaves,
                later,
            )
        raise


def leave(subscription: Any, at: Any, key: str) -> None:
    """End it at a moment, or at the end of the period (`min_period_end`)."""
    with asking():
        client().v1.subscriptions.update(
            subscription.id, {"cancel_at": at}, {"idempotency_key": f"cancel:{key}"}
        )


def release(subscription: Any, key: str) -> None:
    """Let go a schedule that waits: with it nothing can be said of the subscription's end."""
    if subscription.schedule:
        with asking():
            client().v1.subscription_schedules.release(
                str(subscription.schedule), {}, {"idempotency_key": f"release:{key}"}
            )


def stay(subscription: Any, key: str) -> None:
    """Do not end it any more."""
    if subscription.cancel_at:
        with asking():
            client().v1.subscriptions.update(
                subscription.id, {"cancel_at": ""}, {"idempotency_key": f"stay:{key}"}
            )


def schedule(subscription: Any, price: str, key: str) -> None:
    """The period that runs, then one of the other price, after which the schedule lets go.

    A schedule that waits already is rewritten.
    """
    stay(subscription, key)
    schedules = client().v1.subscription_schedules
    with asking():
        if subscription.schedule:
            made = schedules.retrieve(str(subscription.schedule))
        else:
            made = schedules.create(
                {"from_subscription": subscription.id}, {"idempotency_key": f"schedule:{key}"}
            )
        runs: Any = made.current_phase
        phases: Any = [
            {
                "items": [{"price": subscription["items"].data[0].price.id, "quantity": 1}],
                "start_date": runs.start_date,
                "end_date": runs.end_date,
            },
            {"items": [{"price": price, "quantity": 1}], "proration_behavior": "none"},
        ]
        schedules.update(
            made.id,
            {"phases": phases, "end_behavior": "release"},
            {"idempotency_key": f"phases:{key}"},
        )


def _next_price(subscription: Any) -> str | None:
    """The price that a schedule has begin at the period's end."""
    if not subscription.schedule:
        return None
    with asking():
        waits: Any = client().v1.subscription_schedules.retrieve(str(subscription.schedule))
    ends = waits.current_phase.end_date
    ahead = [phase for phase in waits.phases if phase.start_date >= ends]
    return str(ahead[0]["items"][0].price) if ahead else None
