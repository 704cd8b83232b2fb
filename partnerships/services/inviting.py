"""Asking somebody who is no merchant here, by their details (PA-03, PA-04): invited, invited
again, at another address, or not any more."""

import re
import time
import uuid
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts.models import Invitation, Membership, Role, User
from accounts.services.invitations import (
    check_address,
    count_invitation,
    invite,
    open_invitations,
    resend_invitation,
    withdraw_invitation,
)
from accounts.throttles import ThrottledError, hit
from billing.plans import Allowed
from kernel.ids import uuid7
from kernel.names import holds_a_link
from partnerships.agreement import LATEST, terms_of
from partnerships.errors import (
    AlreadyAskedError,
    InvalidNameError,
    LinkInNameError,
    NotWaitingError,
    OwnAddressError,
)
from partnerships.models import Origin, Partnership, Side, State
from partnerships.selectors import has_accepted, partnership
from partnerships.services import making
from partnerships.services.details import Details
from partnerships.telling import INVITATION
from tenants.features import require
from tenants.models import Tenant, TenantState
from tenants.provisioning import lifecycle

PER_DAY, _DAY = 20, timedelta(days=1)  # back offices that one merchant may have made
# R33: making a back office takes a while, and asking an owner of one takes none. Both answer no
# sooner than this, so that the time does not tell which of the two it was.
EVEN_SECONDS = 0.6
_NO_NAME = re.compile(r"[<>\x00-\x1f\x7f\u2028\u2029]")


def invite_by_details(
    *, major: Tenant, details: Details, key: uuid.UUID, asked_by: User, now: datetime
) -> Partnership:
    """Make a partner's back office and invite its owner; who owns one already is asked instead.

    Which of the two it was is not told (R33). `key` names the form: sent twice, or twice at once,
    it is one partnership and one back office. Called outside a transaction. Raises
    InvalidNameError, LinkInNameError, InvalidAddressError, OwnAddressError, AlreadyAskedError,
    ThrottledError, NotMadeError or PlanRequiredError, with nothing left behind.
    """
    started = time.monotonic()
    known = _of_form(major, key)
    if known is None:
        require(Allowed.MAJOR, tenant=major)
        address = check_address(details.email)
        _check(major, details, address)
        known, mine = _write(major, details, address, key=key, asked_by=asked_by, now=now)
        if mine:
            _count(known, now=now)
    else:
        mine = known.created_at <= now - making.LEFT_AFTER
    if known.state == State.MAKING and mine:
        known = making.finish(row=known, now=now)
    _even(started)
    return known


def resend(*, partnership_id: uuid.UUID, tenant_id: uuid.UUID, now: datetime) -> Partnership:
    """Write to the contact again; the link sent before ends. Throttled as every invitation is."""
    row = _waiting(partnership_id, tenant_id)
    invitation = invitation_of(row)
    if invitation is not None:
        resend_invitation(invitation_id=invitation.id, tenant_id=invitation.tenant_id, now=now)
        Partnership.objects.filter(id=row.id).update(sent_at=now)
    elif row.minor_id is None:
        count_invitation(email=row.contact_email, tenant_id=tenant_id, now=now)
        with transaction.atomic():
            row = Partnership.objects.select_for_update(of=("self",)).get(id=row.id)
            if row.state != State.PROPOSED or row.minor_id is not None:
                raise NotWaitingError
            making.new_link(row, now=now)
            row.save(update_fields=["token_version", "token_hash", "token_expires_at", "sent_at"])
    else:
        raise NotWaitingError
    return row


def correct_address(
    *, partnership_id: uuid.UUID, tenant_id: uuid.UUID, email: str, now: datetime
) -> Partnership:
    """Invite at another address instead; what was sent to the former one opens nothing any more.

    Called outside a transaction: the new address may ask for another way. Raises what
    `invite_by_details` does, and NotWaitingError once somebody has answered.
    """
    started = time.monotonic()
    row = _waiting(partnership_id, tenant_id)
    address = check_address(email)
    if address.lower() == row.contact_email.lower():
        return resend(partnership_id=partnership_id, tenant_id=tenant_id, now=now)
    if _is_of(tenant_id, address):
        raise OwnAddressError(param="email")
    count_invitation(email=address, tenant_id=tenant_id, now=now)
    owner = making.owner_of_an_office(email=address, but=row.major_id)
    try:
        row = _readdress(row, address, offer=owner is not None, now=now)
    except IntegrityError as error:
        raise _asked_already(row.major_id, address) from error
    if row.state == State.MAKING:
        row = making.finish(row=row, now=now)
    _even(started)
    return row


def _check(major: Tenant, details: Details, address: str) -> None:
    if not details.name.strip() or _NO_NAME.search(details.name):
        raise InvalidNameError(param="name")
    for param in ("name", "first_name", "last_name"):  # each stands in a stranger's email (R42)
        if holds_a_link(getattr(details, param)):
            raise LinkInNameError(param=param)
    if _is_of(major.id, address):
        raise OwnAddressError(param="email")


def _of_form(major: Tenant, key: uuid.UUID) -> Partnership | None:
    rows = Partnership.objects.select_related("major", "minor")
    return rows.filter(major=major, key=key).first()


def _count(row: Partnership, *, now: datetime) -> None:
    """Once for each form, however often it is sent; past the limit the row goes again."""
    try:
        hit(action="partner-add", subject=str(row.major_id), limit=PER_DAY, window=_DAY, now=now)
        count_invitation(email=row.contact_email, tenant_id=row.major_id, now=now)
    except ThrottledError:
        Partnership.objects.filter(id=row.id, state=State.MAKING).delete()
        raise


def _write(
    major: Tenant,
    details: Details,
    address: str,
    *,
    key: uuid.UUID,
    asked_by: User,
    now: datetime,
) -> tuple[Partnership, bool]:
    """The row in the making, and whether this call wrote it: of two at once, one goes on."""
    try:
        with transaction.atomic():
            row = Partnership.objects.create(
                major=major,
                minor_id=uuid7(),
                origin=Origin.DETAILS,
                state=State.MAKING,
                key=key,
                agreement=LATEST,
                name=details.name.strip(),
                site_url=details.site_url.strip(),
                language=details.language,
                contact_first_name=details.first_name.strip(),
                contact_last_name=details.last_name.strip(),
                contact_email=address,
                asked_by=asked_by.pk,
                created_at=now,
            )
            return row, True
    except IntegrityError as error:
        same = _of_form(major, key)
        if same is None:
            raise _asked_already(major.id, address) from error
        return same, False


def _asked_already(major_id: uuid.UUID, address: str) -> AlreadyAskedError:
    """Names the merchant's own partnership that has this contact, and no other (R33)."""
    rows = Partnership.objects.filter(major=major_id, contact_email__iexact=address)
    there = rows.exclude(state=State.ENDED).first()
    return AlreadyAskedError(param="email", partnership_id=there.id if there else None)


def _is_of(tenant_id: uuid.UUID, address: str) -> bool:
    users = User.objects.by_email(address)
    return Membership.objects.filter(tenant_id=tenant_id, user__in=users).exists()


def _waiting(partnership_id: uuid.UUID, tenant_id: uuid.UUID) -> Partnership:
    """A proposal by details of this major's that nobody has answered."""
    row = partnership(partnership_id=partnership_id, tenant_id=tenant_id)
    if not _may_change(row, tenant_id) or row.origin != Origin.DETAILS:
        raise NotWaitingError
    return row


def held(partnership_id: uuid.UUID, tenant_id: uuid.UUID) -> Partnership:
    """One of this merchant's partnerships, locked; UnknownPartnershipError for any other."""
    partnership(partnership_id=partnership_id, tenant_id=tenant_id)
    return Partnership.objects.select_for_update(of=("self",)).get(id=partnership_id)


def _locked(partnership_id: uuid.UUID, tenant_id: uuid.UUID) -> Partnership:
    row = held(partnership_id, tenant_id)
    if not _may_change(row, tenant_id):
        raise NotWaitingError
    return row


def _may_change(row: Partnership, tenant_id: uuid.UUID) -> bool:
    waits = row.state == State.PROPOSED and row.side_of(tenant_id) == Side.MAJOR
    return waits and not has_accepted(row, side=Side.MINOR)


def invitation_of(row: Partnership) -> Invitation | None:
    if row.minor_id is None:
        return None
    return (
        open_invitations(tenant_id=row.minor_id)
        .filter(event=INVITATION, email__iexact=row.contact_email)
        .first()
    )


@transaction.atomic
def _readdress(row: Partnership, address: str, *, offer: bool, now: datetime) -> Partnership:
    """End what was sent, and stand where the new address goes on: invited, or in the making."""
    locked = _locked(row.id, row.major_id)
    invitation = invitation_of(locked)
    if locked.minor_id is not None and invitation is None:
        raise NotWaitingError  # somebody has joined that back office
    locked.contact_email = address
    if invitation is not None:
        withdraw_invitation(invitation_id=invitation.id, tenant_id=invitation.tenant_id, now=now)
        if not offer:
            _move_invitation(locked, address, now=now)
            return locked
        retire_office(locked, now=now)
    # Another way from here on: `making.finish` takes it.
    locked.state, locked.minor_id = State.MAKING, uuid7()
    locked.asked_user_id = locked.asked_tenant_id = None
    locked.token_hash = ""
    locked.created_at = now
    locked.terms = terms_of(locked)  # it names another: the major's word is asked for again
    locked.save()
    return locked


def _move_invitation(row: Partnership, address: str, *, now: datetime) -> None:
    """The same back office, asked of another address."""
    assert row.minor is not None  # noqa: S101 - it has an invitation
    row.minor.contact_email = address
    row.minor.save(update_fields=["contact_email"])
    invite(
        email=address,
        role=Role.OWNER,
        tenant_id=row.minor.id,
        invited_by=making.asker_of(row),
        event=INVITATION,
        counted=True,
        now=now,
    )
    row.sent_at, row.terms = now, terms_of(row)
    row.save(update_fields=["contact_email", "sent_at", "terms"])


def retire_office(row: Partnership, *, now: datetime) -> bool:
    """Close a back office that was made for this partnership and that nobody ever entered.

    Its invitations end at once; the schema goes after the thirty days of every deletion (R25).
    """
    tenant = Tenant.objects.filter(
        id__in=[row.minor_id], partner_only=True, state=TenantState.ACTIVE
    ).first()
    others = Partnership.objects.filter(minor=row.minor_id).exclude(id=row.id)
    if (
        tenant is None
        or row.origin != Origin.DETAILS
        or Membership.objects.filter(tenant_id=tenant.id).exists()
        or others.exclude(state=State.ENDED).exists()
    ):
        return False
    open_invitations(tenant_id=tenant.id).update(withdrawn_at=now)
    lifecycle.schedule_deletion(tenant=tenant, now=now)
    return True


def _even(started: float) -> None:
    time.sleep(max(EVEN_SECONDS - (time.monotonic() - started), 0))
