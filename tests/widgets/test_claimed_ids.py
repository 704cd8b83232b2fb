"""R28: whoever reads a page can report any id; only the shop says whose it is."""

import json
from collections.abc import Callable, Iterator

import pytest
import time_machine

from billing.plans import Limit
from config.usage import COUNTS
from tenants.models import Tenant
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tests.fixtures.tenants import TenantClient
from tests.widgets.signing import NOW, SHOP, follow, name_in, token
from widgets.models import ShopKey, Site


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_an_id_that_a_visitor_made_up_keeps_nobody_out(
    client_for: Callable[..., TenantClient],
    key: tuple[ShopKey, str],
    camille: Profile,
    merchant: Tenant,
) -> None:
    body = {"key": Site.objects.get().public_key, "customer_id": "881"}
    sent = json.dumps(body)
    client = client_for(merchant)
    answer = client.post("/w/accounts", sent, content_type="text/plain", headers={"origin": SHOP})
    assert answer.status_code == 202
    claims = Profile.objects.get(external_id="881")
    assert COUNTS[Limit.PROFILES](merchant, NOW) == 1
    follow(client, token(key))
    assert name_in(client) == "Camille"
    camille.refresh_from_db()
    assert camille.external_id == "881"
    claims.refresh_from_db()
    assert claims.external_id is None and "881" not in claims.search_text


def test_an_id_that_the_shop_confirmed_is_taken_from_nobody(
    client_for: Callable[..., TenantClient],
    key: tuple[ShopKey, str],
    camille: Profile,
    merchant: Tenant,
) -> None:
    profiles.create(now=NOW, source="api", external_id="881", first_name="Nadia")
    client = client_for(merchant)
    follow(client, token(key))
    assert name_in(client) == "Nadia"
    camille.refresh_from_db()
    assert camille.external_id is None
