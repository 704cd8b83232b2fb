"""A merchant to be backed up and restored, and what it holds."""

from datetime import timedelta
from typing import Any

from kernel.ledger import selectors as ledger
from tenants.context import enter
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tenants.programme import conductor
from tenants.provisioning import tables
from tenants.provisioning.dedicated import connect
from tests.fixtures.programme import NOW, make_order

DUE = NOW + timedelta(days=20)


def order(camille: Profile, **changes: Any) -> None:
    conductor.order_received(
        order=make_order(referral_code=camille.referral_code.code, **changes), now=NOW
    )


def held(tenant: Tenant) -> dict[str, tables.Contents]:
    with connect() as own:
        return {
            table: tables.contents(own, tenant.schema_name, table, columns)
            for table, columns in tables.columns_of(own, tenant.schema_name).items()
        }


def camille_has(tenant: Tenant) -> tuple[int, int]:
    with enter(tenant):
        found = ledger.balance(owner_id=Profile.objects.get(first_name="Camille").id, unit="EUR")
        return found.available, found.pending
