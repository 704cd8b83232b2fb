"""What carries its merchant: cookies, links in emails, keys in the cache."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import redis
from django.conf import settings
from django.core import mail
from django.db import connection
from django.utils import timezone

from config.outbox import HANDLERS
from kernel.outbox.relay import relay
from tenants.context import enter
from tenants.models import Tenant
from tests.fixtures.tenants import TenantClient, host_of
from tests.isolation.conftest import PASSWORD, Side, Visitor
from tests.isolation.surface import For, address, for_whom
from widgets.space import sessions

# Keys that belong to the platform and name no merchant's data.
_PLATFORM = re.compile(r"^(public:|_kombu|unacked|ricochet$|celery|worker:)")


def cookies_set(tenant: Tenant, owner: Any) -> dict[str, Any]:
    """Every cookie that a visit, a log-in and a space set."""
    client = TenantClient(tenant)
    client.get("/connexion")
    client.post("/connexion", {"email": owner.email, "password": PASSWORD})
    client.post("/apparence", {"theme": "dark"})
    client.post("/langue", {"language": "en"})
    return dict(client.cookies)


def test_cookies_that_open_something_are_tied_to_one_host(lumen: Side) -> None:
    """R27: `__Host-`, so no sibling can set or read them; and out of reach of scripts."""
    found = cookies_set(lumen.tenant, lumen.owner)
    client = TenantClient(lumen.tenant)
    client.post(address("widgets:space_enter", lumen))
    found |= dict(client.cookies)
    opening = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, sessions.COOKIE}
    assert opening <= set(found)
    for name, morsel in found.items():
        assert morsel["domain"] == "", name
        assert morsel["secure"], name
        assert morsel["samesite"] in ("Lax", "Strict"), name
        if name in opening:
            assert name.startswith("__Host-")
            assert morsel["path"] == "/"
            assert morsel["httponly"]


def test_a_cookie_that_a_sibling_set_for_the_parent_domain_changes_nothing(
    lumen: Side, marin: Side, come_as: Callable[..., Visitor]
) -> None:
    """R27: a sibling can send cookies along, but none of a `__Host-` name."""
    visitor = come_as(lumen.owner, at=lumen.tenant)
    space = TenantClient(lumen.tenant)
    space.cookies[sessions.COOKIE] = lumen.space_cookie
    before = visitor.send("get", "/compte").status_code
    for name in ("session", "sessionid", "csrftoken", "csrf", "espace", "messages"):
        visitor.client.cookies[name] = "evil"
        space.cookies[name] = marin.space_cookie
    assert before == visitor.send("get", "/compte").status_code == 200
    assert "Bonjour" in space.get("/espace").content.decode()


def deliver(tenant: Tenant) -> str:
    """Send what waits in a merchant's outbox and in the shared one; the words of it all."""
    mail.outbox.clear()
    for place in (tenant, None):
        if place is None:
            connection.set_schema_to_public()
            while relay(handlers=HANDLERS, clock=timezone.now):
                pass
        else:
            with enter(place):
                while relay(handlers=HANDLERS, clock=timezone.now):
                    pass
    return "\n".join(
        part.get_payload(decode=True).decode()
        for message in mail.outbox
        for part in message.message().walk()
        if part.get_content_maintype() == "text"
    )


@pytest.fixture
def quiet(lumen: Side) -> Side:
    """Maison Lumen with every email so far delivered."""
    deliver(lumen.tenant)
    connection.set_tenant(lumen.tenant)
    return lumen


HEADERS: list[dict[str, str]] = [
    {"HTTP_X_FORWARDED_HOST": "evil.example"},
    {"HTTP_FORWARDED": "host=evil.example"},
    {"HTTP_X_ORIGINAL_HOST": "evil.example", "HTTP_X_HOST": "evil.example"},
]


@pytest.mark.parametrize("headers", [*HEADERS, {"port": "6666"}, {"case": "upper"}])
@pytest.mark.parametrize("path", ["/mot-de-passe/oublie", "/espace/lien"])
def test_links_in_emails_come_from_the_stored_domain(
    quiet: Side, headers: dict[str, str], path: str
) -> None:
    """R30: whatever the Host headers say."""
    host = host_of(quiet.tenant)
    if "port" in headers:
        headers = {"HTTP_HOST": f"{host}:6666", "HTTP_ORIGIN": f"http://{host}:6666"}
    elif "case" in headers:
        headers = {"HTTP_HOST": host.upper()}
    email = quiet.owner.email if "passe" in path else quiet.profile.email
    response = TenantClient(quiet.tenant).post(path, {"email": email}, **headers)
    assert response.status_code in (200, 302)
    text = deliver(quiet.tenant)
    assert text, "no email left"
    assert "evil.example" not in text
    assert "6666" not in text
    links = re.findall(r"https?://([^/\s\"]+)/(?:espace|mot-de-passe)", text)
    port = f":{settings.PLATFORM_PORT}" if settings.PLATFORM_PORT else ""
    assert links
    assert set(links) == {f"{host}{port}"}


def test_an_unknown_host_is_a_plain_page(lumen: Side) -> None:
    """Bad input: no trace, and nothing of any merchant."""
    client = TenantClient(lumen.tenant)
    for host in ("evil.example", "nobody.ricochet.localhost", "ricochet.localhost.evil.example"):
        response = client.get("/", HTTP_HOST=host)
        assert response.status_code == 404
        assert len(response.content) < 500
        assert not response.cookies


def test_every_key_in_the_cache_carries_its_schema(
    lumen: Side, marin: Side, come_as: Callable[..., Visitor]
) -> None:
    """R21: seen in Valkey itself, after the pages of both merchants were driven."""
    server = redis.Redis.from_url(settings.REDIS_URL, decode_responses=True)
    before = set(server.scan_iter("*"))
    for side in (lumen, marin):
        visitor = come_as(side.owner, at=side.tenant)
        for name, _page in for_whom(For.MEMBER, For.ANYBODY):
            visitor.send("get", address(name, side))
        client = TenantClient(side.tenant)
        client.get(f"/r/{side.code}")
        client.get("/r/NOBODY-0000")
        client.post("/espace/lien", {"email": side.profile.email})
        client.defaults["HTTP_ORIGIN"] = side.shop
        body = {"key": side.site.public_key, "url": side.shop}
        client.post("/w/seen", body, content_type="application/json")
        client.get("/api/v1/orders", headers={"Authorization": f"Bearer {side.secret}"})
    found = set(server.scan_iter("*")) - before
    schemas = (lumen.tenant.schema_name, marin.tenant.schema_name)
    for schema in schemas:
        assert [key for key in found if schema in key], "nothing was cached: this proves nothing"
    loose = [key for key in found if not key.startswith(schemas) and not _PLATFORM.match(key)]
    assert loose == []
