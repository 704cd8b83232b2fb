"""Which visits of a shared link are kept, and whose they are not."""

import pytest

from tenants.referrals.models import Click
from tests.fixtures.tenants import TenantClient
from tests.space.test_links import page_of
from widgets.links import flood


def test_previews_and_heads_are_nobodys_visit(visitor: TenantClient, code: str) -> None:
    for agent in ("WhatsApp/2.23", "facebookexternalhit/1.1", "Slackbot-LinkExpanding 1.0"):
        assert "og:title" in page_of(visitor, f"/r/{code}", HTTP_USER_AGENT=agent)
    assert visitor.head(f"/r/{code}").status_code == 200
    assert Click.objects.count() == 0


def test_a_page_fetched_ahead_is_nobodys_visit(visitor: TenantClient, code: str) -> None:
    ahead = visitor.get(f"/r/{code}", headers={"Sec-Purpose": "prefetch;prerender"})
    assert ahead.status_code == 200 and Click.objects.count() == 0


def test_more_than_people_click_is_shown_and_not_kept(
    visitor: TenantClient, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D6: a loop fills no table and ruins no figures; whoever else comes is counted."""
    monkeypatch.setattr(flood, "A_MINUTE", 3)
    for _ in range(5):
        assert "Camille" in page_of(visitor, f"/r/{code}")
    assert Click.objects.count() == 3
    page_of(visitor, f"/r/{code}", REMOTE_ADDR="203.0.113.9")
    assert Click.objects.count() == 4
