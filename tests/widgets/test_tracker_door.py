"""Who may report, and how often."""

import secrets
from collections.abc import Callable

import pytest

from tenants.activity.models import Order, Refusal
from tenants.lookup import forget
from tenants.models import Tenant
from tenants.programme.outcomes import refusal_text
from tests.fixtures.tenants import TenantClient
from tests.widgets.reports import NOW, SHOP, Report, new_network, order, received
from widgets.models import Site
from widgets.tracker import limits
from widgets.tracker.services import register_site, remove_site


@pytest.mark.parametrize("path", ["/w/orders", "/w/accounts", "/w/seen"])
@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://boutique-lumen.example.evil.example",
        "http://boutique-lumen.example",
        "https://boutique-lumen.example:8443",
        "https://Boutique-Lumen.example",
        SHOP + "/",
        "null",
        "",
        None,
    ],
)
def test_another_sites_page_may_not_report(
    report: Report, site: Site, path: str, origin: str | None
) -> None:
    """R28, R35: the exact origin, and no CORS header for anybody else."""
    response = report(path, order(site), origin)
    assert response.status_code == 403
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "origin_not_allowed"
    assert "Access-Control-Allow-Origin" not in response
    assert not Order.objects.exists()
    site.refresh_from_db()
    assert site.last_seen_at is None


def test_the_merchants_own_shop_may_report_without_being_added(
    report: Report, site: Site, merchant: Tenant
) -> None:
    merchant.site_url = "https://www.lumen.example/fr/"
    merchant.save()
    forget(merchant)
    try:
        assert received(report("/w/orders", order(site), "https://www.lumen.example"))
    finally:
        forget(merchant)  # what was remembered is rolled back with this test
    assert Order.objects.count() == 1


def test_a_preflight_is_answered_for_the_shop_only(
    site: Site, merchant: Tenant, client_for: Callable[..., TenantClient]
) -> None:
    client = client_for(merchant)
    allowed = client.options("/w/orders", headers={"origin": SHOP})
    assert allowed.status_code == 204
    assert allowed["Access-Control-Allow-Origin"] == SHOP
    assert allowed["Access-Control-Allow-Methods"] == "POST"
    assert allowed["Access-Control-Allow-Headers"] == "Content-Type"
    assert "Access-Control-Allow-Credentials" not in allowed
    refused = client.options("/w/orders", headers={"origin": "https://evil.example"})
    assert refused.status_code == 403
    assert "Access-Control-Allow-Origin" not in refused
    assert client.get("/w/orders", headers={"origin": SHOP}).status_code == 405


def test_an_unknown_key_gets_the_same_answer_and_changes_nothing(
    report: Report, site: Site
) -> None:
    """R33: byte for byte, but for the request's own id."""
    known = report("/w/orders", order(site))
    unknown = report("/w/orders", order(site, key="pk_live_" + "0" * 24, id="LUM-2"))
    volatile = {"X-Request-Id", "RateLimit-Remaining", "RateLimit-Reset"}
    assert unknown.content == known.content
    assert unknown.status_code == known.status_code
    assert {k: v for k, v in unknown.items() if k not in volatile} == {
        k: v for k, v in known.items() if k not in volatile
    }
    assert Order.objects.count() == 1
    assert received(report("/w/seen", {"key": "pk_live_" + "0" * 24}))
    assert not Site.objects.filter(last_seen_at__isnull=False).exists()


def test_another_merchants_key_is_unknown_here(
    report: Report, site: Site, other_merchant: Tenant
) -> None:
    """R23: a key belongs to one schema."""
    from tenants.context import enter

    with enter(other_merchant):
        foreign = register_site(url=SHOP, now=NOW).public_key
    assert received(report("/w/orders", order(site, key=foreign)))
    assert not Order.objects.exists()


def test_a_flood_from_one_address_is_slowed(
    report: Report, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ux D6: 429 with Retry-After, readable by the page."""
    monkeypatch.setattr(limits, "GREETINGS", 3)
    body = {"key": site.public_key}
    answers = [report("/w/seen", body) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [202, 202, 202, 429]
    assert answers[0]["RateLimit-Remaining"] == "2"
    assert 1 <= int(answers[3]["Retry-After"]) <= 60
    assert answers[3]["Access-Control-Allow-Origin"] == SHOP
    assert answers[3]["Access-Control-Expose-Headers"] == "Retry-After"
    assert answers[3].json()["code"] == "too_many_reports"
    assert report("/w/seen", body, REMOTE_ADDR=new_network()).status_code == 202


def test_a_flood_under_one_key_is_slowed_wherever_it_comes_from(
    report: Report, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PER_KEY", 2)
    answers = [
        report(
            "/w/seen",
            {"key": site.public_key},
            REMOTE_ADDR=f"2001:db8:{secrets.randbelow(65536):x}:{n}::1",
        )
        for n in range(3)
    ]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert 1 <= int(answers[2]["Retry-After"]) <= 60


def test_whoever_greets_too_much_keeps_no_order_out(
    report: Report, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R4: a house of many visitors, or a key that is used up from everywhere."""
    monkeypatch.setattr(limits, "GREETINGS", 1)
    monkeypatch.setattr(limits, "PER_KEY", 1)
    monkeypatch.setattr(limits, "PER_ADDRESS", 3)  # as many as orders come: greetings are apart
    greetings = [report("/w/seen", {"key": site.public_key}) for _ in range(2)]
    assert [answer.status_code for answer in greetings] == [202, 429]
    for number in range(3):
        assert received(report("/w/orders", order(site, id=f"LUM-{number}")))
    assert Order.objects.count() == 3


def test_orders_that_were_slowed_are_told_to_the_merchant_once(
    report: Report, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SP-23: whoever was told to wait may have left."""
    monkeypatch.setattr(limits, "PER_ADDRESS", 1)
    answers = [report("/w/orders", order(site, id=f"LUM-{number}")) for number in range(3)]
    assert [answer.status_code for answer in answers] == [202, 429, 429]
    [told] = Refusal.objects.all()
    assert told.code == "too_many_reports"
    assert refusal_text(told).startswith("Trop d’envois")


def test_a_shop_that_moves_keeps_the_key_in_its_pages(
    report: Report, site: Site, merchant: Tenant
) -> None:
    """R4: the theme moves with its tag; the old address is taken off the list."""
    moved = "https://nouvelle-adresse.example"
    register_site(url=moved, now=NOW)
    remove_site(site=site, now=NOW)
    assert report("/w/orders", order(site)).status_code == 403
    assert received(report("/w/orders", order(site), moved))
    assert received(report("/w/seen", {"key": site.public_key}, moved))
    assert Order.objects.count() == 1
    assert Site.objects.get().last_seen_at is not None
    again = register_site(url=SHOP, now=NOW)
    assert (again.public_key, Site.objects.count()) == (site.public_key, 2)


def test_reports_are_taken_when_the_cache_is_down(
    report: Report, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R8: nothing is counted, nothing refused, nothing lost."""
    from django.core.cache.backends.redis import RedisCacheClient
    from redis.exceptions import ConnectionError as Down

    def fail(*args: object, **kwargs: object) -> None:
        raise Down

    for name in ("add", "get", "incr", "set"):
        monkeypatch.setattr(RedisCacheClient, name, fail)
    monkeypatch.setattr(limits, "PER_ADDRESS", 1)
    assert received(report("/w/orders", order(site)))
    assert received(report("/w/orders", order(site, id="LUM-2")))
    assert Order.objects.count() == 2
