"""The back office's pages for 100,000 customers and 300,000 orders, against a small merchant's.

Both merchants are filled the same way, in one run, and asked through the whole stack of the web
process but its socket: middleware, session, queries, templates. What matters is the ratio: a page
that reads more rows than it shows grows with the merchant.
"""

import statistics
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.results import Row

CUSTOMERS = 100_000
SMALL = 1_000
SCRIPT = Path(__file__).with_name("many_rows.sql")
SLOWEST = 1.0  # seconds for any page of the large merchant
PAGES = {
    "home": "/",
    "home, 12 months": "/?periode=365",
    "customers": "/clients",
    "customers, search": "/clients?q=delmas+4",
    "customers, by wallet": "/clients?vue=cagnottes&tri=-balance",
    "orders": "/commandes",
    "orders, search": "/commandes?q=ferrand",
    "referrals": "/parrainage",
    "ranking, 12 months": "/fidelite/classement",
    "points given": "/fidelite/classement/points",
    "owed": "/cagnottes-dues",
    "accountant's file": "/cagnottes-dues/fichier",
}
_PASSWORD = "banc d’essai, grand et petit"


def measure(*, customers: int, rounds: int = 5) -> list[Row]:
    """One row for each page; raises where one does not answer with 200."""
    small, large = merchant("petit", SMALL), merchant("grand", customers)
    rows = []
    for name, path in PAGES.items():
        reference, ours = seconds(small, path, rounds), seconds(large, path, rounds)
        rows.append(
            Row(
                what=f"Page of {customers:,} customers: {name}".replace(",", "\u202f", 1),
                ours=f"{ours * 1000:.0f} ms",
                reference=f"{reference * 1000:.0f} ms for {SMALL:,}".replace(",", "\u202f"),
                ratio=f"{ours / reference:.1f}",
                aim="under 1 s",
                reached=ours < SLOWEST if customers >= CUSTOMERS else None,
            )
        )
    return rows


def merchant(slug: str, customers: int) -> Any:
    """A browser of the owner of a merchant with so many customers."""
    from django.conf import settings
    from django.db import connection
    from django.utils import timezone

    from accounts.models import Role
    from accounts.services import create_member
    from kernel.ledger.accounts import system_account_id
    from kernel.ledger.models import AccountKind
    from tenants.context import enter
    from tenants.features import Feature, switch
    from tenants.programme import versions
    from tenants.provisioning.services import provision_tenant
    from tests.fixtures.tenants import TenantClient

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    now = timezone.now()
    tenant = provision_tenant(name=slug.title(), slug=slug, now=now)
    tenant = switch(tenant_id=tenant.id, on=list(Feature))
    email = f"{slug}@exemple.fr"
    create_member(
        email=email, first_name="Inès", last_name="Test", password=_PASSWORD,
        tenant_id=tenant.id, role=Role.OWNER, now=now,
    )  # fmt: skip
    with enter(tenant):
        versions.publish(now=now, referrer_amount=800, referee_amount=500)
        issued = system_account_id(AccountKind.ISSUED, "EUR")
        with connection.cursor() as cursor:
            for statement in SCRIPT.read_text(encoding="utf-8").split(";\n"):
                if statement.strip():
                    cursor.execute(statement, {"n": customers, "issued": issued})
            cursor.execute("ANALYZE")
    browser = TenantClient(tenant)
    answer = browser.post("/connexion", {"email": email, "password": _PASSWORD})
    if answer.status_code != 302:
        raise RuntimeError(f"the log-in answered {answer.status_code}")
    return browser


def seconds(browser: Any, path: str, rounds: int) -> float:
    """The median of so many answers, after one that fills caches."""
    times = []
    for number in range(rounds + 1):
        started = time.perf_counter()
        answer = browser.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        if number:
            times.append(time.perf_counter() - started)
    return statistics.median(times)
