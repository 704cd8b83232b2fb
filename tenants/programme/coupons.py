"""What a friend gets for having been named: one coupon for each address, for ever (SP-14)."""

import uuid
from datetime import datetime

from kernel.db import atomic_with_retry
from tenants.profiles import emails
from tenants.profiles.models import Profile
from tenants.programme import gift_notices, granting, promises, versions
from tenants.programme.models import LeadsTo, ProgrammeVersion, RewardRule, Side, Trigger
from tenants.referrals import services as referrals
from tenants.referrals.models import Invitation, ReferralCode
from tenants.referrals.services import NotInvitableError, TooManyInvitationsError
from tenants.rewards import awards
from tenants.rewards.models import Award, AwardOrigin, AwardState


def rule_of(version: ProgrammeVersion | None) -> RewardRule | None:
    """The coupon that these rules send to whoever is invited, if any."""
    if not versions.is_open(version) or version is None or version.leads_to != LeadsTo.COUPON:
        return None
    rules = promises.in_kind(version, trigger=Trigger.INVITATION)
    return next((rule for rule in rules if rule.side == Side.REFEREE), None)


def give(*, invitation: Invitation, version: ProgrammeVersion, now: datetime) -> Award | None:
    """The coupon of an invitation; None where the rules have none, the merchant's codes have run
    out, or the address had one before, under any of its aliases."""
    rule = rule_of(version)
    if rule is None or not invitation.email:
        return None
    address = emails.hashed(emails.folded(invitation.email), purpose="programme.coupon")
    source = f"invitation:{invitation.id}"
    award, _created = awards.grant(
        key=f"coupon:{address}",
        origin=AwardOrigin.INVITATION,
        what=granting.what_of(rule),
        source=source,
        now=now,
    )
    usable = award.state == AwardState.AVAILABLE and award.source == source
    return award if usable else None


def of_invitation(*, invitation_id: uuid.UUID, code: str) -> Award | None:
    """The coupon that an invitation brought, for whoever follows the link of that email."""
    found = Invitation.objects.filter(id=invitation_id, referrer__referral_code__code=code)
    if not found.exists():
        return None
    rows = Award.objects.filter(source=f"invitation:{invitation_id}", state=AwardState.AVAILABLE)
    return rows.first()


@atomic_with_retry
def ask(*, code: ReferralCode, email: str, now: datetime) -> Award | None:
    """A friend gives their own address on the page of a link: the coupon goes there by email.

    None where nothing is sent: to a customer, to the referrer's own address or an alias of it, to
    an address that had its coupon. The page says the same in each case (R33). Raises
    InvalidEmailError.
    """
    version = versions.in_force(now=now)
    if version is None or rule_of(version) is None:
        return None
    address = emails.clean(email)
    own = code.profile.email_folded and emails.folded(address) == code.profile.email_folded
    if own or Profile.objects.filter(email_key=emails.key(address)).exists():
        return None
    invitation = Invitation.objects.filter(email_key=emails.key(address)).first()
    if invitation is None:
        try:
            invitation = referrals.note_asking(referrer=code.profile, email=address, now=now)
        except (NotInvitableError, TooManyInvitationsError):
            return None
    award = give(invitation=invitation, version=version, now=now)
    if award is not None:
        gift_notices.coupon_sent(invitation=invitation, award=award, code=code.code, now=now)
    return award


def claim(*, invitation_id: uuid.UUID | None, profile: Profile) -> None:
    """The friend is a customer now: the coupon of their invitation is theirs by name."""
    if invitation_id is not None:
        source = f"invitation:{invitation_id}"
        Award.objects.filter(source=source, profile=None).update(profile=profile)
