"""What a shop’s pages report: what is taken, and what is answered."""

from datetime import timedelta

import pytest

from kernel.errors import TemporaryError
from tenants.activity.models import Order, OrderState, Refusal, Source
from tenants.activity.services import OrderChangedError
from tenants.profiles.models import Profile
from tenants.programme import conductor
from tests.widgets.origins import CLICK
from tests.widgets.reports import SHOP, Report, order, received
from widgets.models import Site


def test_an_order_from_the_shop_waits_for_confirmation(report: Report, site: Site) -> None:
    """What only a browser reported stays reported until a trusted source says the same."""
    response = report("/w/orders", order(site))
    assert received(response)
    assert response["Access-Control-Allow-Origin"] == SHOP
    assert "Origin" in response["Vary"]
    stored = Order.objects.select_related("profile").get(external_id="LUM-20418")
    assert (stored.source, stored.state) == (Source.TRACKER, OrderState.REPORTED)
    assert (stored.amount, stored.currency) == (8400, "EUR")
    assert stored.profile.email == "lea@example.com"


def test_the_same_order_again_counts_once(report: Report, site: Site) -> None:
    """R3: a reloaded thank-you page, a retry, a beacon."""
    assert all(received(report("/w/orders", order(site))) for _ in range(3))
    assert Order.objects.count() == 1


def test_an_account_is_noted_on_its_profile(report: Report, site: Site) -> None:
    body = {"key": site.public_key, "email": "noe@example.com", "visitor": f"{CLICK}.NADIA-4"}
    assert received(report("/w/accounts", body))
    assert Profile.objects.get(email="noe@example.com")


def test_a_greeting_marks_the_site(report: Report, site: Site) -> None:
    """O3: the checklist is ticked by a hit that was received."""
    assert received(report("/w/seen", {"key": site.public_key, "url": SHOP + "/lampes"}))
    site.refresh_from_db()
    assert site.last_seen_url == SHOP + "/lampes"
    assert site.last_seen_at is not None


def test_a_busy_site_is_not_written_at_every_greeting(report: Report, site: Site) -> None:
    report("/w/seen", {"key": site.public_key, "url": SHOP + "/1"})
    report("/w/seen", {"key": site.public_key, "url": SHOP + "/2"})
    site.refresh_from_db()
    assert site.last_seen_url == SHOP + "/1"
    Site.objects.update(last_seen_at=site.last_seen_at - timedelta(minutes=2))
    report("/w/seen", {"key": site.public_key, "url": SHOP + "/3"})
    site.refresh_from_db()
    assert site.last_seen_url == SHOP + "/3"


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"id": ...}, "id"),
        ({"id": "  "}, "id"),
        ({"id": 20418}, "id"),
        ({"id": "x" * 81}, "id"),
        ({"id": "a\u0000b"}, "id"),
        ({"id": "\ud800"}, "id"),
        ({"amount": ...}, "amount"),
        ({"amount": "8400"}, "amount"),
        ({"amount": 84.5}, "amount"),
        ({"amount": True}, "amount"),
        ({"amount": -1}, "amount"),
        ({"amount": 0}, "amount"),
        ({"amount": 10**18}, "amount"),
        ({"currency": "USD"}, "currency"),
        ({"currency": "euro"}, "currency"),
        ({"currency": ...}, "currency"),
        ({"email": "lea"}, "email"),
        ({"email": ["lea@example.com"]}, "email"),
        ({"email": ...}, "email"),
        ({"first_name": "https://evil.example"}, "first_name"),
        ({"last_name": {"$ne": ""}}, "last_name"),
        ({"key": "rk_live_secret"}, "key"),
        ({"key": ...}, "key"),
        ({"state": "confirmed"}, "state"),
        ({"source": "api"}, "source"),
        ({"ordered_at": "2020-01-01"}, "ordered_at"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(
    report: Report, site: Site, changes: dict[str, object], param: str
) -> None:
    """R26, ux D5: 400 with the field and the reason; nothing is stored."""
    response = report("/w/orders", order(site, **changes))
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["param"] == param
    assert problem["status"] == 400
    assert problem["detail"]
    assert problem["request_id"].startswith("req_")
    assert response["Access-Control-Allow-Origin"] == SHOP
    assert not Order.objects.exists()
    assert not Profile.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b'{"amount": NaN}',
        b'{"id": "a", "id": "b"}',
        b"[" * 8000,
        b'{"amount": ' + b"9" * 5000 + b"}",
        b'{"id": "' + b"x" * 9000 + b'"}',
    ],
)
@pytest.mark.parametrize("path", ["/w/orders", "/w/accounts", "/w/seen"])
def test_a_body_that_is_no_report_is_refused(
    report: Report, site: Site, path: str, body: bytes
) -> None:
    response = report(path, body)
    assert response.status_code == 400
    assert response.json()["code"] == "malformed_report"


def test_an_order_that_could_not_be_taken_is_shown_to_the_merchant(
    report: Report, site: Site
) -> None:
    """SP-23: with its code and field; a stranger's key leaves no trace."""
    report("/w/orders", order(site, currency="USD"))
    report("/w/orders", order(site, currency="USD", key="pk_live_" + "0" * 24))
    [refusal] = Refusal.objects.all()
    assert (refusal.source, refusal.external_id) == (Source.TRACKER, "LUM-20418")
    assert (refusal.code, refusal.param) == ("wrong_currency", "currency")


def test_an_id_that_is_taken_is_not_told_to_a_stranger(report: Report, site: Site) -> None:
    """R33: somebody else's order under this id answers as if it were new, and stays as it is."""
    report("/w/orders", order(site))
    assert received(report("/w/orders", order(site, email="zoe@example.com", amount=1)))
    [stored] = Order.objects.select_related("profile")
    assert (stored.amount, stored.profile.email) == (8400, "lea@example.com")


def test_a_conflict_below_is_shown_to_the_merchant_only(
    report: Report, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R33: what the sender could learn from is not said; SP-23: the merchant sees it."""

    def conflict(**facts: object) -> None:
        raise OrderChangedError(param="id")

    monkeypatch.setattr(conductor, "order_received", conflict)
    assert received(report("/w/orders", order(site)))
    refusal = Refusal.objects.get()
    assert (refusal.code, refusal.param) == ("order_already_received", "id")


def test_a_passing_failure_asks_to_be_tried_again(
    report: Report, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R9: 503, which the script answers with its second try; no refusal is noted."""

    def busy(**facts: object) -> None:
        raise TemporaryError

    monkeypatch.setattr(conductor, "order_received", busy)
    response = report("/w/orders", order(site))
    assert response.status_code == 503
    assert response["Access-Control-Allow-Origin"] == SHOP
    assert not Refusal.objects.exists()


@pytest.mark.parametrize(
    "visitor",
    ["", "not.a.visitor", ".", "018f3c7a.X", CLICK, f"{CLICK}.GONE-4", ".GONE-4", "é.é"],
)
def test_a_strange_cookie_does_not_cost_the_order(report: Report, site: Site, visitor: str) -> None:
    """The cookie lies in the customer's browser: the order stands without a referrer."""
    assert received(report("/w/orders", order(site, visitor=visitor)))
    assert Order.objects.count() == 1


def test_a_browser_cannot_tie_a_shop_id_to_an_email(report: Report, site: Site) -> None:
    report("/w/orders", order(site, customer_id="c-1"))
    assert Profile.objects.get(email="lea@example.com").external_id is None
    assert received(report("/w/orders", order(site, id="LUM-2", email=..., customer_id="c-2")))
    assert Profile.objects.filter(external_id="c-2").exists()
