"""The operator's cast: Odile runs the platform, Léo is staff without a second factor."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Role, User
from accounts.services import create_member
from tenants.models import Tenant
from tests.fixtures.tenants import _stand_in

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "ricochet sur l'eau"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def fast_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


class ConsoleClient(Client):
    """A browser at the console's address. The test goes on in the schema where it was."""

    def __init__(self, **defaults: object) -> None:
        host = django_settings.CONSOLE_HOST
        super().__init__(HTTP_HOST=host, HTTP_ORIGIN=f"http://{host}", **defaults)

    def request(self, **request: object) -> HttpResponse:
        before = connection.tenant
        try:
            return super().request(**request)
        finally:
            _stand_in(before)


@contextmanager
def still() -> Iterator[None]:
    """The clock stands: a code is not another one by the time it arrives."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


def code_of(secret: str = SECRET) -> str:
    """What the app of this secret shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def operator_user(email: str = "odile@ricochet.example", *, second_factor: bool = True) -> User:
    user = User.objects.create_user(
        email=email, password=PASSWORD, first_name="Odile", last_name="Renard", is_staff=True
    )
    if second_factor:
        TOTP.activate(user, SECRET)
    return user


def log_in(client: ConsoleClient, email: str, password: str = PASSWORD) -> HttpResponse:
    return client.post("/connexion", {"email": email, "password": password})


def logged_in(user: User) -> ConsoleClient:
    """A browser in which this operator gave password and code."""
    client = ConsoleClient()
    assert log_in(client, user.email)["Location"] == "/connexion/code"
    with still():
        answer = client.post("/connexion/code", {"code": code_of()})
    assert answer.status_code == 302, answer.content.decode()
    # The same code again, by the next test of this half minute, is the next test's first.
    cache.clear()
    return client


@pytest.fixture
def odile(db: None) -> User:
    return operator_user()


@pytest.fixture
def console(odile: User) -> ConsoleClient:
    """Odile's browser, logged in."""
    return logged_in(odile)


@dataclass
class Team:
    owner: User
    viewer: User


@pytest.fixture
def team(merchant: Tenant) -> Team:
    def member(email: str, role: Role) -> User:
        return create_member(
            email=email,
            first_name="Camille",
            last_name="Test",
            password=PASSWORD,
            tenant_id=merchant.id,
            role=role,
            now=NOW,
        ).user

    return Team(
        owner=member("camille@exemple.fr", Role.OWNER),
        viewer=member("ines@exemple.fr", Role.VIEWER),
    )


Text = Callable[[HttpResponse], str]


def text_of(response: HttpResponse) -> str:
    return response.content.decode()
