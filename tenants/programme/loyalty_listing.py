"""What loyalty's lists show: members with their points, the most loyal, and every movement."""

import uuid
from datetime import datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat, Greatest, Trim

from kernel.ledger import movements as books
from kernel.ledger.accounts import system_account_id
from kernel.ledger.models import Account, AccountKind, Transfer, TransferKind
from tenants.loyalty.models import Membership
from tenants.profiles.models import Profile
from tenants.programme import listing
from tenants.referrals.models import Referral, ReferralState
from tenants.rewards.models import Award, AwardState


def present() -> QuerySet[Profile]:
    """Every customer who is still one: neither merged into another nor erased."""
    return Profile.objects.filter(erased_at__isnull=True, merged_into__isnull=True)


def people(*, unit: str) -> QuerySet[Profile]:
    """Every customer with `points` (spendable), `earned` in all, and their membership's fields:
    `joined_at`, `left_at` and `joined_by`, null for who never joined."""
    wallet = Account.objects.filter(kind=AccountKind.WALLET, owner_id=OuterRef("pk"), unit=unit)
    return (
        present()
        .annotate(
            points=Coalesce(
                Subquery(wallet.values(spendable=Greatest(F("posted") - F("pending_out"), 0))), 0
            ),
            earned=Coalesce(Subquery(wallet.values("earned")), 0),
            joined_at=F("loyalty_membership__joined_at"),
            left_at=F("loyalty_membership__left_at"),
            joined_by=F("loyalty_membership__source"),
        )
        .order_by("last_name", "first_name", "id")
        .defer("notes", "search_text")
    )


def members(rows: QuerySet[Profile]) -> QuerySet[Profile]:
    """Those of `rows` who are in the programme now."""
    return rows.filter(
        loyalty_membership__joined_at__isnull=False, loyalty_membership__left_at__isnull=True
    )


def former(rows: QuerySet[Profile]) -> QuerySet[Profile]:
    """Those of `rows` who left it."""
    return rows.filter(loyalty_membership__left_at__isnull=False)


def outside(rows: QuerySet[Profile]) -> QuerySet[Profile]:
    """Those of `rows` who never joined."""
    return rows.filter(loyalty_membership__isnull=True)


def current_members() -> QuerySet[Any]:
    """The ids of those who are in the programme now."""
    rows = Membership.objects.filter(
        left_at__isnull=True, profile__erased_at__isnull=True, profile__merged_into__isnull=True
    )
    return rows.values("profile_id")


def member_count() -> int:
    return current_members().count()


def distributed(*, unit: str, since: datetime | None) -> QuerySet[Any]:
    """Every movement that gave points or took such back: `change`, signed, and whose wallet.

    What is spent and what expires is none: it was given all the same. `owner_id` is looked up row
    by row, so that whoever only counts or adds up does not read the wallets.
    """
    sources = _sources(unit)
    posted_before = Transfer.objects.filter(
        answers=OuterRef("answers"), kind=TransferKind.POST, id__lt=OuterRef("id")
    )
    moved = (
        Q(kind__in=[TransferKind.POSTED, TransferKind.POST])
        | Q(kind=TransferKind.REVERSE, answers__kind=TransferKind.POSTED)
        | (Q(kind=TransferKind.REVERSE) & Exists(posted_before))
    )
    given = Q(debit_id__in=sources)
    rows: QuerySet[Any] = Transfer.objects.filter(given | Q(credit_id__in=sources)).filter(moved)
    if since is not None:
        rows = rows.filter(created_at__gte=since)
    wallet = Account.objects.filter(pk=OuterRef("wallet_id"))
    changes: Any = rows.annotate(
        change=Case(
            When(given, then=F("amount")), default=-F("amount"), output_field=BigIntegerField()
        ),
        wallet_id=Case(
            When(given, then=F("credit_id")), default=F("debit_id"), output_field=UUIDField()
        ),
        owner_id=Subquery(wallet.values(whose=_whose())),
    )
    ordered: QuerySet[Any] = changes.order_by("-created_at", "-id")
    return ordered


def _sources(unit: str) -> list[uuid.UUID]:
    return [system_account_id(kind, unit) for kind in (AccountKind.ISSUED, AccountKind.ADJUSTED)]


def _whose() -> Coalesce:
    """Whose a wallet is: one that was poured into another is the other's owner's."""
    return Coalesce("merged_into__owner_id", "owner_id")


def given_in(*, unit: str, start: datetime, end: datetime) -> tuple[int, int]:
    """How many were given something in [start, end), and how much in all."""
    return books.given(unit=unit, start=start, end=end)


def named(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The same with the customer's `name` and `email`."""
    owner = Profile.objects.filter(pk=OuterRef("owner_id"))
    full = Trim(Concat("first_name", Value(" "), "last_name", output_field=CharField()))
    with_name: QuerySet[Any] = rows.annotate(
        name=Subquery(owner.values(full=full)), email=Subquery(owner.values("email"))
    )
    return with_name


def most_loyal(*, unit: str, since: datetime | None) -> QuerySet[Profile]:
    """Who was given points since then: `gained`, `referrals`, `unlocked`, and what `people` has."""
    referred = Referral.objects.filter(referrer=OuterRef("pk"), state=ReferralState.VALIDATED)
    unlocked = unlocked_awards(since=since).filter(profile=OuterRef("pk"))
    if since is not None:
        referred = referred.filter(created_at__gte=since)
    return (
        people(unit=unit)
        .filter(id__in=_wallets_given(unit, since).values(whose=_whose()))
        .annotate(
            gained=Coalesce(listing.each_ones(*books.gains(unit=unit, start=since)), 0),
            referrals=_count(referred.order_by().values("referrer")),
            unlocked=_count(unlocked.order_by().values("profile")),
        )
    )


def _wallets_given(unit: str, since: datetime | None) -> QuerySet[Account]:
    """The wallets that anything was given to, as sets of keys: to count them is quick."""
    rows, sources = distributed(unit=unit, since=since).order_by(), _sources(unit)
    return Account.objects.filter(
        Q(id__in=rows.filter(debit_id__in=sources).values("credit_id"))
        | Q(id__in=rows.filter(credit_id__in=sources).values("debit_id"))
    )


def unlocked_awards(*, since: datetime | None) -> QuerySet[Award]:
    """Rewards in kind that customers were given since then, and hold."""
    rows = Award.objects.filter(profile__isnull=False).exclude(state=AwardState.CANCELLED)
    return rows.filter(granted_at__gte=since) if since is not None else rows


def _count(grouped: QuerySet[Referral, object] | QuerySet[Award, object]) -> Coalesce:
    counted = grouped.annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=BigIntegerField()), 0)
