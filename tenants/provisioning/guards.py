"""What protects a tenant's tables without being a migration.

Put on after the tables, by provisioning and by every run of the fleet's migration: so a guard
can be another one where the database allows no triggers, and never blocks a migration's plan.
"""

from collections.abc import Iterator

from django.conf import settings
from django.utils.module_loading import import_string

from tenants.provisioning.dedicated import Connection

# Dotted paths to lists of statements; each one can be run again without harm.
DEFAULT = ("kernel.ledger.guard.SQL",)


def statements() -> Iterator[str]:
    """Every guard's SQL, one statement at a time, in order."""
    for path in getattr(settings, "TENANT_GUARDS", DEFAULT):
        yield from import_string(path)


def apply(own: Connection) -> None:
    """Put every guard on the schema that this connection's path begins with."""
    for statement in statements():
        own.execute(statement.encode())
