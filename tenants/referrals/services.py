"""Writing clicks, invitations and referrals."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.db import atomic_with_retry, insert, prepared_cursor
from kernel.errors import ConflictError, NotFoundError, RicochetError
from kernel.ids import uuid7
from kernel.slices import delete_in_slices
from tenants.activity.models import Order
from tenants.profiles import emails
from tenants.profiles.models import Profile
from tenants.profiles.names import clean_name
from tenants.referrals.attribution import Verdict
from tenants.referrals.codes import normalise
from tenants.referrals.facts import Fact
from tenants.referrals.models import (
    OPEN_STATES,
    Channel,
    Click,
    Invitation,
    Referral,
    ReferralState,
    Refusal,
)

_STORE_CLICK = """
    INSERT INTO referrals_click (id, code_id, invitation_id, visitor_id, channel, clicked_at)
    SELECT %s, c.id, (
        SELECT i.id FROM referrals_invitation i WHERE i.id = %s AND i.referrer_id = c.profile_id
    ), %s::uuid, %s::text, %s
    FROM referrals_code c WHERE c.code = %s
"""
# A visit is not money: its visitor does not wait for the disk. PostgreSQL writes it within a
# second; only a crash of the whole server in that second loses it, with what it would have told.
_WITHOUT_WAITING = " AND set_config('synchronous_commit', 'off', true) = 'off'"

INVITATIONS_A_DAY = 10
# What friends ask for themselves, through one link.
ASKINGS_A_DAY = 50
# A friend's address that led to nothing is forgotten after this long (D7).
FORGET_AFTER = timedelta(days=60)
# A visit says where a customer came from; after thirteen months it compares with no season.
KEEP_CLICKS = timedelta(days=395)


class UnknownCodeError(NotFoundError):
    """There is no such referral code."""

    code = "unknown_code"
    words = gettext_lazy("Aucun parrain n’a ce code.")


class TooManyInvitationsError(RicochetError):
    """This person has sent all the invitations of the day."""

    code = "too_many_invitations"
    status = 429
    retry = True
    words = gettext_lazy("Vous avez envoyé vos invitations du jour. Revenez demain.")


class NotInvitableError(ConflictError):
    """This address cannot be invited: it was already, or it is known to the merchant."""

    code = "not_invitable"
    words = gettext_lazy("Cette adresse ne peut pas être invitée. Partagez plutôt votre lien.")


def record_click(
    *,
    code: str,
    channel: str,
    now: datetime,
    invitation_id: uuid.UUID | None = None,
    visitor_id: uuid.UUID | None = None,
) -> uuid.UUID | None:
    """Store a visit through a link in one statement; its id, or None for an unknown code.

    `visitor_id` is the profile of a visitor who is logged in to their own cagnotte.
    """
    click_id = uuid7()
    known = channel if channel in Channel.values else Channel.LINK.value
    # Inside somebody's transaction, theirs is not ours to hurry.
    alone = not connection.in_atomic_block
    with prepared_cursor() as cursor:
        cursor.execute(
            _STORE_CLICK + _WITHOUT_WAITING if alone else _STORE_CLICK,
            [click_id, invitation_id, visitor_id, known, now, normalise(code)],
        )
        if cursor.rowcount != 1:
            return None
    if invitation_id is not None:
        Invitation.objects.filter(
            id=invitation_id,
            referrer__referral_code__code=normalise(code),
            clicked_at=None,
        ).update(clicked_at=now)
    return click_id


@atomic_with_retry
def invite(*, referrer: Profile, email: str, first_name: str, now: datetime) -> Invitation:
    """Note a friend's address, once per merchant whoever invites.

    Raises InvalidEmailError, UnsafeNameError, NotInvitableError, TooManyInvitationsError. The
    answer for a known customer is that for an address invited before: nobody learns from here
    who is a customer (R33).
    """
    address = emails.clean(email)
    name = clean_name(first_name, param="first_name")
    # One invitation at a time for each referrer: the cap holds under a race.
    Profile.objects.select_for_update(no_key=True).get(id=referrer.id)
    if _today(referrer, now, asked=False) >= INVITATIONS_A_DAY:
        raise TooManyInvitationsError(
            _("Vous avez envoyé vos %(count)s invitations du jour. Revenez demain.")
            % {"count": INVITATIONS_A_DAY}
        )
    return _store(referrer=referrer, address=address, first_name=name, now=now)


@atomic_with_retry
def note_asking(*, referrer: Profile, email: str, now: datetime) -> Invitation:
    """Note an address that a friend gave on the page of a link: it is theirs, and counts as
    invited by that link's referrer. Raises what `invite` raises, with a limit of its own."""
    address = emails.clean(email)
    Profile.objects.select_for_update(no_key=True).get(id=referrer.id)
    if _today(referrer, now, asked=True) >= ASKINGS_A_DAY:
        raise TooManyInvitationsError
    return _store(referrer=referrer, address=address, first_name="", now=now, asked=True)


def _today(referrer: Profile, now: datetime, *, asked: bool) -> int:
    since = now - timedelta(days=1)
    rows = Invitation.objects.filter(referrer=referrer, created_at__gt=since, asked=asked)
    return rows.count()


def _store(
    *, referrer: Profile, address: str, first_name: str, now: datetime, asked: bool = False
) -> Invitation:
    address_key = emails.key(address)
    known = Profile.everyone.filter(email_key=address_key).exists()
    row = Invitation(
        referrer=referrer,
        email=address,
        email_key=address_key,
        email_hash=_hash(address),
        first_name=first_name,
        created_at=now,
        forget_at=now + FORGET_AFTER,
        asked=asked,
    )
    if not known:
        Invitation.objects.bulk_create([row], ignore_conflicts=True)
    stored = Invitation.objects.filter(id=row.id).first()
    if stored is None:
        raise NotInvitableError(
            _("Cette adresse ne peut pas être invitée. Partagez plutôt votre lien."),
            param="email",
        )
    return stored


def forget_unused_addresses(*, now: datetime) -> list[uuid.UUID]:
    """Blank the addresses of invitations whose time is over (D7); returns the invitations' ids.

    What stays is a keyed hash: the same address is not invited again (D4).
    """
    over = Invitation.objects.filter(forget_at__lte=now, email_key__isnull=False)
    rows = list(over.select_for_update().order_by("id"))
    for row in rows:
        row.email_hash = row.email_hash or _hash(row.email)
        row.email, row.email_key, row.first_name = "", None, ""
    changed = ["email", "email_key", "email_hash", "first_name"]
    Invitation.objects.bulk_update(rows, changed, batch_size=500)
    return [row.id for row in rows]


def _hash(address: str) -> str:
    return emails.hashed(address, purpose="referrals.invited")


def forget_old_clicks(*, now: datetime) -> int:
    """Delete the visits of more than 13 months ago; returns how many. Referrals stay."""
    return delete_in_slices(Click.objects.filter(clicked_at__lt=now - KEEP_CLICKS))


def record_referral(
    *, verdict: Verdict, referee: Profile, fact: Fact, now: datetime, awaits: bool = False
) -> Referral:
    """Store a judged referral: pending when it counts, refused with its reason when not.

    `awaits`: it is known who sent the customer, and what makes it count is still to come.
    """
    clue = verdict.clue
    refused = bool(verdict.refusal)
    himself = clue.referrer is not None and clue.referrer.id == referee.id
    row = Referral(
        referrer=None if himself else clue.referrer,
        referee=referee,
        order=fact.order,
        session=fact.session,
        awaits_fact=awaits and not refused,
        code_used=clue.code_used,
        step=clue.step,
        channel=clue.channel,
        invitation=clue.invitation,
        state=ReferralState.REFUSED if refused else ReferralState.PENDING,
        refusal=verdict.refusal,
        facts=verdict.facts | ({"rungs": verdict.rungs} if verdict.rungs else {}),
        created_at=now,
        decided_at=now if refused else None,
    )
    insert([row])
    return row


# Asked for every order of a known customer. The open states are written out: so the index of
# open referrals answers.
_AWAITING = """
    SELECT id FROM referrals_referral
    WHERE referee_id = %s AND state IN ('pending', 'validated', 'held') AND awaits_fact
"""


def awaiting(*, referee: Profile) -> Referral | None:
    """The open referral of this person whose fact is still to come. They are locked already."""
    with prepared_cursor() as cursor:
        cursor.execute(_AWAITING, [referee.id])
        found = cursor.fetchone()
    if found is None:
        return None
    return Referral.objects.select_related("referrer", "referee").get(id=found[0])


def bring_fact(*, referral: Referral, fact: Fact) -> None:
    """What a referral waited for has come."""
    referral.order, referral.session = fact.order, fact.session or referral.session
    referral.awaits_fact = False
    referral.save(update_fields=["order", "session", "awaits_fact"])


def open_referrals_of_order(*, order: Order) -> Iterable[Referral]:
    """The referrals that an order carries and that still count, locked."""
    return Referral.objects.select_for_update().filter(order=order, state__in=OPEN_STATES)


def settle(
    *, referral: Referral, state: ReferralState, now: datetime, refusal: Refusal | str = ""
) -> None:
    """Move a locked referral to its next state."""
    referral.state = state
    referral.refusal = refusal
    referral.decided_at = now
    referral.save(update_fields=["state", "refusal", "decided_at"])
