"""Who does not want marketing from this merchant, by address and without keeping the address.

A friend who was invited has no profile, and their address is forgotten: what stays is a keyed
hash, so that nobody is written to again by mistake (D4).
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from kernel.db import atomic_with_retry
from kernel.outbox.services import emit
from tenants.messaging.addresses import address_hash, recipient_hash
from tenants.messaging.catalogue.shapes import Topic
from tenants.messaging.models import Choice, Email, EmailState, Unsubscription
from tenants.profiles import consents, emails
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile

# Somebody's yes to this merchant ended by its own emails, in its space or by hand: whoever stands
# above and keeps something by that yes answers it.
YES_ENDED = "messaging.yes_ended"


def is_unsubscribed(*, address: str, profile: Profile | None = None) -> bool:
    """Whether marketing to this address, or to this person, has ended."""
    if profile is not None and profile.unsubscribed_at is not None:
        return True
    return Unsubscription.objects.filter(address_hash=address_hash(address)).exists()


def unsubscribed_among(*, addresses: Iterable[str]) -> set[str]:
    """Those of `addresses` to which marketing has ended, in one query."""
    by_hash = {address_hash(address): address for address in addresses}
    rows = Unsubscription.objects.filter(address_hash__in=list(by_hash))
    return {by_hash[value] for value in rows.values_list("address_hash", flat=True)}


def has_ended(*, email: Email) -> bool:
    """Whether marketing to whoever got this email has ended."""
    return ended(hashed=recipient_hash(email), profile=email.profile)


def ended(*, hashed: str, profile: Profile | None) -> bool:
    """Whether marketing has ended for this hash, or for this person."""
    if profile is not None and profile.unsubscribed_at is not None:
        return True
    return Unsubscription.objects.filter(address_hash=hashed).exists()


@atomic_with_retry
def unsubscribe(*, email: Email, now: datetime) -> None:
    """End marketing to whoever got this email; once more changes nothing."""
    profile = email.profile
    if profile is None and email.to:
        profile = Profile.objects.filter(email_key=emails.key(email.to)).first()
    end(hashed=recipient_hash(email), profile=profile, now=now)


def end(*, hashed: str, profile: Profile | None, now: datetime, how: str = "unsubscribe") -> None:
    """End marketing for a hash, and for the customer behind it; `how` is where they said so.

    Whoever had ended it before may have said yes since, on a form that could not reopen it: that
    yes ends here, too.
    """
    _note(hashed, now)
    if profile is None:
        return
    if profile.unsubscribed_at is None:
        profiles.update(profile_id=profile.id, unsubscribed_at=now, consented_at=None)
    if consents.withdraw_own(profile_id=profile.id, how=how, now=now):
        emit(kind=YES_ENDED, payload={"profile": str(profile.id)}, now=now)


@atomic_with_retry
def choose(*, profile: Profile, wanted: bool, now: datetime) -> None:
    """A customer says, of the merchant's news as a whole, yes or no.

    A yes also takes back that they refused offers alone; what else they refused stays so.
    """
    hashed = address_hash(profile.email)
    if not wanted:
        end(hashed=hashed, profile=profile, now=now, how="space")
        return
    Unsubscription.objects.filter(address_hash=hashed).delete()
    for row in Choice.objects.filter(Q(address_hash=hashed) | Q(profile=profile)):
        row.refused = [topic for topic in row.refused if topic != Topic.CAMPAIGNS]
        row.save(update_fields=["refused"])
    profiles.update(profile_id=profile.id, unsubscribed_at=None, consented_at=now)


@atomic_with_retry
def forget_recipients(*, keys: Iterable[str]) -> None:
    """Blank the emails of these keys: neither address nor words of them stay (D7).

    A keyed hash stays, so that the link in the email goes on ending marketing.
    """
    rows = list(Email.objects.select_for_update().filter(key__in=list(keys)).order_by("id"))
    for row in rows:
        row.context = {"address_hash": recipient_hash(row)}
        row.to = row.subject = row.text = row.html = ""
        if row.state == EmailState.QUEUED:
            row.state, row.skipped_because = EmailState.SKIPPED, "forgotten"
    changed = ["context", "to", "subject", "text", "html", "state", "skipped_because"]
    Email.objects.bulk_update(rows, changed, batch_size=500)


def _note(hashed: str, now: datetime) -> None:
    row = Unsubscription(address_hash=hashed, unsubscribed_at=now)
    Unsubscription.objects.bulk_create([row], ignore_conflicts=True)


def note(*, address: str, now: datetime) -> None:
    """End marketing to an address, whoever is behind it."""
    _note(address_hash(address), now)
