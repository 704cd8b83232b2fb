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


def test_what_is_off_is_found_where_it_is_switched_on(
    claire: TenantClient, merchant: Tenant
) -> None:
    """OF-07, B18: the module's pages are not found, the way to it is."""
    switch(tenant_id=merchant.id, off=[Feature.CAMPAIGNS, Feature.LOYALTY])
    for word, name in (("campagne", "Campagnes et relances"), ("fidélité", "Fidélité")):
        found = claire.get(f"/search?q={word}").content.decode()
        assert f"Activer le module {name}" in found and "/reglages/modules" in found
        assert 'href="/campagnes"' not in found and 'href="/fidelite"' not in found
    switch(tenant_id=merchant.id, on=[Feature.CAMPAIGNS, Feature.LOYALTY])
    assert "Activer le module" not in claire.get("/search?q=campagne").content.decode()
