"""What is put forward on the shop: what the server says of it."""

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from tenants.features import Feature, switch
from tenants.models import Tenant
from tenants.programme import versions
from tests.fixtures.tenants import TenantClient
from widgets.models import WidgetKind
from widgets.shown import bundle, selectors
from widgets.shown.services import save_launcher

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NO_WORDS = selectors.Words(label="", title="", text="", action="")


@pytest.fixture
def rules(merchant: Tenant) -> None:
    versions.publish(
        now=NOW, name="Ma cagnotte", referrer_amount=800, referee_amount=500, minimum_order=3000
    )


def shown(tenant: Tenant) -> list[dict[str, Any]]:
    response = TenantClient(tenant).get("/w/widgets.json")
    assert response.status_code == 200 and not response.cookies
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "max-age=300" in response["Cache-Control"]
    found: list[dict[str, Any]] = json.loads(response.content)["widgets"]
    return found


def test_nothing_is_shown_until_the_merchant_says_so(merchant: Tenant, rules: None) -> None:
    assert shown(merchant) == []
    save_launcher(active=False, words=NO_WORDS, now=NOW)
    assert shown(merchant) == []


def test_empty_words_follow_the_rules_in_force(merchant: Tenant, rules: None) -> None:
    """What the shop reads stays true when the rules change."""
    save_launcher(active=True, words=NO_WORDS, now=NOW)
    [entry] = shown(merchant)
    assert entry["show"]["label"] == "Parrainez, gagnez 8,00\u00a0€"
    assert "5,00\u00a0€" in entry["show"]["text"]
    assert entry["show"]["url"].endswith("/espace")
    versions.publish(
        now=timezone.now(),
        name="Ma cagnotte",
        referrer_amount=0,
        referee_amount=500,
        minimum_order=0,
    )
    [entry] = shown(merchant)
    assert entry["show"]["label"] == "Parrainez vos proches"


def test_words_of_the_merchants_own_are_shown_in_their_language(
    merchant: Tenant, rules: None
) -> None:
    words = selectors.Words(label="Un cadeau", title="", text="Dites-le.", action="", side="left")
    save_launcher(active=True, words=words, now=NOW)
    merchant.language = "en"
    merchant.save(update_fields=["language"])
    from tenants import lookup

    lookup.forget(merchant)
    [entry] = shown(merchant)
    assert (entry["show"]["label"], entry["show"]["side"]) == ("Un cadeau", "left")
    assert entry["show"]["lang"] == "en" and entry["show"]["close"] == "Close"


@pytest.mark.parametrize("off", ["module", "rules"])
def test_a_programme_that_is_closed_is_not_put_forward(
    merchant: Tenant, rules: None, off: str
) -> None:
    """OF-07: what is off is not shown."""
    save_launcher(active=True, words=NO_WORDS, now=NOW)
    assert len(shown(merchant)) == 1
    if off == "module":
        switch(tenant_id=merchant.id, off=[Feature.REFERRAL])
    else:
        versions.publish(
            now=timezone.now(), name="Ma cagnotte", referrer_amount=800, referee_amount=500,
            minimum_order=3000, active=False,
        )  # fmt: skip
    assert shown(merchant) == []


def test_the_script_of_a_widget_is_small_pinned_and_for_ever(merchant: Tenant) -> None:
    """R34, R35: an immutable address with SRI; no HTML is parsed, nothing evaluated or stored."""
    packed = bundle.current(WidgetKind.LAUNCHER)
    assert len(packed.gzip) <= 4 * 1024
    assert gzip.decompress(packed.gzip) == packed.body
    client = TenantClient(merchant)
    response = client.get(f"/w/launcher.{packed.digest}.js")
    assert response.content == packed.body
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get(f"/w/launcher.{'0' * 16}.js").status_code == 404
    assert client.get(f"/w/nothing.{packed.digest}.js").status_code == 404
    for sink in ("innerHTML", "outerHTML", "document.write", "eval(", "Function(", "Storage",
                 "cookie", "insertAdjacent"):  # fmt: skip
        assert sink not in packed.body.decode()
