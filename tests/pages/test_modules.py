"""Settings > Modules: what is off is neither shown nor reachable (OF-07)."""

from tenants.features import Feature, is_on, switch
from tenants.models import Tenant
from tests.fixtures.tenants import TenantClient


def test_the_owner_switches_a_module_off_and_on_again(
    owner: TenantClient, claire: TenantClient, merchant: Tenant
) -> None:
    assert claire.post("/reglages/modules/loyalty", {"on": "0"}).status_code == 403
    page = owner.get("/reglages/modules").content.decode()
    assert page.count('aria-checked="true"') == len(Feature)
    after = owner.post("/reglages/modules/loyalty", {"on": "0"}, follow=True).content.decode()
    assert "Fidélité\u00a0: éteint" in after and after.count('aria-checked="false"') == 1
    merchant.refresh_from_db()
    assert not is_on(Feature.LOYALTY, tenant=merchant)
    owner.post("/reglages/modules/loyalty", {"on": "1"})
    owner.post("/reglages/modules/loyalty", {"on": "1"})  # a double click
    merchant.refresh_from_db()
    assert is_on(Feature.LOYALTY, tenant=merchant)


def test_switching_leaves_the_other_modules_as_they_are(merchant: Tenant) -> None:
    switch(tenant_id=merchant.id, off=[Feature.LOYALTY])
    merchant.refresh_from_db()
    assert merchant.modules == ["referral", "tiers", "campaigns"]


def test_an_unknown_module_is_not_there(owner: TenantClient) -> None:
    assert owner.post("/reglages/modules/casino", {"on": "1"}).status_code == 404
