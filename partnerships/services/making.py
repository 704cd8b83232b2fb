"""A partner's back office from the row that asks for it to the link in its owner's inbox.

`provision_tenant` commits by itself, so this is not one transaction: the partnership's row comes
first, in the state MAKING and with the id that the back office will have; then the back office;
then, in one transaction, the invitation and the state PROPOSED. Whatever a crash leaves, `finish`
goes on from there: by the same form sent again, or by the sweep.
"""

import logging
import uuid
from datetime import datetime, timedelta

import psycopg
from django.db import Error, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Role, User
from accounts.services.invitations import invite
from accounts.tokens import hash_of, token_for
from partnerships.errors import NotMadeError
from partnerships.models import Partnership, State
from partnerships.selectors import offices_owned_by
from partnerships.telling import INVITATION, have_offered
from tenants.models import Tenant
from tenants.provisioning.services import SlugTakenError, provision_tenant, resume_or_remove
from tenants.provisioning.slugs import candidates

logger = logging.getLogger(__name__)

# After this long, whoever was making it is not at it any more.
LEFT_AFTER = timedelta(minutes=1)
GIVEN_UP_AFTER = timedelta(days=1)
# A link to agree is good for this long, as an invitation is.
OFFER_LIFETIME = timedelta(days=7)


def finish(*, row: Partnership, now: datetime) -> Partnership:
    """Bring a partnership in the making to PROPOSED, from wherever it stands.

    Called outside a transaction. Raises NotMadeError; what could not be made is taken back, or
    left for the sweep where the database did not answer.
    """
    owner = owner_of_an_office(email=row.contact_email, but=row.major_id)
    try:
        if owner is not None and _office(row) is None:
            return _offer(row, owner, now=now)
        _make_office(row, now=now)
        return _invite(row, now=now)
    except (psycopg.OperationalError, Error) as error:
        logger.exception("partnership %s is left in the making", row.id)
        raise NotMadeError from error
    except NotMadeError:
        raise
    except Exception as error:
        logger.exception("the back office of partnership %s was not made", row.id)
        Partnership.objects.filter(id=row.id, state=State.MAKING).delete()
        raise NotMadeError from error


def sweep(*, now: datetime) -> int:
    """Finish what a crash left in the making; returns how many there were. Run in public."""
    left = Partnership.objects.select_related("major", "minor").filter(
        state=State.MAKING, created_at__lte=now - LEFT_AFTER
    )
    count = 0
    for row in left.order_by("created_at"):
        count += 1
        if row.created_at <= now - GIVEN_UP_AFTER:
            logger.error("partnership %s could not be made for a day and is given up", row.id)
            row.delete()
            continue
        try:
            finish(row=row, now=now)
        except NotMadeError:
            continue  # logged; the next sweep tries again
    return count


def owner_of_an_office(*, email: str, but: uuid.UUID) -> User | None:
    """The person of this address, if they own a back office other than the one that asks."""
    user = User.objects.by_email(email).filter(is_active=True).first()
    if user is None:
        return None
    offices = [tenant for tenant in offices_owned_by(user_id=user.pk) if tenant.id != but]
    return user if offices else None


def asker_of(row: Partnership) -> User | None:
    """Who asked, on the major's side; None once they are gone."""
    return User.objects.filter(id__in=[row.asked_by]).first()


def _office(row: Partnership) -> Tenant | None:
    """The back office that this row's id was drawn for, as far as there is one."""
    return Tenant.objects.filter(id__in=[row.minor_id]).first()


def _make_office(row: Partnership, *, now: datetime) -> Tenant:
    """The limited back office of `row.minor_id`, whole; one that is there is left as it is."""
    found = _office(row)
    if found is not None:
        found = resume_or_remove(found, now=now)
    if found is not None:
        return found
    for slug in _slugs(row.name):
        try:
            return _provision(row, slug, now=now)
        except SlugTakenError as error:
            if _office(row) is not None:
                # Somebody else is making this very one at this moment.
                raise NotMadeError from error
    raise NotMadeError


def _provision(row: Partnership, slug: str, *, now: datetime) -> Tenant:
    with override(row.language):
        kind = _("Partenaire invité")
    return provision_tenant(
        tenant_id=row.minor_id,
        name=row.name,
        slug=slug,
        kind=kind,
        contact_email=row.contact_email,
        site_url=row.site_url,
        currency=row.major.currency,
        timezone=row.major.timezone,
        language=row.language,
        partner_only=True,
        now=now,
    )


def _slugs(name: str) -> list[str]:
    """Addresses to try: the name, then the name with a number, then with letters drawn."""
    tried = candidates(name, prefix="marque")
    taken = set(Tenant.objects.filter(slug__in=tried).values_list("slug", flat=True))
    return [slug for slug in tried if slug not in taken]


@transaction.atomic
def _invite(row: Partnership, *, now: datetime) -> Partnership:
    """Ask the contact to own the back office; of two at once, one does."""
    locked = Partnership.objects.select_for_update(of=("self",)).get(id=row.id)
    if locked.state != State.MAKING or locked.minor_id is None:
        return locked
    invite(
        email=locked.contact_email,
        role=Role.OWNER,
        tenant_id=locked.minor_id,
        invited_by=asker_of(locked),
        event=INVITATION,
        counted=True,
        now=now,
    )
    locked.state, locked.sent_at = State.PROPOSED, now
    locked.save(update_fields=["state", "sent_at"])
    return locked


@transaction.atomic
def _offer(row: Partnership, owner: User, *, now: datetime) -> Partnership:
    """Ask somebody who owns a back office: a link on its address, and nothing told to the major."""
    locked = Partnership.objects.select_for_update(of=("self",)).get(id=row.id)
    if locked.state != State.MAKING:
        return locked
    office = next(t for t in offices_owned_by(user_id=owner.pk) if t.id != row.major_id)
    locked.minor_id = None
    locked.asked_user_id, locked.asked_tenant_id = owner.pk, office.id
    locked.state = State.PROPOSED
    new_link(locked, now=now)
    locked.save()
    return locked


def new_link(row: Partnership, *, now: datetime) -> None:
    """Give the row's link another token, mailed by the outbox; the one before ends. Unsaved."""
    row.token_version += 1
    row.token_hash = hash_of(token_for(row.id, row.token_version))
    row.token_expires_at, row.sent_at = now + OFFER_LIFETIME, now
    have_offered(row=row, now=now)
