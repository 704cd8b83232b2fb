"""Answers the outbox's `widgets.space_link`: writes to whoever asked, if they are known."""

import uuid

from django.utils import timezone

from kernel.outbox.types import EventData, Handler
from tenants.messaging import services as messaging
from widgets.models import SpaceLink
from widgets.space.entering import EVENT_KIND


def send_link(event: EventData) -> None:
    """Queue the email of a link that is still good; for nobody, nothing (R33)."""
    now = timezone.now()
    link = (
        SpaceLink.objects.select_related("profile")
        .filter(id=uuid.UUID(event.payload["link_id"]), used_at=None, expires_at__gt=now)
        .first()
    )
    if link is None or link.profile is None:
        return
    messaging.queue(
        kind="space_link",
        to=link.profile.email,
        key=f"space-link:{link.id}",
        profile=link.profile,
        language=link.profile.language,
        now=now,
        # The id only: link and digits are derived from it when the email is written.
        context={"link": str(link.id), "first_name": link.profile.first_name},
    )


HANDLERS: dict[str, Handler] = {EVENT_KIND: send_link}
