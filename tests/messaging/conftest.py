"""One customer of Maison Lumen, and a way to send what waits in her outbox."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest

from kernel.outbox.types import EventData
from tenants.messaging import outbox, services
from tenants.messaging.models import Email
from tenants.models import Tenant
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tests.fixtures.mail import MailServer

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


@pytest.fixture
def camille(merchant: Tenant) -> Profile:
    return profiles.create(
        now=NOW, source="manual", email="camille@exemple.fr", first_name="Camille"
    )


def event_of(email: Email, *, interrupted: bool = False) -> EventData:
    return EventData(
        id=uuid.uuid4(),
        kind=services.EVENT_KIND,
        payload={"email_id": str(email.id)},
        created_at=NOW,
        attempt=2 if interrupted else 1,
        interrupted=interrupted,
    )


@pytest.fixture
def queued(merchant: Tenant) -> Callable[..., Email]:
    """`queued("reward_posted", profile=…, **context)`: an email that waits to be sent."""

    def make(
        kind: str,
        *,
        profile: Profile | None = None,
        to: str = "",
        language: str = "fr",
        **context: Any,
    ) -> Email:
        key = f"test:{uuid.uuid4()}"
        services.queue(
            kind=kind,
            to=to or (profile.email if profile else "ami@exemple.fr"),
            key=key,
            context=context,
            now=NOW,
            profile=profile,
            language=language,
        )
        return Email.objects.get(key=key)

    return make


@pytest.fixture
def delivered(queued: Callable[..., Email], mail_server: MailServer) -> Callable[..., EmailMessage]:
    """Queue an email, send it over real SMTP, and read what arrived."""

    def send(kind: str, **arguments: Any) -> EmailMessage:
        outbox.send(event_of(queued(kind, **arguments)))
        return mail_server.messages[-1]

    return send
