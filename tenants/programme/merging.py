"""Two records of one person become one. It cannot be undone: addresses, codes and ids of the
record that goes still lead to the one that stays.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy

from kernel.db import atomic_with_retry
from kernel.errors import ConflictError
from kernel.ledger import services as ledger
from tenants.activity.models import Invoice, Order, Session
from tenants.loyalty.models import Membership
from tenants.profiles import references
from tenants.profiles.derived import refresh
from tenants.profiles.models import Profile
from tenants.profiles.services import UnknownProfileError
from tenants.programme import decisions, hand_referrals, tiers
from tenants.programme.decisions import Code
from tenants.referrals.models import OPEN_STATES, Referral
from tenants.rewards.models import Award

# What the merchant chooses of either record, where both say something and not the same.
CHOICES = ("first_name", "last_name", "email", "phone", "shop", "gender", "language", "external_id")
_MOST_NOTES = 4_000


class UnableToMergeError(ConflictError):
    """These two records cannot become one."""

    code = "unable_to_merge"
    words = gettext_lazy("Ces deux fiches ne peuvent pas être réunies.")


@dataclass(frozen=True, slots=True)
class Merger:
    """What would happen: what moves by its name and count, which referrals end and why."""

    moves: dict[str, int] = field(default_factory=dict)
    between: list[Referral] = field(default_factory=list)
    second: Referral | None = None


def preview(*, kept: Profile, gone: Profile) -> Merger:
    """What merging these two would move, and which referrals it would end."""
    made = Referral.objects.select_related("referrer", "referee").prefetch_related("rewards")
    return Merger(
        moves={
            "orders": Order.objects.filter(profile=gone).count(),
            "invoices": Invoice.objects.filter(profile=gone).count(),
            "sessions": Session.objects.filter(profile=gone).count(),
            "referrals": Referral.objects.filter(referrer=gone).count(),
            "awards": Award.objects.filter(profile=gone).count(),
        },
        between=list(made.filter(_between(kept, gone), state__in=OPEN_STATES)),
        second=_later(kept, gone),
    )


@atomic_with_retry
def merge(
    *,
    kept_id: uuid.UUID,
    gone_id: uuid.UUID,
    from_gone: Collection[str],
    author_id: uuid.UUID | None,
    now: datetime,
) -> Profile:
    """Make one record of two; `from_gone` are the fields whose values come from the one that goes.

    Facts, referrals, rewards and messages move, wallets are poured together, and the books stay
    balanced. A referral of one by the other ends, and of two referrals that brought the same
    person the earlier stands. Once more answers the record that stays.
    """
    rows = Profile.everyone.select_for_update(of=("self",)).filter(id__in=[kept_id, gone_id])
    people = {person.id: person for person in rows.order_by("id")}
    kept, gone = people.get(kept_id), people.get(gone_id)
    if kept is None or gone is None:
        raise UnknownProfileError
    if gone.merged_into_id == kept.id:
        return kept
    _check(kept, gone)
    _settle_referrals(kept, gone, author_id, now)
    references.move(gone=gone.id, kept=kept.id, freely=frozenset({Referral._meta.db_table}))
    _settle_memberships(kept, gone)
    _rename_awards(kept, gone)
    ledger.merge(from_owner=gone.id, into_owner=kept.id, source=f"profile:{gone.id}", now=now)
    _write(kept, gone, from_gone)
    decisions.note(
        code=Code.MERGED, now=now, profile=kept, author_id=author_id, merged=str(gone.id)
    )
    tiers.settle_tiers(profile_ids=[kept.id], now=now)
    return kept


def _check(kept: Profile, gone: Profile) -> None:
    over = any(p.merged_into_id is not None or p.erased_at is not None for p in (kept, gone))
    if kept.id == gone.id or over or kept.is_test != gone.is_test:
        raise UnableToMergeError


def _between(kept: Profile, gone: Profile) -> Q:
    return Q(referrer=kept, referee=gone) | Q(referrer=gone, referee=kept)


def _later(kept: Profile, gone: Profile) -> Referral | None:
    """Of two referrals that both count and brought this person, the one that came later."""
    rows = Referral.objects.filter(referee__in=(kept, gone), state__in=OPEN_STATES)
    rows = rows.exclude(_between(kept, gone)).order_by("created_at", "id")
    both = list(rows.select_related("referrer", "referee").prefetch_related("rewards"))
    return both[1] if len(both) > 1 else None


def _settle_referrals(
    kept: Profile, gone: Profile, author_id: uuid.UUID | None, now: datetime
) -> None:
    between = Referral.objects.filter(_between(kept, gone))
    later = _later(kept, gone)
    ending = list(between.filter(state__in=OPEN_STATES)) + ([later] if later else [])
    for referral in ending:
        hand_referrals.remove_referral(referral_id=referral.id, author_id=author_id, now=now)
    # Nobody refers themselves: who had brought whom is not said any more.
    between.update(referrer=None)


def _settle_memberships(kept: Profile, gone: Profile) -> None:
    """Who was a member under either record is one."""
    other = Membership.objects.filter(profile_id=gone.id).first()
    own = Membership.objects.filter(profile_id=kept.id).first()
    if other is None or own is None:
        return
    if own.left_at is not None and other.left_at is None:
        own.joined_at, own.left_at, own.source = other.joined_at, None, other.source
    elif own.left_at is None and other.left_at is None:
        own.joined_at = min(own.joined_at, other.joined_at)
    own.save()
    other.delete()


def _rename_awards(kept: Profile, gone: Profile) -> None:
    """A tier that one record was given is not given to the other again."""
    for award in Award.objects.filter(profile=kept, key__endswith=f":{gone.id}"):
        key = award.key.removesuffix(str(gone.id)) + str(kept.id)
        if not Award.objects.filter(key=key).exists():
            award.key = key
            award.save(update_fields=["key"])


def _write(kept: Profile, gone: Profile, from_gone: Collection[str]) -> None:
    """The figures of both, and of each field the value that was chosen."""
    for name in CHOICES:
        if name in from_gone or not getattr(kept, name):
            _swap(kept, gone, name)
    notes = [text for text in (kept.notes, gone.notes) if text]
    kept.notes = "\n\n".join(dict.fromkeys(notes))[:_MOST_NOTES]
    kept.order_count += gone.order_count
    kept.order_total += gone.order_total
    # Whoever asked to be forgotten under either record asked for themselves.
    for name in (
        "account_created_at",
        "first_order_at",
        "bought_before",
        "unsubscribed_at",
        "erasure_asked_at",
    ):
        setattr(kept, name, _earliest(getattr(kept, name), getattr(gone, name)))
    for name in ("last_order_at", "last_contact_at"):
        both = [at for at in (getattr(kept, name), getattr(gone, name)) if at is not None]
        setattr(kept, name, max(both, default=None))
    kept.created_at = min(kept.created_at, gone.created_at)
    gone.merged_into = kept
    # Addresses and numbers are unique: both rows let go of theirs before they take the other's.
    Profile.everyone.filter(id__in=(kept.id, gone.id)).update(email_key=None, external_id=None)
    gone.save()
    kept.save()
    Profile.everyone.filter(merged_into=gone).update(merged_into=kept)
    refresh(profile_ids=[kept.id, gone.id])


def _swap(kept: Profile, gone: Profile, name: str) -> None:
    for column in (name, "email_key", "email_folded") if name == "email" else (name,):
        mine, other = getattr(kept, column), getattr(gone, column)
        setattr(kept, column, other)
        setattr(gone, column, mine)


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)
