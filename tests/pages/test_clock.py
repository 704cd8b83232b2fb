"""R11: days on every page are the merchant's days, whatever zone the server is in."""

from datetime import UTC, datetime

import time_machine

from tenants import lookup
from tenants.models import Tenant
from tenants.profiles import services as profiles
from tests.fixtures.tenants import TenantClient

# Half past four in London: the 5th in Paris and Montréal, in Nouméa the 6th already.
EVENING = datetime(2026, 3, 5, 16, 30, tzinfo=UTC)


def test_dates_and_hours_are_those_of_the_merchant(claire: TenantClient, merchant: Tenant) -> None:
    with time_machine.travel(EVENING, tick=False):
        person = profiles.create(
            email="awa@exemple.fr", first_name="Awa", source="manual", now=EVENING
        )
        path = f"/clients/{person.public_id}/facture"
        for zone, day in (
            ("Europe/Paris", "05/03/2026"),
            ("Pacific/Noumea", "06/03/2026"),
            ("America/Montreal", "05/03/2026"),
        ):
            Tenant.objects.filter(id=merchant.id).update(timezone=zone)
            merchant.refresh_from_db()
            lookup.forget(merchant)
            assert day in claire.get(path).content.decode(), zone
