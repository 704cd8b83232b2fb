"""The platform's own host, to browse by hand and in a browser."""

import re
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone
from pytest_django import Settings

from config.outbox import HANDLERS
from kernel.outbox.relay import relay
from signup import sealed
from tenants import lookup
from tenants.models import Tenant
from tests.fixtures.tenants import TenantClient

ORIGIN = "http://ricochet.localhost"
PASSWORD = "quatre mots sans rapport"
LEA = {
    "shop_name": "Atelier Brume",
    "slug": "",
    "email": "lea@atelier-brume.fr",
    "plan": "growing",
    "interval": "month",
    "terms": "on",
}


@pytest.fixture(autouse=True)
def quick(offices: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap passwords, people who type at once; and schemas go with the test that made them."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(sealed, "SOONEST", timedelta(0))
    lookup.forget_locally()


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def visitor() -> TenantClient:
    """Somebody at the platform's own address."""
    return TenantClient(None)


def sealed_field(html: str) -> str:
    found = re.search(r'name="sealed" value="([^"]+)"', html)
    assert found is not None
    return found[1]


Send = Callable[..., HttpResponse]


@pytest.fixture
def send(visitor: TenantClient) -> Send:
    """`send(email=…)`: open the form, type what Léa types but for the changes, and send it."""

    def sending(path: str = "/inscription", **changes: str) -> HttpResponse:
        page = visitor.get(path).content.decode()
        return visitor.post(path, {**LEA, "sealed": sealed_field(page), **changes})

    return sending


def deliver() -> list[mail.EmailMultiAlternatives]:
    """Send what waits in the shared outbox; the emails, in order."""
    mail.outbox.clear()
    connection.set_schema_to_public()
    while relay(handlers=HANDLERS, clock=timezone.now):
        pass
    return list(mail.outbox)


def link_in(message: mail.EmailMultiAlternatives) -> str:
    """The path of the link that confirms."""
    found = re.search(rf"{ORIGIN}(/(?:en/sign-up|inscription)/[\w-]{{43}})\s", str(message.body))
    assert found is not None, message.body
    return found[1]


def words_of(response: HttpResponse) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", " ", response.content.decode())


@pytest.fixture
def link(send: Send) -> str:
    """What Léa finds in her inbox."""
    send()
    [letter] = deliver()
    return link_in(letter)


def confirm(visitor: TenantClient, link: str, **changes: str) -> HttpResponse:
    return visitor.post(link, {"slug": "atelier-brume", "password": PASSWORD, **changes})


def brume() -> Tenant:
    return Tenant.objects.get(slug="atelier-brume")


def arrive(response: HttpResponse) -> HttpResponse:
    """Follow the page that leaves for the new address, and press its button."""
    assert response.status_code == 200, words_of(response)
    path = response["Refresh"].partition("http://atelier-brume.ricochet.localhost")[2]
    client = TenantClient(brume())
    assert "Ouvrir" in words_of(client.get(path))
    return client.post(path)


@pytest.fixture
def site(settings: Settings) -> Iterator[str]:
    """Where the platform's own host is served, for a browser."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    settings.PLATFORM_PORT = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://{django_settings.PLATFORM_DOMAIN}:{server.server_port}"
    server.shutdown()
    server.server_close()
