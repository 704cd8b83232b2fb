"""The cast: Camille owns Maison Lumen, Hugo manages it, Inès may look, Sami knows nobody there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Membership, Role, User
from accounts.services import create_member
from kernel.outbox.models import Event
from kernel.outbox.types import EventData
from tenants.models import Tenant
from tests.fixtures.tenants import TenantClient

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "ricochet sur l'eau"


@pytest.fixture(autouse=True)
def fast_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@dataclass
class Cast:
    owner: Membership
    manager: Membership
    viewer: Membership
    stranger: Membership


def member(tenant: Tenant, first_name: str, role: Role) -> Membership:
    """A member named after what they are; the address is `<first name>@exemple.fr`."""
    return create_member(
        email=f"{first_name.lower()}@exemple.fr",
        first_name=first_name,
        last_name="Test",
        password=PASSWORD,
        tenant_id=tenant.id,
        role=role,
        now=NOW,
    )


@pytest.fixture
def cast(merchant: Tenant, other_merchant: Tenant) -> Cast:
    return Cast(
        owner=member(merchant, "Camille", Role.OWNER),
        manager=member(merchant, "Hugo", Role.MANAGER),
        viewer=member(merchant, "Ines", Role.VIEWER),
        stranger=member(other_merchant, "Sami", Role.OWNER),
    )


@pytest.fixture
def browser(merchant: Tenant) -> TenantClient:
    """A browser at Maison Lumen's address that nobody has logged in with."""
    return TenantClient(merchant)


@pytest.fixture
def logged_in(merchant: Tenant) -> Callable[..., TenantClient]:
    """`logged_in(user)` is a browser in which this person logged in, at Maison Lumen or `at`."""

    def enter(user: User, *, at: Tenant = merchant, password: str = PASSWORD) -> TenantClient:
        client = TenantClient(at)
        response = client.post("/connexion", {"email": user.email, "password": password})
        assert response.status_code == 302, response.content.decode()
        return client

    return enter


@pytest.fixture
def delivered(settings: Settings) -> Iterator[Callable[[], list[EmailMessage]]]:
    """`delivered()` runs the events of the current schema and returns the emails they sent."""
    from config.outbox import HANDLERS

    def run() -> list[EmailMessage]:
        before = len(mail.outbox)
        for event in Event.objects.order_by("created_at", "id"):
            HANDLERS[event.kind](
                EventData(
                    id=event.id,
                    kind=event.kind,
                    payload=event.payload,
                    created_at=event.created_at,
                    attempt=1,
                    interrupted=False,
                )
            )
            event.delete()
        return mail.outbox[before:]

    yield run


def link_in(message: EmailMessage) -> str:
    """The one address in an email's text, without its origin."""
    [line] = [text for text in message.body.splitlines() if "://" in text]
    return "/" + line.split("://", 1)[1].split("/", 1)[1]


def session_cookie(client: TenantClient) -> str:
    return client.cookies[django_settings.SESSION_COOKIE_NAME].value


def soon() -> datetime:
    return timezone.now()
