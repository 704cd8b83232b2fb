"""What protects a tenant's tables without being a migration.

Put on after the tables, by provisioning and by every run of the fleet's migration: so a guard
can be another one where the database allows no triggers, and never blocks a migration's plan.
Which guards a schema has is noted beside its migrations, so that the fleet's survey finds who
lacks one.
"""

import functools
import hashlib
from collections.abc import Iterator

from django.conf import settings
from django.utils.module_loading import import_string

from tenants.provisioning.dedicated import Connection

# Dotted paths to lists of statements; each one can be run again without harm.
DEFAULT = ("kernel.ledger.guard.SQL", "tenants.profiles.guard.SQL", "operations.guard.SQL")
APP = "guards"
# The same for tables of the public schema.
PUBLIC = ("console.guard.SQL",)


def statements() -> Iterator[str]:
    """Every guard's SQL, one statement at a time, in order."""
    for path in getattr(settings, "TENANT_GUARDS", DEFAULT):
        yield from import_string(path)


@functools.cache
def version() -> str:
    """Names this set of guards in a schema's django_migrations, as app `guards`."""
    return hashlib.sha256("\n".join(statements()).encode()).hexdigest()


def apply(own: Connection) -> None:
    """Put every guard on the schema that this connection's path begins with, and note it."""
    for statement in statements():
        own.execute(statement.encode())
    own.execute(
        "INSERT INTO django_migrations (app, name, applied)"
        " SELECT %(app)s::text, %(name)s::text, now() WHERE NOT EXISTS (SELECT"
        " FROM django_migrations WHERE app = %(app)s::text AND name = %(name)s::text)",
        {"app": APP, "name": version()},
    )


def apply_to_public(own: Connection) -> None:
    """Put the guards of the shared tables on them."""
    for path in PUBLIC:
        for statement in import_string(path):
            own.execute(statement.encode())
