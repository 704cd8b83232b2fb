"""Accepting the agreement, declining, ending: what each side may do by itself."""

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.tokens import hash_of
from partnerships.agreement import agreement_for, terms_of
from partnerships.errors import (
    AlreadyPartnersError,
    NotWaitingError,
    StaleAgreementError,
    UnknownOfferError,
    UnknownPartnershipError,
)
from partnerships.models import AgreementAcceptance, Ending, Partnership, Side, State
from partnerships.selectors import had_accepted, has_accepted, offices_owned_by, partnership
from partnerships.telling import have_begun, have_told
from tenants.lookup import forget
from tenants.models import Tenant

# In an active partnership too, where both had accepted, but not one text (migration 0003): it goes
# on, and what it shares waits for both words.
_ANSWERABLE = (State.PROPOSED, State.ACTIVE)


@transaction.atomic
def say_policy(*, tenant_id: uuid.UUID, policy_url: str) -> None:
    """Where a brand's own policy is read, as the agreement asks; what is empty changes nothing."""
    if not policy_url:
        return
    row = Tenant.objects.select_for_update().get(pk=tenant_id)
    row.policy_url = policy_url
    row.save(update_fields=["policy_url"])
    forget(row)


@transaction.atomic
def accept_agreement(
    *,
    partnership_id: uuid.UUID,
    tenant_id: uuid.UUID,
    user: User,
    text_hash: str,
    language: str,
    now: datetime,
) -> Partnership:
    """One side's word on the text whose hash is given; it is active once both gave theirs (D5).

    Both are of one text: where a brand has another name, or another back office, than in the text
    that the other side accepted, that word counts no more and is asked for again. What both have
    accepted stays, whatever they are called later: its parties are their back offices.

    Twice is once. Raises UnknownPartnershipError, NotWaitingError where it has ended, or
    StaleAgreementError where the text on screen is not the one in force.
    """
    row, side = _locked(partnership_id, tenant_id)
    other = Side.MINOR if side == Side.MAJOR else Side.MAJOR
    if row.state in _ANSWERABLE and not all(has_accepted(row, side=one) for one in Side):
        row.terms = terms_of(row)
        row.save(update_fields=["terms"])
    if has_accepted(row, side=side):
        return row
    if row.state not in _ANSWERABLE:
        raise NotWaitingError
    agreement = agreement_for(row, language=language)
    if agreement.text_hash != text_hash:
        raise StaleAgreementError
    AgreementAcceptance.objects.create(
        partnership=row,
        side=side,
        tenant_id=tenant_id,
        version=agreement.version,
        terms=row.terms,
        language=agreement.language,
        text=agreement.text,
        text_hash=agreement.text_hash,
        accepted_by=user.pk,
        accepted_name=user.name[:170],
        accepted_at=now,
    )
    _go_on(row, side, other, now)
    return row


def _go_on(row: Partnership, side: Side, other: Side, now: datetime) -> None:
    """What follows from this side's word: it begins, or the other side's is asked for."""
    if has_accepted(row, side=other):
        row.state, row.active_at = State.ACTIVE, now
        row.save(update_fields=["state", "active_at"])
        have_begun(row=row, now=now)
    to = row.major_id if side == Side.MINOR else row.minor_id
    if had_accepted(row, side=other) and not has_accepted(row, side=other):
        have_told(row=row, to=to, kind="partner_agreement_changed", now=now)
    # The major's own word comes with its proposal, of which the minor is told already.
    elif side == Side.MINOR or row.state == State.ACTIVE:
        have_told(row=row, to=to, kind="partner_accepted", now=now)


@transaction.atomic
def end_partnership(
    *, partnership_id: uuid.UUID, tenant_id: uuid.UUID, now: datetime
) -> Partnership:
    """End it, from either side: new sharing stops at once, what was shared stays.

    A minor that has not accepted yet declines by it. Twice is once.
    """
    row, side = _locked(partnership_id, tenant_id)
    if row.state == State.ENDED:
        return row
    if row.state == State.MAKING or (row.state == State.PROPOSED and side == Side.MAJOR):
        raise NotWaitingError
    row.ending = Ending.ENDED if row.state == State.ACTIVE else Ending.DECLINED
    row.state, row.ended_at, row.ended_by = State.ENDED, now, tenant_id
    row.save(update_fields=["state", "ending", "ended_at", "ended_by"])
    to = row.minor_id if side == Side.MAJOR else row.major_id
    have_told(row=row, to=to, kind="partner_ended", now=now)
    return row


def find_offer(*, token: str, tenant_id: uuid.UUID, now: datetime) -> Partnership:
    """What a link asks of somebody who owns a back office; UnknownOfferError (R24)."""
    row = (
        Partnership.objects.select_related("major")
        .filter(
            token_hash=hash_of(token),
            asked_tenant_id=tenant_id,
            token_expires_at__gt=now,
            state=State.PROPOSED,
            minor=None,
        )
        .first()
    )
    if row is None:
        raise UnknownOfferError
    return row


def take_up_offer(
    *, token: str, tenant_id: uuid.UUID, user: User, office_id: uuid.UUID, now: datetime
) -> tuple[Partnership, Tenant]:
    """Join with one of the person's own back offices; the agreement is then read there.

    A word that the major gave before named somebody else: it is asked for again (D5). Raises
    UnknownOfferError, UnknownPartnershipError for an office that is not theirs, or
    AlreadyPartnersError.
    """
    offer = find_offer(token=token, tenant_id=tenant_id, now=now)
    if offer.asked_user_id != user.pk:
        raise UnknownOfferError
    mine = {office.id: office for office in offices_owned_by(user_id=user.pk)}
    office = mine.get(office_id)
    if office is None or office.id == offer.major_id:
        raise UnknownPartnershipError
    try:
        with transaction.atomic():
            row = Partnership.objects.select_for_update(of=("self",)).get(id=offer.id)
            if row.token_hash != offer.token_hash or row.minor_id is not None:
                raise UnknownOfferError
            row.minor_id, row.token_hash = office.id, ""
            row.terms = terms_of(row)
            row.save(update_fields=["minor", "token_hash", "terms"])
            have_told(row=row, to=office.id, kind="partner_proposed", now=now)
            if had_accepted(row, side=Side.MAJOR):
                have_told(row=row, to=row.major_id, kind="partner_agreement_changed", now=now)
    except IntegrityError as error:
        raise AlreadyPartnersError from error
    return row, office


@transaction.atomic
def decline_offer(*, token: str, tenant_id: uuid.UUID, user: User, now: datetime) -> Partnership:
    """Refuse, before any back office was named. The link is used up. Raises UnknownOfferError."""
    offer = find_offer(token=token, tenant_id=tenant_id, now=now)
    if offer.asked_user_id != user.pk:
        raise UnknownOfferError
    row = Partnership.objects.select_for_update(of=("self",)).get(id=offer.id)
    if row.token_hash != offer.token_hash:
        raise UnknownOfferError
    row.state, row.ending, row.ended_at = State.ENDED, Ending.DECLINED, now
    row.token_hash = ""
    row.save(update_fields=["state", "ending", "ended_at", "token_hash"])
    have_told(row=row, to=row.major_id, kind="partner_ended", now=now)
    return row


def _locked(partnership_id: uuid.UUID, tenant_id: uuid.UUID) -> tuple[Partnership, Side]:
    """One of this merchant's partnerships, locked, and the side on which it stands."""
    partnership(partnership_id=partnership_id, tenant_id=tenant_id)
    # Its sides are read afterwards: joined to it, they would be those of before the wait.
    row = Partnership.objects.select_for_update(of=("self",)).get(id=partnership_id)
    side = row.side_of(tenant_id)
    if side is None:
        raise UnknownPartnershipError
    return row, side
