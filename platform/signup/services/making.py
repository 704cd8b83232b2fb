"""A back office from a confirmed sign-up to its owner, from wherever a crash left it.

`provision_tenant` commits by itself, so this is not one transaction: the sign-up's row comes
first, in the state MAKING and with the id that the back office will have; then the back office
with its plan; then, in one transaction, its owner, the terms accepted, and the state DONE.
"""

import logging
from datetime import datetime, timedelta

import psycopg
from django.db import Error, transaction
from django.db.models import Exists, OuterRef, Q

from accounts.models import Role, User
from accounts.services import create_member
from accounts.services.members import AlreadyMemberError
from billing.plans import INTERVALS, TRIAL
from billing.services.accounts import Opening
from signup.errors import NotMadeError
from signup.models import Signup, SignupState, TermsAcceptance
from tenants.models import Tenant, TenantState
from tenants.provisioning.services import SlugTakenError, provision_tenant, resume_or_remove

logger = logging.getLogger(__name__)

# After this long, whoever was making it is not at it any more.
LEFT_AFTER = timedelta(minutes=1)
GIVEN_UP_AFTER = timedelta(days=1)
# A request that nobody confirmed, and one that is done and of which the proof is kept elsewhere.
KEPT = timedelta(days=30)
_OFFICES = Tenant.objects.filter(id=OuterRef("tenant_id")).exclude(state=TenantState.DELETED)
_HAS_OFFICE = Exists(_OFFICES)


def finish(*, row: Signup, now: datetime) -> Signup:
    """Bring a sign-up in the making to DONE. Called outside a transaction.

    Raises SlugTakenError where another merchant was first, with the row waiting again; else
    NotMadeError, with the row left for the same link, or for `sweep`.
    """
    try:
        _make_office(row, now=now)
        return _settle(row, now=now)
    except SlugTakenError:
        _wait_again(row)
        raise
    except NotMadeError:
        raise
    except (psycopg.OperationalError, Error) as error:
        logger.exception("sign-up %s is left in the making", row.id)
        raise NotMadeError from error
    except Exception as error:
        logger.exception("the back office of sign-up %s was not made", row.id)
        _wait_again(row)
        raise NotMadeError from error


def sweep(*, now: datetime) -> int:
    """Finish what a crash left in the making; returns how many there were. Run in public."""
    left = Signup.objects.filter(state=SignupState.MAKING, making_since__lte=now - LEFT_AFTER)
    count = 0
    for row in left.order_by("making_since"):
        count += 1
        given_up = row.making_since and row.making_since <= now - GIVEN_UP_AFTER
        if given_up and _wait_again(row):
            logger.error("sign-up %s could not be made for a day; its link goes on", row.id)
            continue
        try:
            finish(row=row, now=now)
        except (NotMadeError, SlugTakenError):
            continue  # logged, or told to the person when they come back to the link
    return count


def forget_signups(*, now: datetime) -> int:
    """Delete what nobody confirmed, and what is done and long past; returns how many.

    Whose back office is there and not done yet stays: the row is all that tells whose it is.
    """
    old = Signup.objects.filter(created_at__lte=now - KEPT).exclude(state=SignupState.MAKING)
    return int(old.filter(Q(state=SignupState.DONE) | ~_HAS_OFFICE).delete()[0])


def _make_office(row: Signup, *, now: datetime) -> Tenant:
    """The back office of `row.tenant_id`, whole; one that is there is left as it is."""
    found = Tenant.objects.filter(id=row.tenant_id).first()
    if found is not None:
        found = resume_or_remove(found, now=now)
    if found is not None:
        return found
    try:
        return provision_tenant(
            tenant_id=row.tenant_id,
            name=row.shop_name,
            slug=row.slug,
            contact_email=row.email,
            language=row.language,
            opening=Opening(
                row.plan,
                next(one for one in INTERVALS if one == row.interval),
                now + TRIAL,
            ),
            now=now,
        )
    except SlugTakenError as error:
        if Tenant.objects.filter(id=row.tenant_id).exists():
            # Somebody else is making this very one at this moment.
            raise NotMadeError from error
        raise


@transaction.atomic
def _settle(row: Signup, *, now: datetime) -> Signup:
    """The owner, the proof of the terms, and the end; of two at once, one does it."""
    locked = Signup.objects.select_for_update().get(id=row.id)
    if locked.state == SignupState.DONE:
        return locked
    owner = _owner(locked, now=now)
    TermsAcceptance.objects.get_or_create(
        tenant_id=locked.tenant_id,
        version=locked.terms_version,
        defaults={
            "user_id": owner.pk,
            "language": locked.language,
            "text_hash": locked.terms_hash,
            "accepted_at": locked.terms_accepted_at,
        },
    )
    locked.state, locked.user_id, locked.done_at = SignupState.DONE, owner.pk, now
    locked.password, locked.making_since = "", None
    locked.save(update_fields=["state", "user_id", "done_at", "password", "making_since"])
    _close_others(locked)
    return locked


def _owner(row: Signup, *, now: datetime) -> User:
    """Who signed up, as the owner; a new person gets the password that they chose."""
    known = User.objects.by_email(row.email).exists()
    try:
        create_member(
            email=row.email,
            first_name="",
            last_name="",
            password=None,
            tenant_id=row.tenant_id,
            role=Role.OWNER,
            now=now,
        )
    except AlreadyMemberError:
        logger.info("sign-up %s has its owner already", row.id)
    owner = User.objects.by_email(row.email).get()
    if not known:
        owner.password, owner.language = row.password, row.language
        owner.save(update_fields=["password", "language"])
    return owner


def _close_others(row: Signup) -> None:
    """Links for the same shop that were asked for again lead to what was made.

    The same person's other shop is another sign-up, which goes on waiting.
    """
    waiting = Signup.objects.filter(email__iexact=row.email, state=SignupState.WAITING)
    # One that has a back office of its own is gone on with: its row alone tells whose it is.
    others = waiting.filter(~_HAS_OFFICE)
    others.filter(Q(slug=row.slug) | Q(shop_name__iexact=row.shop_name)).update(
        state=SignupState.DONE,
        tenant_id=row.tenant_id,
        user_id=row.user_id,
        done_at=row.done_at,
        password="",
    )


def _wait_again(row: Signup) -> bool:
    """Back to the link, unless the back office is there already: then only its end is missing."""
    making = Signup.objects.filter(~_HAS_OFFICE, id=row.id, state=SignupState.MAKING)
    return bool(making.update(state=SignupState.WAITING, making_since=None))
