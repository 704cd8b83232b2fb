"""Answers the outbox events of sign-ups: each one sends one email."""

import uuid

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import now as clock
from django.utils.translation import override

from accounts.links import origin_of
from accounts.mail import send_mail
from accounts.models import Role, User
from accounts.selectors import tenants_of
from accounts.tokens import token_for
from kernel.outbox.types import EventData, Handler
from signup.models import Signup, SignupState
from signup.services.asking import ASKED


def send_link(event: EventData) -> None:
    """Mail the link that confirms. Who owns a back office already is told so, here and not on the
    page (R33), and may open another."""
    row = Signup.objects.filter(
        id=uuid.UUID(event.payload["signup_id"]),
        state=SignupState.WAITING,
        sent_at=None,
        expires_at__gt=clock(),
    ).first()
    if row is None:
        return
    user = User.objects.by_email(row.email).filter(is_active=True).first()
    choices = tenants_of(user) if user is not None else []
    owned = [choice for choice in choices if choice.role == Role.OWNER]
    send_mail(
        room="signup",
        template="known" if owned else "confirm",
        to=row.email,
        language=row.language,
        message_id=str(event.id),
        context={"signup": row, "owned": owned, "url": link_of(row)},
    )
    Signup.objects.filter(id=row.id).update(sent_at=clock())


def link_of(row: Signup) -> str:
    """The address that the email carries: from what is configured (R30), in the row's language."""
    with override(row.language):
        path = reverse(
            "signup:confirm",
            urlconf=settings.PUBLIC_SCHEMA_URLCONF,
            kwargs={"token": token_for(row.id)},
        )
    return origin_of(settings.PLATFORM_DOMAIN) + path


HANDLERS: dict[str, Handler] = {ASKED: send_link}
