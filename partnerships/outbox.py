"""Answers the outbox events of partnerships: each one writes to one side's team.

The emails are queued in the schema of whoever reads them: they speak in that brand's name and
lead to its own address. A merchant that was suspended meanwhile is not written to (R20).
"""

import logging
import uuid
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.timezone import now as clock

from accounts.models import Invitation, User
from kernel.outbox.types import EventData, Handler
from partnerships.agreement import reading_minutes
from partnerships.crossing import Why, enter_partner
from partnerships.models import Origin, Partnership, Side, State
from partnerships.selectors import has_accepted, owners_of
from partnerships.services.making import asker_of
from partnerships.telling import INVITATION, OFFER, TELL
from tenants.context import UnknownTenantError
from tenants.messaging.services import queue

logger = logging.getLogger(__name__)

_OTHER = {Side.MAJOR: Side.MINOR, Side.MINOR: Side.MAJOR}


def send_invitation(event: EventData) -> None:
    """Write to the first owner of a back office that was made for a partner."""
    invitation = Invitation.objects.filter(
        id=uuid.UUID(event.payload["invitation_id"]),
        version=event.payload["version"],
        accepted_at=None,
        withdrawn_at=None,
    ).first()
    if invitation is None:
        return
    row = (
        Partnership.objects.select_related("major", "minor")
        .filter(minor=invitation.tenant_id, origin=Origin.DETAILS)
        .exclude(state=State.ENDED)
        .order_by("created_at")
        .first()
    )
    if row is None or row.minor is None:
        return
    _write(
        row,
        to=row.minor.id,
        kind="partner_invited",
        address=invitation.email,
        language=row.language,
        key=f"{invitation.id}:{invitation.version}",
        context={
            "first_name": row.contact_first_name,
            # In the name of who invites: the reader's own brand would look like a fraud.
            "sender": row.major.name,
            "sender_color": row.major.brand_color,
            "path": "/invitation/{token}",
            "by": _asker(row),
            "operations": _operations(row, row.language),
            "token_of": str(invitation.id),
            "token_version": invitation.version,
            "has_office": False,
        },
    )
    now = clock()
    Invitation.objects.filter(id=invitation.id).update(sent_at=now)
    Partnership.objects.filter(id=row.id).update(sent_at=now)


def _asker(row: Partnership) -> str:
    """Who invites, as their colleagues know them; "" once they are gone."""
    user = asker_of(row)
    return user.name if user is not None else ""


def _operations(row: Partnership, language: str) -> str:
    """What the other brand is asked to agree for, as the floor above words it."""
    words: str = import_string(settings.PARTNER_OPERATIONS)(
        partnership=row, language=language, now=clock()
    )
    return words


def send_offer(event: EventData) -> None:
    """Write to somebody who owns a back office: with which one would they take part?"""
    row = (
        Partnership.objects.select_related("major", "minor")
        .filter(
            id=uuid.UUID(event.payload["partnership_id"]),
            token_version=event.payload["version"],
            state=State.PROPOSED,
            minor=None,
        )
        .first()
    )
    if row is None or row.asked_tenant_id is None:
        return
    user = User.objects.filter(id__in=[row.asked_user_id], is_active=True).first()
    if user is None:
        return
    _write(
        row,
        to=row.asked_tenant_id,
        kind="partner_invited",
        address=user.email,
        language=user.language,
        key=f"{row.id}:{row.token_version}",
        context={
            "first_name": user.first_name,
            "sender": row.major.name,
            "sender_color": row.major.brand_color,
            "path": "/partenariats/lien/{token}",
            "by": _asker(row),
            "operations": _operations(row, user.language),
            "token_of": str(row.id),
            "token_version": row.token_version,
            "has_office": True,
        },
    )
    Partnership.objects.filter(id=row.id).update(sent_at=clock())


def tell(event: EventData) -> None:
    """Tell one side's owners what the other did."""
    row = (
        Partnership.objects.select_related("major", "minor")
        .filter(id=uuid.UUID(event.payload["partnership_id"]))
        .first()
    )
    if row is None:
        return
    to = uuid.UUID(event.payload["to"])
    side = row.side_of(to)
    if side is None:
        return  # another back office stands there by now
    asks = event.payload["kind"] in ("partner_reminded", "partner_agreement_changed")
    if asks and (row.state == State.ENDED or has_accepted(row, side=side)):
        return  # answered meanwhile
    for owner in owners_of(tenant_id=to):
        _write(
            row,
            to=to,
            kind=event.payload["kind"],
            address=owner.email,
            language=owner.language,
            key=f"{event.id}:{owner.pk}",
            context={
                "first_name": owner.first_name,
                "path": f"/partenariats/{row.public_id}" + ("/accord" if asks else ""),
                "was_declined": row.ending == "declined",
                "was_withdrawn": row.ending == "withdrawn",
                "all_set": row.state == State.ACTIVE,
                "partnership": row.public_id,
                "operations": _operations(row, owner.language) if asks else "",
                "was_active": row.state == State.ACTIVE,
                "has_accepted": has_accepted(row, side=_OTHER[side]),
            },
        )


def _write(
    row: Partnership,
    *,
    to: uuid.UUID,
    kind: str,
    address: str,
    language: str,
    key: str,
    context: dict[str, Any],
) -> None:
    now = clock()
    brand = row.major.name
    if to == row.major_id:
        brand = row.minor.name if row.minor else row.name
    try:
        with enter_partner(partnership=row, to=to, why=Why.TELL, subject=kind, now=now):
            queue(
                kind=kind,
                to=address,
                key=f"{kind}:{key}",
                context={"brand": brand, "minutes": reading_minutes(row.agreement), **context},
                language=language,
                now=now,
            )
    except UnknownTenantError:
        logger.info("partnership %s: nobody to tell, %s is not active", row.id, to)


HANDLERS: dict[str, Handler] = {INVITATION: send_invitation, OFFER: send_offer, TELL: tell}
