"""Taking back a yes: the brand it was given to is told, and nobody else (D4, R44)."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import QuerySet

from kernel.db import atomic_with_retry
from kernel.outbox.services import emit_all
from operations.counting import share_event
from operations.models import Share, ShareState
from operations.received import giving_back
from tenants.messaging import unsubscribing
from tenants.profiles import consents
from tenants.profiles.models import Consent, Profile
from tenants.profiles.personal import End


@atomic_with_retry
def withdraw(*, consent: Consent, how: str, now: datetime) -> bool:
    """Withdraw one brand's consent; again changes nothing. True where this call did it."""
    profile = Profile.everyone.select_for_update().get(id=consent.profile_id)
    withdrawn = consents.withdraw(consent=consent, how=how, now=now)
    if consent.controller_tenant_id is None:
        if withdrawn and profile.email:
            unsubscribing.choose(profile=profile, wanted=False, now=now)
        # A yes to us that came from a partner ended with it.
        giving_back.ended_here(profile_id=profile.id, now=now)
    else:
        tell_partners(withdrawn=withdrawn, now=now)
    return bool(withdrawn)


def tell_partners(*, withdrawn: Sequence[Consent], now: datetime) -> None:
    """Have the outbox take back what went to partners by these consents."""
    _take_back(Share.objects.filter(consent__in=withdrawn), now)


@atomic_with_retry
def forget_people(profile_ids: Iterable[uuid.UUID], now: datetime) -> None:
    """Somebody asked to be erased: every consent ends, and each partner is told (D4)."""
    ids = list(profile_ids)
    consents.withdraw_all(profile_ids=ids, how=End.WISH, now=now)
    rows = Share.objects.filter(participation__profile_id__in=ids, consent__isnull=False)
    _take_back(rows, now)
    # Whoever took a yes back before is known there still: that they are forgotten is told as well.
    known = rows.filter(state=ShareState.WITHDRAWN, delivered_at__isnull=False)
    _ask(known, now, why="erased")


@atomic_with_retry
def end_own(profile_ids: Iterable[uuid.UUID], now: datetime) -> None:
    """Somebody's time is over here (D6): the consents to this brand end, and no other.

    What they shared with a partner, by a yes to that partner (D1), stays there under its own
    clock, and it is told nothing. What never left has nothing to say any more, and goes as a count.
    """
    ids = list(profile_ids)
    for number in ids:
        consents.withdraw_own(profile_id=number, how=End.TIME, now=now)
    rows = Share.objects.filter(participation__profile_id__in=ids, consent__isnull=False)
    _ask(rows.filter(state=ShareState.PENDING), now, why="back")


def _take_back(rows: QuerySet[Share], now: datetime) -> None:
    _ask(rows.filter(state__in=[ShareState.PENDING, ShareState.DELIVERED]), now, why="back")


def _ask(rows: QuerySet[Share], now: datetime, *, why: str) -> None:
    shares = list(rows.select_for_update(of=("self",)).order_by("id"))
    Share.objects.filter(id__in=[share.id for share in shares]).update(state=ShareState.WITHDRAWING)
    emit_all(drafts=[share_event(share=share, why=why) for share in shares], now=now)
