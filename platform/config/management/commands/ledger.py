"""`manage.py ledger check`: works every balance out again from the transfers."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from kernel.ledger import selectors
from tenants.context import enter
from tenants.due import active_tenants


class Command(BaseCommand):
    help = "Proves that the books of every merchant add up."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["check"])
        parser.add_argument("--tenant", help="one merchant's slug; default: all of them")

    def handle(self, *_: Any, **options: Any) -> None:
        connection.set_schema_to_public()  # type: ignore[attr-defined]
        wrong = 0
        for tenant in active_tenants():
            if options["tenant"] not in (None, tenant.slug):
                continue
            with enter(tenant):
                found = selectors.discrepancies()
            self.stdout.write(f"{tenant.slug}: {'the books add up' if not found else 'WRONG'}")
            for sentence in found:
                self.stdout.write(f"  {sentence}")
            wrong += len(found)
        if wrong:
            raise CommandError(f"{wrong} things do not add up")
