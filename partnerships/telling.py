"""Having a side told: events of the outbox, in the transaction and schema of who caused them."""

import uuid
from datetime import datetime

from django.db.models import Q

from kernel.outbox.services import emit
from partnerships.models import OPEN_STATES, Partnership

INVITATION = "partnerships.invitation"
OFFER = "partnerships.offer"
TELL = "partnerships.tell"
# Both sides have agreed; whoever stands above and shares something answers it.
ACTIVE = "partnerships.active"
# A brand calls itself otherwise, or its policy is read elsewhere: so do its boxes from now on.
NAMED = "partnerships.named"


def have_told(*, row: Partnership, to: uuid.UUID | None, kind: str, now: datetime) -> None:
    """Have one side's owners written to. Nobody is, where that side is not known yet."""
    if to is not None:
        payload = {"partnership_id": str(row.id), "to": str(to), "kind": kind}
        emit(kind=TELL, payload=payload, now=now)


def have_begun(*, row: Partnership, now: datetime) -> None:
    """Have whatever was waiting for both sides' word begin."""
    # Without a key: it comes with a word that is written once, and may begin anew on another text.
    emit(kind=ACTIVE, payload={"partnership_id": str(row.id)}, now=now)


def have_renamed(*, tenant_id: uuid.UUID, now: datetime) -> None:
    """Have what this brand keeps of its majors' operations, and what its own partners keep of its
    own, say what people read now.
    """
    either = Q(minor=tenant_id) | Q(major=tenant_id)
    if Partnership.objects.filter(either, state__in=OPEN_STATES).exists():
        emit(kind=NAMED, payload={"tenant": str(tenant_id)}, now=now)


def have_offered(*, row: Partnership, now: datetime) -> None:
    """Have the link of this version mailed to who owns a back office already."""
    payload = {"partnership_id": str(row.id), "version": row.token_version}
    emit(kind=OFFER, payload=payload, now=now)
