"""What the reader of an address wants of our emails: which kinds, and whether opens may be counted.

Kept under a keyed hash, as unsubscribing is: an invited friend has no record. A customer's choice
is found by their record, too, so that it holds for their next address.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.db import atomic_with_retry, insert_if_absent
from tenants.messaging import permission, unsubscribing
from tenants.messaging.addresses import address_hash, recipient_hash
from tenants.messaging.catalogue.shapes import Topic
from tenants.messaging.models import Choice, Email, Unsubscription
from tenants.profiles import emails
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile

TOPICS: dict[Topic, tuple[str | Promise, str | Promise]] = {
    Topic.REMINDERS: (
        _("Les rappels"),
        _("Une cagnotte à utiliser, une récompense qui arrive ou qui expire."),
    ),
    Topic.CAMPAIGNS: (_("Les offres"), _("De temps en temps, ce que la boutique propose.")),
    Topic.NEWS: (_("La vie du programme"), _("Un palier atteint, une nouveauté.")),
    Topic.INVITATIONS: (_("Les invitations"), _("Quand un proche vous parle de la boutique.")),
}
# What somebody who never bought gets only after a yes of their own.
_NEEDS_CONSENT = {Topic.CAMPAIGNS, Topic.REMINDERS}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody gets: `wanted` of all topics; nothing where marketing has `ended`.

    `asked` is off while reminders and campaigns lack a consent.
    """

    ended: bool = False
    asked: bool = True
    refused: frozenset[Topic] = frozenset()
    opens: bool = False
    changed_at: datetime | None = None

    @property
    def wanted(self) -> tuple[Topic, ...]:
        """The topics that they get, in the order of the page."""
        without = self.refused if self.asked else self.refused | _NEEDS_CONSENT
        return () if self.ended else tuple(topic for topic in TOPICS if topic not in without)


def reader_of(email: Email) -> Profile | None:
    """The customer who reads an email: its own, or whose address it went to."""
    if email.profile is not None or not email.to:
        return email.profile
    return Profile.objects.filter(email_key=emails.key(email.to)).first()


def wishes_of(*, profile: Profile) -> Wishes:
    """A customer's wishes."""
    return _wishes(address_hash(profile.email), profile)


def wishes_behind(*, email: Email) -> Wishes:
    """The wishes of whoever got this email."""
    return _wishes(recipient_hash(email), reader_of(email))


@atomic_with_retry
def choose(*, email: Email, wanted: Collection[Topic], opens: bool, now: datetime) -> None:
    """Whoever got this email says what they want of now on. Nothing is to unsubscribe."""
    said = _Said(wanted, opens, "unsubscribe")
    _choose(recipient_hash(email), reader_of(email), said, now)


@atomic_with_retry
def choose_own(*, profile: Profile, wanted: Collection[Topic], opens: bool, now: datetime) -> None:
    """A customer says so in their own space."""
    _choose(address_hash(profile.email), profile, _Said(wanted, opens, "space"), now)


def may_count_opens(*, email: Email) -> bool:
    """Whether this reader said that we may know that they opened it."""
    wishes = _wishes(recipient_hash(email), email.profile)
    return wishes.opens and not wishes.ended


@dataclass(frozen=True, slots=True)
class _Said:
    """What was ticked, and where."""

    wanted: Collection[Topic]
    opens: bool
    how: str


def _choose(hashed: str, profile: Profile | None, said: _Said, now: datetime) -> None:
    wanted = said.wanted
    before = _wishes(hashed, profile)
    refused = sorted(topic for topic in TOPICS if topic not in wanted)
    row = Choice(address_hash=hashed, profile=profile, changed_at=now)
    insert_if_absent([row])
    # Of an earlier address, too: what holds is what was said last.
    _rows(hashed, profile).update(
        refused=refused, opens=said.opens and bool(wanted), changed_at=now
    )
    if profile is not None:
        Choice.objects.filter(address_hash=hashed).update(profile=profile)
    if not wanted:
        unsubscribing.end(hashed=hashed, profile=profile, now=now, how=said.how)
        return
    Unsubscription.objects.filter(address_hash=hashed).delete()
    if profile is None:
        return
    # A box that was ticked already says nothing: only one that is ticked now is a yes.
    said_yes = (set(wanted) - set(before.wanted)) & _NEEDS_CONSENT
    consented_at = profile.consented_at or (now if said_yes else None)
    profiles.update(profile_id=profile.id, unsubscribed_at=None, consented_at=consented_at)


def _wishes(hashed: str, profile: Profile | None) -> Wishes:
    rows = list(_rows(hashed, profile))
    return Wishes(
        ended=unsubscribing.ended(hashed=hashed, profile=profile),
        asked=profile is None or permission.may_mail(profile),
        refused=frozenset(Topic(topic) for row in rows for topic in row.refused),
        opens=bool(rows) and all(row.opens for row in rows),
        changed_at=max((row.changed_at for row in rows), default=None),
    )


def _rows(hashed: str, profile: Profile | None) -> QuerySet[Choice]:
    mine = Q(address_hash=hashed)
    return Choice.objects.filter(mine if profile is None else mine | Q(profile=profile))
