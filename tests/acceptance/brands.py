"""Two brands' back offices, as their owners see them, and the emails between them."""

import re

from django.db import connection
from django.http import HttpResponse
from django.utils import timezone

from accounts.models import Role
from accounts.services import create_member
from config.outbox import HANDLERS
from kernel.outbox.relay import relay
from tenants.context import enter
from tenants.models import Tenant
from tests.acceptance.conftest import PASSWORD, STARTED, Lumen, hidden_in, words
from tests.fixtures.tenants import TenantClient

NORA = "nora@brulerie-noe.fr"
DETAILS = {
    "how": "details",
    "name": "Brûlerie Noé",
    "site_url": "brulerie-noe.example",
    "first_name": "Nora",
    "last_name": "Carpentier",
    "email": NORA,
    "language": "fr",
}


class Brand:
    """A brand's back office, as its owner sees it in a browser."""

    def __init__(self, tenant: Tenant, owner: str) -> None:
        self.tenant, self.owner = tenant, owner

    def browser(self) -> TenantClient:
        client = TenantClient(self.tenant)
        answer = client.post("/connexion", {"email": self.owner, "password": PASSWORD})
        assert answer.status_code == 302, words(answer.content.decode())
        return client

    def html(self, path: str) -> str:
        response = self.browser().get(path, follow=True)
        assert response.status_code == 200, (path, response.status_code)
        return response.content.decode()

    def page(self, path: str) -> str:
        return words(self.html(path))

    def add(self, **fields: str) -> HttpResponse:
        """Fill in and send the form that adds a partner."""
        client = self.browser()
        key = hidden_in(client.get("/partenariats/ajouter").content.decode(), "key")
        return client.post("/partenariats/ajouter", {"key": key, **fields})

    def partner(self, name: str) -> str:
        """The path of a partner's page, from the list."""
        html = self.html(f"/partenariats?q={name}")
        found = re.search(r"/partenariats/prt_\w+", html)
        assert found, words(html)
        return found[0]

    def accept(self, path: str, policy: str = "https://marque.example/donnees") -> str:
        """Read the agreement and accept it; the words of the page after."""
        client = self.browser()
        html = client.get(f"{path}/accord").content.decode()
        fields = {"text": hidden_in(html, "text"), "language": hidden_in(html, "language")}
        if "policy_url" in html:
            fields["policy_url"] = policy
        answer = client.post(f"{path}/accord", fields, follow=True)
        return words(answer.content.decode())

    def code(self) -> str:
        """The partner code, as it is copied from its page."""
        found = re.search(r'data-copy="(\w{5}-\w{5})"', self.html("/partenariats/code"))
        assert found
        return found[1]


def deliver(lumen: Lumen, *others: Tenant) -> None:
    """Let the outboxes be emptied, the shared one too."""
    before = connection.tenant
    for _round in range(2):
        for tenant in (lumen.tenant, *others):
            with enter(tenant):
                while relay(handlers=HANDLERS, clock=timezone.now):
                    pass
        connection.set_schema_to_public()
        while relay(handlers=HANDLERS, clock=timezone.now):
            pass
        connection.set_tenant(before)


def letters(lumen: Lumen, email: str, *others: Tenant) -> list[str]:
    deliver(lumen, *others)
    return [lumen.text_of(m) for m in lumen.mail.messages if m["X-Envelope-To"] == email]


def noe() -> Tenant:
    return Tenant.objects.get(slug="brulerie-noe")


def nora_opens(lumen: Lumen) -> Brand:
    """Nora follows the link in her email and sets a password."""
    letter = letters(lumen, NORA, noe())[-1]
    path = re.search(r"/invitation/[\w-]+", letter)
    assert path, letter
    assert PASSWORD not in letter
    client = TenantClient(noe())
    assert "Ouvrir mon espace" in client.get(path[0]).content.decode()
    answer = client.post(
        path[0], {"first_name": "Nora", "last_name": "Carpentier", "password": PASSWORD}
    )
    assert answer.status_code == 302, answer.content.decode()
    assert client.get(path[0]).status_code == 410
    return Brand(noe(), NORA)


def open_for_yann(tenant: Tenant) -> Brand:
    """A back office whose owner logs in with the password of all tests."""
    owner = f"yann@{tenant.slug}.fr"
    create_member(
        email=owner,
        first_name="Yann",
        last_name="Le Gall",
        password=PASSWORD,
        tenant_id=tenant.id,
        role=Role.OWNER,
        now=STARTED,
    )
    return Brand(tenant, owner)
