"""What loyalty's lists show: members with their points, the most loyal, and every movement."""

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
    Sum,
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
    """Every movement that gave points or took such back: `change`, signed, and `owner_id`.

    What is spent and what expires is none: it was given all the same.
    """
    sources = [system_account_id(kind, unit) for kind in (AccountKind.ISSUED, AccountKind.ADJUSTED)]
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
    changes: Any = rows.annotate(
        change=Case(
            When(given, then=F("amount")), default=-F("amount"), output_field=BigIntegerField()
        ),
        owner_id=Case(
            When(given, then=Coalesce("credit__merged_into__owner_id", "credit__owner_id")),
            default=Coalesce("debit__merged_into__owner_id", "debit__owner_id"),
            output_field=UUIDField(),
        ),
    )
    ordered: QuerySet[Any] = changes.order_by("-created_at", "-id")
    return ordered


def given_in(*, unit: str, start: datetime, end: datetime) -> tuple[int, int]:
    """How many were given something in [start, end), and how much in all."""
    rows = distributed(unit=unit, since=start).filter(created_at__lt=end).order_by()
    found = rows.aggregate(people=Count("owner_id", distinct=True), total=Sum("change"))
    return int(found["people"]), int(found["total"] or 0)


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
        .annotate(
            gained=listing.each_ones(*books.gains(unit=unit, start=since)),
            referrals=_count(referred.order_by().values("referrer")),
            unlocked=_count(unlocked.order_by().values("profile")),
        )
        .filter(gained__isnull=False)
    )


def unlocked_awards(*, since: datetime | None) -> QuerySet[Award]:
    """Rewards in kind that customers were given since then, and hold."""
    rows = Award.objects.filter(profile__isnull=False).exclude(state=AwardState.CANCELLED)
    return rows.filter(granted_at__gte=since) if since is not None else rows


def _count(grouped: QuerySet[Referral, object] | QuerySet[Award, object]) -> Coalesce:
    counted = grouped.annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=BigIntegerField()), 0)
