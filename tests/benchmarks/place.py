"""Where everything is measured: our own servers with durable data, the web, and one merchant.

The data directory is temporary and goes with the run. Django is set up in this process too, for
what is measured without HTTP.
"""

import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.commands import DOMAIN, Ports
from deploy.local.processes import Child, wait_until
from deploy.local.stack import Stack

SLUG = "banc-d-essai"
# Addresses come from a header: limits are for each browser, and one machine plays many.
_ENV = {"RICOCHET_LOG_LEVEL": "WARNING", "RICOCHET_TRUST_PROXY": "1"}
REFERRERS = 200
# The most that deploy/README.md advises: kept-alive connections that meet in one process share its
# one core.
_WEB_WORKERS = 2 * (os.cpu_count() or 1)


@dataclass(frozen=True)
class Shop:
    """The merchant that is measured, and what a caller needs of it."""

    schema: str
    host: str
    secret: str
    codes: tuple[str, ...]


@contextmanager
def running_stack() -> Iterator[Stack]:
    """PostgreSQL and Valkey, migrated, with the environment of this process pointing there."""
    data = Path(tempfile.mkdtemp(prefix="ricochet-bench-"))
    data.chmod(0o755)  # PostgreSQL runs as somebody else when we are root
    stack = Stack(
        data_dir=data, ports=Ports.free(), durable=True, env=_ENV, web_workers=_WEB_WORKERS
    )
    try:
        stack.start_postgres()
        stack.start_valkey()
        stack.prepare(seed=False)
        os.environ.update(stack.environment())
        import django

        django.setup()
        yield stack
    finally:
        stack.stop()
        shutil.rmtree(data, ignore_errors=True)


def start_web(stack: Stack) -> None:
    """Start the web as production does, and wait until it answers."""
    stack.start("web")
    web = stack.parts["web"]
    assert isinstance(web, Child)
    wait_until(lambda: stack.status("web", "/") != 0, child=web, seconds=60, what="the web")


def referrer_email(number: int) -> str:
    """How bare_order.sql finds a referrer."""
    return f"parrain-{number}@exemple.fr"


def open_shop() -> Shop:
    """A merchant with a programme in force, 200 referrers with codes, and a secret key."""
    from django.utils import timezone

    from api.services import create_key
    from tenants.context import enter
    from tenants.features import Feature, switch
    from tenants.profiles import services as profiles
    from tenants.programme import versions
    from tenants.provisioning.services import provision_tenant
    from tenants.referrals import codes
    from tenants.referrals.models import SuspicionRules

    now = timezone.now()
    tenant = provision_tenant(
        name="Banc d’essai", slug=SLUG, site_url="https://boutique.example", now=now
    )
    switch(tenant_id=tenant.id, on=[Feature.REFERRAL])
    with enter(tenant):
        versions.publish(
            now=now, referrer_amount=800, referee_amount=500, minimum_order=3000, pending_days=14
        )
        # In a minute of load each referrer brings more friends than anybody does in a year: held
        # back, their orders would not write what pgbench writes.
        SuspicionRules.objects.create(most=1_000_000)
        made = []
        for number in range(REFERRERS):
            profile = profiles.create(
                email=referrer_email(number),
                first_name=random.choice(["Camille", "Thomas", "Inès", "Hugo", "Léa"]),
                last_name="Rouvière",
                source="manual",
                now=now,
            )
            made.append(codes.code_for(profile=profile, now=now).code)
        _key, secret = create_key(name="Boutique", scopes=["orders:write"], mode="live", now=now)
    return Shop(
        schema=tenant.schema_name, host=f"{SLUG}.{DOMAIN}", secret=secret, codes=tuple(made)
    )


def count(shop: Shop, table: str) -> int:
    """How many rows a table of the merchant holds."""
    from django.db import connection
    from psycopg import sql

    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(shop.schema, table))
        )
        found: int = cursor.fetchone()[0]
    return found


def postgres_version() -> str:
    """Such as "18.6"."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0]).split()[0]


def forget_waiting(shop: Shop) -> None:
    """Empty the outbox of what was measured before: a worker would deliver all of it first."""
    from django.db import connection
    from psycopg import sql

    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("DELETE FROM {}").format(sql.Identifier(shop.schema, "outbox_event"))
        )
