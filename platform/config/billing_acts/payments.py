"""`billing products | sync`: fill a Stripe account, and compare every account with it."""

import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from billing.models import Account
from billing.stripe import catalogue, reconcile
from billing.stripe.client import plays_stripe
from config.billing_acts.shape import Act, Say
from kernel.errors import RicochetError


def _no_arguments(_parser: ArgumentParser) -> None:
    """Nothing to say."""


def _products(_options: dict[str, Any], say: Say) -> None:
    _say_who_plays(say)
    catalogue.fill(said=say)


def _sync_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--mend", action="store_true", help="write what Stripe says")


def _sync(options: dict[str, Any], say: Say) -> None:
    _say_who_plays(say)
    failures: dict[uuid.UUID, str] = {}

    def failed(account: Account, error: RicochetError) -> None:
        failures[account.tenant_id] = f"{account.tenant_id}: {error} [{error.code}]"

    found = list(reconcile.compare(failed=failed))
    for one in found:
        here, there = _words(one.ours), _words(one.theirs)
        say(f"{one.account.tenant_id} {one.field}: {here} here, {there} at Stripe")
    if options["mend"]:
        now = timezone.now()
        lost = reconcile.fetch_lost(now=now)
        mended = reconcile.mend(now=now, failed=failed)
        say(f"Accounts mended: {mended}. Lost events fetched: {lost}.")
    else:
        say(f"Differences: {len(found)}. With --mend what Stripe says is written.")
    if failures:
        raise CommandError("\n".join(failures.values()))


def _say_who_plays(say: Say) -> None:
    if plays_stripe():
        say("No STRIPE_SECRET_KEY: the local double plays Stripe.")


def _words(value: Any) -> str:
    return "nothing" if value in (None, "") else str(value)


ACTS = (
    Act("products", "make products, prices and the portal's settings", _no_arguments, _products),
    Act("sync", "show where accounts differ from Stripe", _sync_arguments, _sync),
)
