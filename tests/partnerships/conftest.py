"""Two brands, their owners, and a maker of partners whose schemas go with the test."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from pytest_django import Settings

from accounts.models import Invitation, Role, User
from accounts.services import create_member
from accounts.services.invitations import accept_invitation
from accounts.tokens import token_for
from config.outbox import HANDLERS
from kernel.outbox.relay import relay
from partnerships.agreement import agreement_for
from partnerships.models import Partnership
from partnerships.services import agreeing, inviting
from partnerships.services.details import Details
from tenants import lookup
from tenants.context import enter
from tenants.models import Tenant

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "ricochet sur l'eau"


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(autouse=True)
def quick(no_schema_stays: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap passwords, and no waiting for even answers."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(inviting, "EVEN_SECONDS", 0)
    lookup.forget_locally()


@pytest.fixture(autouse=True)
def no_schema_stays(offices: None) -> None:
    """Before `db`, and so undone after it."""


def owner_of(tenant: Tenant, email: str, name: str = "Claire Aubanel") -> User:
    first, _, last = name.partition(" ")
    return create_member(
        email=email,
        first_name=first,
        last_name=last,
        password=PASSWORD,
        tenant_id=tenant.id,
        role=Role.OWNER,
        now=NOW,
    ).user


@pytest.fixture
def claire(merchant: Tenant) -> User:
    """Owns Maison Lumen."""
    return owner_of(merchant, "claire@maison-lumen.fr")


@pytest.fixture
def yann(other_merchant: Tenant) -> User:
    """Owns Atelier Marin."""
    return owner_of(other_merchant, "yann@atelier-marin.fr", "Yann Le Gall")


NOE = Details(
    name="Brûlerie Noé",
    email="nora@brulerie-noe.fr",
    first_name="Nora",
    last_name="Carpentier",
    site_url="https://brulerie-noe.example",
)


@pytest.fixture
def invite_noe(merchant: Tenant, claire: User) -> Callable[..., Partnership]:
    """`invite_noe(**changes)`: Maison Lumen asks Brûlerie Noé, which is no merchant."""

    def invite(key: uuid.UUID | None = None, **changes: Any) -> Partnership:
        details = Details(**{**NOE_FIELDS, **changes})
        return inviting.invite_by_details(
            major=merchant, details=details, key=key or uuid.uuid4(), asked_by=claire, now=NOW
        )

    return invite


NOE_FIELDS = {
    "name": NOE.name,
    "email": NOE.email,
    "first_name": NOE.first_name,
    "last_name": NOE.last_name,
    "site_url": NOE.site_url,
}


def accept(row: Partnership, tenant: Tenant, user: User) -> Partnership:
    """One side's word, in French."""
    row.refresh_from_db()
    return agreeing.accept_agreement(
        partnership_id=row.id,
        tenant_id=tenant.id,
        user=user,
        text_hash=agreement_for(row, language="fr").text_hash,
        language="fr",
        now=NOW,
    )


def deliver(*tenants: Tenant) -> list[Any]:
    """Send what waits in the shared outbox and in these merchants'; the emails, in order."""
    from django.utils import timezone

    before = connection.tenant
    mail.outbox.clear()
    for _round in range(2):
        for tenant in tenants:
            with enter(tenant):
                while relay(handlers=HANDLERS, clock=timezone.now):
                    pass
        connection.set_schema_to_public()
        while relay(handlers=HANDLERS, clock=timezone.now):
            pass
        if isinstance(before, Tenant):
            connection.set_tenant(before)
    return list(mail.outbox)


def office_of(row: Partnership) -> Tenant:
    return Tenant.objects.get(id=row.minor_id)


def nora_joins(row: Partnership, now: datetime) -> User:
    """Nora follows her link and sets a password."""
    invitation = Invitation.objects.get(tenant_id=row.minor_id, withdrawn_at=None)
    return accept_invitation(
        token=token_for(invitation.id, invitation.version),
        tenant_id=invitation.tenant_id,
        now=now,
        first_name="Nora",
        last_name="Carpentier",
        password="ricochet sur l'eau",
    ).user
