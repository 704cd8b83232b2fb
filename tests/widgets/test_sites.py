"""A merchant's sites: their origins and their public keys."""

from datetime import UTC, datetime

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from tenants.models import Tenant
from widgets.models import Site
from widgets.tracker import limits, selectors, services
from widgets.tracker.origins import InvalidOriginError, origin_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://www.exemple.fr/boutique?x=1", "https://www.exemple.fr"),
        ("  HTTPS://WWW.Exemple.FR:443/", "https://www.exemple.fr"),
        ("http://boutique-lumen.localhost:8100", "http://boutique-lumen.localhost:8100"),
        ("https://maison-été.fr", "https://xn--maison-t-h1ab.fr"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("https://exemple.fr.", "https://exemple.fr"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "",
        "exemple.fr",
        "ftp://exemple.fr",
        "javascript:alert(1)",
        "https://",
        "https://exemple.fr:99999",
        "https://a@exemple.fr",
        "https://exemple.fr evil",
        "https://*.exemple.fr",
        "https://[::1",
        "null",
    ],
)
def test_what_is_no_site_is_refused(url: str) -> None:
    with pytest.raises(InvalidOriginError) as caught:
        origin_of(url)
    assert caught.value.param == "origin"


def test_adding_a_site_twice_keeps_its_key(merchant: Tenant) -> None:
    first = services.register_site(url="https://www.exemple.fr/a", now=NOW)
    again = services.register_site(url="https://www.exemple.fr/b", now=NOW)
    assert again.public_key == first.public_key
    assert first.public_key.startswith("pk_live_")
    assert selectors.sites() == [first]


def test_a_site_that_was_removed_may_not_report(merchant: Tenant) -> None:
    site = services.register_site(url="https://autre.example", now=NOW)
    assert selectors.origin_is_allowed(tenant=merchant, origin="https://autre.example")
    services.remove_site(site=site, now=NOW)
    assert not selectors.origin_is_allowed(tenant=merchant, origin="https://autre.example")
    assert selectors.key_exists(public_key=site.public_key)  # other addresses may have its pages


def test_a_key_that_serves_two_sites_marks_the_one_that_spoke(merchant: Tenant) -> None:
    one = services.register_site(url="https://un.example", now=NOW)
    two = services.register_site(url="https://deux.example", now=NOW)
    services.site_seen(
        public_key=one.public_key, origin=two.origin, url=two.origin + "/x" * 400, now=NOW
    )
    assert dict(Site.objects.values_list("origin", "last_seen_at")) == {
        one.origin: None,
        two.origin: NOW,
    }
    two.refresh_from_db()
    assert len(two.last_seen_url) == 500


def caller(**meta: str) -> str:
    return limits.caller(RequestFactory().post("/w/orders", **meta))


def test_callers_are_told_apart_by_network_and_not_by_name(settings: Settings) -> None:
    """D9: the cache holds no address; an IPv6 home is one caller."""
    settings.ACCOUNTS_TRUST_PROXY = False
    assert caller(REMOTE_ADDR="203.0.113.1") != caller(REMOTE_ADDR="203.0.113.2")
    assert caller(REMOTE_ADDR="2001:db8::1") == caller(REMOTE_ADDR="2001:db8::2")
    assert caller(REMOTE_ADDR="2001:db8::1") != caller(REMOTE_ADDR="2001:db8:0:1::1")
    assert "203.0.113.1" not in caller(REMOTE_ADDR="203.0.113.1")
    assert caller(REMOTE_ADDR="") == caller(REMOTE_ADDR="")


def test_a_forged_forwarding_header_makes_nobody_new(settings: Settings) -> None:
    settings.ACCOUNTS_TRUST_PROXY = False
    plain = caller(REMOTE_ADDR="203.0.113.1")
    assert caller(REMOTE_ADDR="203.0.113.1", HTTP_X_FORWARDED_FOR="198.51.100.7") == plain
    settings.ACCOUNTS_TRUST_PROXY = True
    forged = "198.51.100.7, 203.0.113.1"
    assert caller(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forged) == plain
