"""`manage.py billing products | sync [--mend] [--events]`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from billing.models import Account
from billing.stripe import catalogue, reconcile
from billing.stripe.client import plays_stripe
from kernel.errors import RicochetError


class Command(BaseCommand):
    help = "Fills a Stripe account with the plans, and compares accounts with Stripe."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser(
            "products", help="make the plans' products and prices, and the portal's settings"
        )
        sync = actions.add_parser("sync", help="show where accounts differ from Stripe")
        sync.add_argument("--mend", action="store_true", help="write what Stripe says")

    def handle(self, *_: Any, **options: Any) -> None:
        if plays_stripe():
            self.stderr.write("No STRIPE_SECRET_KEY: the local double plays Stripe.")
        try:
            getattr(self, f"_{options['action']}")(options)
        except RicochetError as error:
            raise CommandError(f"{error} [{error.code}]") from error

    def _products(self, _options: dict[str, Any]) -> None:
        catalogue.fill(said=self.stdout.write)

    def _sync(self, options: dict[str, Any]) -> None:
        found = list(reconcile.compare())
        for one in found:
            here, there = _say(one.ours), _say(one.theirs)
            self.stdout.write(f"{one.account.tenant_id} {one.field}: {here}, at Stripe {there}")
        if not options["mend"]:
            self.stdout.write(f"{len(found)} differences. --mend writes what Stripe says.")
            return
        failures: list[str] = []

        def failed(account: Account, error: RicochetError) -> None:
            failures.append(f"{account.tenant_id}: {error} [{error.code}]")

        now = timezone.now()
        lost = reconcile.fetch_lost(now=now)
        mended = reconcile.mend(now=now, failed=failed)
        self.stdout.write(f"{mended} accounts mended, {lost} lost events fetched.")
        if failures:
            raise CommandError("\n".join(failures))


def _say(value: Any) -> str:
    return "nothing" if value in (None, "") else str(value)
