"""Maison Lumen as its people meet it: the shop's server, inboxes, the space, the back office.

Nothing here calls a service of the product: facts come in over HTTP, time passes by the clock and
the task that watches it, emails leave through the outbox to a real SMTP server.
"""

import json
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core.cache import cache
from django.http import HttpResponse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Role
from accounts.services import create_member
from api.scopes import SCOPES
from api.services import create_key
from config.outbox import HANDLERS
from config.tasks import post_due_rewards
from kernel.outbox.relay import relay
from tenants import lookup
from tenants.context import enter
from tenants.models import Tenant
from tests.fixtures.mail import MailServer
from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import claire, fast_passwords  # noqa: F401  a manager, for pages
from widgets.links import flood, landing, views
from widgets.tracker.services import register_site

if TYPE_CHECKING:  # what it builds on stands here
    from tests.acceptance.brands import Brand

STARTED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SHOP = "https://boutique-lumen.example"
PASSWORD = "ricochet sur l'eau"
OWNER = "claire@maison-lumen.fr"
RULES = {
    "active": "on",
    "name": "Cagnotte Lumen",
    "referrer_amount": "8,00",
    "referee_amount": "5,00",
    "minimum_order": "30,00",
    "pending_days": "14",
    "cookie_days": "30",
    "expiry_months": "",
    "referrals_a_year": "",
}


def words(html: str) -> str:
    """What is read on a page: no markup, plain spaces."""
    text = re.sub(r"(?s)<(style|script|svg).*?</\1>|<[^>]+>", " ", html.partition("<main")[2])
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


def hidden_in(html: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', html)
    assert found, f"no field {name}"
    return found[1]


class Lumen:
    """The merchant, from outside."""

    def __init__(self, tenant: Tenant, mail: MailServer, clock: time_machine.Traveller) -> None:
        self.tenant = tenant
        self.mail = mail
        self.clock = clock
        create_member(
            email=OWNER,
            first_name="Claire",
            last_name="Aubanel",
            password=PASSWORD,
            tenant_id=tenant.id,
            role=Role.OWNER,
            now=STARTED,
        )
        _key, self.secret = create_key(
            name="Boutique", scopes=list(SCOPES), mode="live", now=STARTED
        )
        self.site = register_site(url=SHOP, now=STARTED)

    # ------------------------------------------------------------ the shop's server
    def call(self, path: str, body: dict[str, Any]) -> HttpResponse:
        """POST to the API with the secret key."""
        return TenantClient(self.tenant).post(
            f"/api/v1/{path}",
            json.dumps(body),
            content_type="application/json",
            headers={
                "Authorization": f"Bearer {self.secret}",
                "Idempotency-Key": uuid.uuid4().hex,
            },
        )

    def read(self, path: str) -> dict[str, Any]:
        """GET from the API."""
        headers = {"Authorization": f"Bearer {self.secret}"}
        found: dict[str, Any] = (
            TenantClient(self.tenant).get(f"/api/v1/{path}", headers=headers).json()
        )
        return found

    def order(self, number: str, email: str, *, amount: int = 6000, **more: Any) -> dict[str, Any]:
        """An order that the shop's server reports; what the API answered."""
        customer = {"email": email, "first_name": email.split("@", maxsplit=1)[0].title()}
        body = {"id": number, "amount": amount, "currency": "EUR", "customer": customer, **more}
        response = self.call("orders", body)
        assert response.status_code in (200, 201), response.content
        answer: dict[str, Any] = response.json()
        return answer

    def refund(self, number: str, amount: int) -> dict[str, Any]:
        response = self.call(f"orders/{number}/refunds", {"id": f"R-{number}", "amount": amount})
        assert response.status_code == 201, response.content
        answer: dict[str, Any] = response.json()
        return answer

    def report(self, what: str, **body: Any) -> HttpResponse:
        """What the script on the shop's page posts."""
        client = TenantClient(self.tenant)
        client.defaults["HTTP_ORIGIN"] = SHOP
        body["key"] = self.site.public_key
        return client.post(f"/w/{what}", body, content_type="application/json")

    # ------------------------------------------------------------ time and mail
    def later(self, **span: float) -> None:
        """Let time pass, and let the clock's task run."""
        self.clock.shift(timedelta(**span))
        post_due_rewards()
        with enter(self.tenant):
            while relay(handlers=HANDLERS, clock=timezone.now):
                pass

    def inbox(self, email: str) -> list[EmailMessage]:
        """The messages that this address received, oldest first."""
        self.later(seconds=1)
        return [m for m in self.mail.messages if m["X-Envelope-To"] == email]

    def text_of(self, message: EmailMessage) -> str:
        body = message.get_body(preferencelist=("plain",))
        assert body is not None
        return str(body.get_content())

    # ------------------------------------------------------------ people
    def space(self, email: str) -> TenantClient:
        """A browser in which this customer opened their space by the emailed link."""
        client = TenantClient(self.tenant)
        assert client.post("/espace/lien", {"email": email}).status_code == 302
        return self.enter_by(self.inbox(email)[-1], client)

    def enter_by(self, message: EmailMessage, client: TenantClient) -> TenantClient:
        """Follow the link to the cagnotte that an email holds."""
        found = re.search(r"\S+(/espace/entrer/\S+)", self.text_of(message))
        assert found, self.text_of(message)
        assert client.get(found[1]).status_code == 200
        assert client.post(found[1]).status_code == 302
        return client

    def code_of(self, email: str) -> str:
        """The code that this customer reads in their space."""
        found = re.search(
            r'data-copy="([A-Z0-9-]+)"', self.space(email).get("/espace").content.decode()
        )
        assert found
        return found[1]

    def office(self) -> TenantClient:
        """The owner's browser, logged in."""
        client = TenantClient(self.tenant)
        answer = client.post("/connexion", {"email": OWNER, "password": PASSWORD})
        assert answer.status_code == 302
        return client

    def page(self, path: str, client: TenantClient | None = None) -> str:
        """The words on a page of the back office, or of the client that is given."""
        response = (client or self.office()).get(path)
        assert response.status_code == 200, (path, response.status_code)
        return words(response.content.decode())

    def send(self, path: str, **fields: str) -> HttpResponse:
        """Fill in and send a form of the back office; its hidden key is that of the page."""
        client = self.office()
        if "key" not in fields:
            page = client.get(path).content.decode()
            if 'name="key"' in page:
                fields["key"] = hidden_in(page, "key")
        return client.post(path, fields)

    def publish(self, **changes: str) -> None:
        """Publish rules on the page of the programme."""
        answer = self.send("/reglages/programme", **{**RULES, **changes})
        assert answer.status_code == 302, words(answer.content.decode())

    def add_prize(self, name: str, cost: str, **more: str) -> None:
        """Offer a prize on its page."""
        fields = {"kind": "gift", **more}
        answer = self.send("/recompenses/ajouter", name=name, cost=cost, **fields)
        assert answer.status_code == 302, words(answer.content.decode())

    def record(self, email: str) -> str:
        """The path of a customer's record, found by searching for the email."""
        html = self.office().get(f"/clients?q={email}").content.decode()
        found = re.search(r"/clients/cus_\w+", html)
        assert found, words(html)
        return found[0]

    def follow(self, code: str, client: TenantClient | None = None, **query: str) -> dict[str, str]:
        """Open a shared link; the parameters with which its button leads to the shop."""
        answer = (client or TenantClient(self.tenant)).get(f"/r/{code}/go", query)
        assert answer.status_code == 302, answer.status_code
        target = urlsplit(answer["Location"])
        assert f"{target.scheme}://{target.netloc}" == SHOP
        return dict(part.split("=") for part in target.query.split("&"))

    def cookie(self, code: str, client: TenantClient | None = None, **query: str) -> str:
        """What the script's cookie holds after a shared link was followed."""
        marks = self.follow(code, client, **query)
        return f"{marks['rc']}.{marks['ref']}"


@pytest.fixture
def lumen(merchant: Tenant, mail_server: MailServer, settings: Settings) -> Iterator[Lumen]:
    """The merchant on 2 March 2026, with a shop and without a programme."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    landing.forget_pages()
    views._blocked.clear()
    flood.forget()
    cache.clear()
    merchant.site_url = SHOP
    merchant.save(update_fields=["site_url"])
    lookup.forget_locally()
    with time_machine.travel(STARTED) as clock:
        yield Lumen(merchant, mail_server, clock)


@pytest.fixture
def quick(offices: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Schemas that a test makes go after it; and no waiting for even answers."""
    monkeypatch.setattr("partnerships.services.inviting.EVEN_SECONDS", 0)


@pytest.fixture
def lumens(lumen: Lumen) -> "Brand":
    """Maison Lumen's own back office, as its owner uses it."""
    from tests.acceptance.brands import Brand

    return Brand(lumen.tenant, OWNER)


@pytest.fixture
def marins(lumen: Lumen, other_merchant: Tenant) -> "Brand":
    """Atelier Marin, a client of its own."""
    from tests.acceptance.brands import open_for_yann

    return open_for_yann(other_merchant)


@pytest.fixture
def camille(lumen: Lumen) -> str:
    """A customer of Maison Lumen's, by email; the programme is open."""
    lumen.publish()
    lumen.order("LUM-0", "camille@exemple.fr")
    lumen.later(days=1)
    return "camille@exemple.fr"
