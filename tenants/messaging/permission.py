"""Whether somebody may be written to: asked when an email is planned, and again when it goes.

An opt-out or a bounce in between stops the next email (R44). Nobody is told an address here: all
that is compared are keyed hashes.
"""

import uuid
from collections.abc import Iterable, Sequence

from django.db.models import Q

from kernel.db import prepared_cursor
from tenants.activity.models import Invoice, Session
from tenants.messaging.addresses import address_hash
from tenants.messaging.kinds import Kind, Topic
from tenants.messaging.models import Choice, KindSwitch, Unsubscription
from tenants.profiles.models import Profile

NO_ADDRESS = "no_address"
BOUNCED = "bounced"
UNSUBSCRIBED = "unsubscribed"
NOT_WANTED = "not_wanted"
TURNED_OFF = "turned_off"
NO_CONSENT = "no_consent"
TEST = "test"
ERASED = "erased"


def may_write(
    *,
    address: str,
    marketing: bool,
    profile: Profile | None = None,
    topic: Topic | None = None,
    asked: bool = False,
) -> str | None:
    """Why this address must not be written to, or None where it may be.

    `no_address`, `bounced`, or for marketing `unsubscribed`, or `not_wanted` where the reader
    refused its topic. `asked` is for what the person asks
    for this very moment: a bounce of last month does not keep them out of their own space.
    """
    return reasons(people=[(address, profile)], marketing=marketing, topic=topic, asked=asked)[0]


def reasons(
    *,
    people: Iterable[tuple[str, Profile | None]],
    marketing: bool,
    topic: Topic | None = None,
    asked: bool = False,
) -> list[str | None]:
    """`may_write` for many at once, in three queries: one answer for each, in their order."""
    rows = [
        (address, profile, address_hash(address) if address else "") for address, profile in people
    ]
    hashes = {hashed for _address, _profile, hashed in rows if hashed}
    bounced = set() if asked else _open_bounces(hashes)
    ended = _unsubscribed(hashes) if marketing else set()
    ids = {profile.id for _address, profile, _hashed in rows if profile is not None}
    unwanted = _refused(hashes, ids, topic) if marketing and topic else set()

    def reason(address: str, profile: Profile | None, hashed: str) -> str | None:
        if not address:
            return NO_ADDRESS
        if hashed in bounced:
            return BOUNCED
        opted_out = profile is not None and profile.unsubscribed_at is not None
        if marketing and (opted_out or hashed in ended):
            return UNSUBSCRIBED
        refused = hashed in unwanted or (profile is not None and profile.id in unwanted)
        return NOT_WANTED if refused else None

    return [reason(*row) for row in rows]


def mailing_reasons(*, profiles: Sequence[Profile], topic: Topic | None) -> list[str | None]:
    """Why reminders and campaigns must not go to each of these, or None where they may.

    To customers, about what is like their purchases, or to whoever said yes; never to anybody who
    unsubscribed or refused this topic, whose address refuses us, who was erased or merged, nor to
    a test. Five queries.
    """
    reached = reasons(people=[(p.email, p) for p in profiles], marketing=True, topic=topic)
    served = _served({p.id for p in profiles if not _bought(p)})
    return [
        _never(profile) or reason or _without_consent(profile, served)
        for profile, reason in zip(profiles, reached, strict=True)
    ]


def may_mail(profile: Profile) -> bool:
    """Whether reminders and campaigns are allowed at all: by what was bought, or by a yes."""
    return _without_consent(profile, _served({profile.id})) is None


def _never(profile: Profile) -> str | None:
    if profile.erased_at is not None or profile.merged_into_id is not None:
        return ERASED
    return TEST if profile.is_test else None


def _without_consent(profile: Profile, served: set[uuid.UUID]) -> str | None:
    allowed = _bought(profile) or profile.consented_at is not None or profile.id in served
    return None if allowed else NO_CONSENT


def _bought(profile: Profile) -> bool:
    return profile.order_count > 0 or profile.bought_before is not None


def _served(ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Who is a customer by a session that took place or an invoice that was paid."""
    if not ids:
        return set()
    sessions = Session.objects.filter(profile_id__in=ids, validated_at__isnull=False, is_test=False)
    invoices = Invoice.objects.filter(profile_id__in=ids, paid_at__isnull=False, is_test=False)
    return set(sessions.values_list("profile_id", flat=True)) | set(
        invoices.values_list("profile_id", flat=True)
    )


def is_turned_off(kind: Kind) -> bool:
    """Whether the merchant turned this kind off; what must go out cannot be turned off."""
    if not kind.optional:
        return False
    return KindSwitch.objects.filter(kind=kind.name, enabled=False).exists()


def turned_off() -> set[str]:
    """The names of the kinds that were turned off."""
    return set(KindSwitch.objects.filter(enabled=False).values_list("kind", flat=True))


_BOUNCED = """
    SELECT address_hash FROM messaging_bounce
    WHERE address_hash = ANY(%s::text[]) AND lifted_at IS NULL
"""


def _open_bounces(hashes: set[str]) -> set[str]:
    with prepared_cursor() as cursor:
        cursor.execute(_BOUNCED, [list(hashes)])
        return {hashed for (hashed,) in cursor.fetchall()}


def _refused(hashes: set[str], ids: set[uuid.UUID], topic: Topic) -> set[str | uuid.UUID | None]:
    """The hashes and the people among these that refused a topic."""
    known = Q(address_hash__in=hashes) | Q(profile_id__in=ids)
    rows = Choice.objects.filter(known, refused__contains=[topic])
    return {value for row in rows.values_list("address_hash", "profile_id") for value in row}


def _unsubscribed(hashes: set[str]) -> set[str]:
    rows = Unsubscription.objects.filter(address_hash__in=hashes)
    return set(rows.values_list("address_hash", flat=True))
