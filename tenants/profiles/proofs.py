"""The end of a proof: three years after the agreement ended, which is what people are told (D6).

An agreement ends when it is withdrawn: by the person, by erasure, or, if it was with this merchant,
by the years without contact after which prospects are forgotten; one with a partner has that
partner's years. What waited for a confirmation that never came proved nothing,
and goes three years after it was asked. One that holds is kept as long as it holds.
"""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from tenants.profiles.models import Consent, ConsentEvent, ConsentEventKind

# A little more than what the database asks for (`tenants.profiles.guard`): it never says no.
KEEP = timedelta(days=3 * 366)


def over(*, now: datetime) -> QuerySet[Consent]:
    """The consents whose proof has been kept for long enough."""
    until = now - KEEP
    events = ConsentEvent.objects.filter(consent_id=OuterRef("id"))
    withdrawn = events.filter(kind=ConsentEventKind.WITHDRAWN)
    confirmed = events.filter(kind=ConsentEventKind.CONFIRMED)
    ended = Q(Exists(withdrawn.filter(at__lt=until)))
    never = Q(needs_confirmation=True) & ~Q(Exists(confirmed)) & ~Q(Exists(withdrawn))
    return Consent.objects.filter(ended | never, granted_at__lt=until)


def purge(*, ids: Collection[uuid.UUID]) -> int:
    """Delete these, with what happened to them; nothing points to them any more.

    The database refuses whatever is younger. In the caller's transaction.
    """
    ConsentEvent.objects.filter(consent_id__in=ids).delete()
    count, _by_table = Consent.objects.filter(id__in=ids).delete()
    return count
