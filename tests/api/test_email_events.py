"""What mail providers report: arrived, came back, unwanted. Any provider can be wired to it."""

from typing import Any

import pytest
from django.utils import timezone

from tenants.context import enter
from tenants.messaging import permission, services
from tenants.messaging.models import Bounce, Email, Outcome
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tests.api.conftest import Shop


@pytest.fixture
def email(shop: Shop, nadia: tuple[Profile, str]) -> Email:
    services.queue(
        kind="prize_claimed",
        to=nadia[0].email,
        key="k",
        context={"prize": "Bougie", "code": "ABC"},
        profile=nadia[0],
        now=timezone.now(),
    )
    return Email.objects.get()


def event(email: Email, kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "message_id": f"<{email.id}@ricochet.localhost>", **more}


def test_a_bounce_stops_all_further_emails_once(shop: Shop, email: Email) -> None:
    """R3: the same event under another key changes nothing more."""
    for _twice in range(2):
        answer = shop.post("email-events", event(email, "bounced", status="5.1.1"))
        assert answer.status_code == 201
        assert answer.json()["email"] == {"id": email.public_id}
    assert Bounce.objects.get().status == "5.1.1"
    assert permission.may_write(address=email.to, marketing=False) == "bounced"
    email.refresh_from_db()
    assert email.outcome == Outcome.BOUNCED


def test_a_complaint_unsubscribes(shop: Shop, email: Email) -> None:
    assert shop.post("email-events", event(email, "complained")).status_code == 201
    profile = Profile.objects.get(email=email.to)
    assert profile.unsubscribed_at is not None
    assert permission.may_write(address=email.to, marketing=True) == "unsubscribed"
    assert not Bounce.objects.exists()


def test_older_news_does_not_replace_newer(shop: Shop, email: Email) -> None:
    shop.post("email-events", event(email, "delivered", occurred_at="2026-03-14T12:00:00Z"))
    shop.post("email-events", event(email, "bounced", occurred_at="2026-03-14T11:00:00Z"))
    email.refresh_from_db()
    assert email.outcome == Outcome.DELIVERED


def test_an_address_stands_in_for_the_message_id(shop: Shop, email: Email) -> None:
    body = {"type": "delivered", "address": email.to.upper()}
    assert shop.post("email-events", body).json()["email"]["id"] == email.public_id


@pytest.mark.parametrize(
    ("change", "status", "param"),
    [
        ({"type": "opened"}, 400, "type"),
        ({"message_id": "", "address": ""}, 400, "message_id"),
        ({"message_id": "<nonsense@x>"}, 404, "message_id"),
        ({"message_id": "<0193f0a0-0000-7000-8000-000000000001@x>"}, 404, "message_id"),
        ({"status": "550 Unknown camille@exemple.fr"}, 400, "status"),
        ({"opened_at": "x"}, 400, "opened_at"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(
    shop: Shop, email: Email, change: dict[str, str], status: int, param: str
) -> None:
    answer = shop.post("email-events", {**event(email, "bounced"), **change})
    assert (answer.status_code, answer.json()["param"]) == (status, param)
    assert not Bounce.objects.exists()


def test_another_merchants_key_and_other_scopes_reach_nothing(
    shop: Shop, email: Email, shop_with: Any, other_merchant: Tenant
) -> None:
    """R23."""
    narrow = shop_with(shop.tenant, scopes=["orders:write"])
    assert narrow.post("email-events", event(email, "bounced")).status_code == 403
    with enter(other_merchant):
        foreign = shop_with(other_merchant)
    assert foreign.post("email-events", event(email, "bounced")).status_code == 404
    assert not Bounce.objects.exists()
