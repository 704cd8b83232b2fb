"""What the back office's lists show: rows with their figures, each list in one query."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce, Greatest

from kernel.ledger.models import Account, AccountKind
from shell.text import folded
from tenants.activity.models import Order
from tenants.loyalty.models import Membership
from tenants.profiles.models import Profile
from tenants.profiles.selectors import by_id
from tenants.programme.models import Reward, Side
from tenants.referrals import codes
from tenants.referrals.models import Invitation, Referral, ReferralCode, ReferralState

# A customer is new for a month after the first order, and inactive a year after the last one.
NEW_FOR = timedelta(days=30)
INACTIVE_AFTER = timedelta(days=365)


def customers(*, unit: str, now: datetime) -> QuerySet[Profile]:
    """Every customer with `look` (a state), `invited`, `validated` and `balance` (spendable)."""
    return (
        Profile.objects.filter(erased_at__isnull=True)
        .select_related("referral_code")
        .annotate(
            validated=_count(Referral.objects.filter(state=ReferralState.VALIDATED), "referrer"),
            invited=_count(Invitation.objects.all(), "referrer")
            + _count(Referral.objects.filter(invitation__isnull=True), "referrer"),
            balance=Coalesce(
                Subquery(
                    Account.objects.filter(
                        kind=AccountKind.WALLET, owner_id=OuterRef("pk"), unit=unit
                    ).values(spendable=Greatest(F("posted") - F("pending_out"), 0))
                ),
                0,
            ),
            look=_look(now),
        )
        .order_by("last_name", "first_name", "id")
        .defer("notes", "search_text")
    )


def _count(rows: QuerySet[Referral] | QuerySet[Invitation], to: str) -> Coalesce:
    """How many of `rows` point to the customer by the foreign key `to`."""
    counted = (
        rows.filter(**{to: OuterRef("pk")})
        .order_by()
        .values(to)
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _look(now: datetime) -> Case:
    return Case(
        When(unsubscribed_at__isnull=False, then=Value("unsubscribed")),
        When(order_count=0, then=Value("not_yet")),
        When(first_order_at__gt=now - NEW_FOR, then=Value("new")),
        When(last_order_at__lt=now - INACTIVE_AFTER, then=Value("inactive")),
        default=Value("active"),
        output_field=CharField(),
    )


def state_of(*, profile: Profile, now: datetime) -> str:
    """The state of one customer: the same rules as the list's, for a record."""
    if profile.unsubscribed_at is not None:
        return "unsubscribed"
    if profile.order_count == 0:
        return "not_yet"
    if profile.first_order_at is not None and profile.first_order_at > now - NEW_FOR:
        return "new"
    if profile.last_order_at is not None and profile.last_order_at < now - INACTIVE_AFTER:
        return "inactive"
    return "active"


def referrers(rows: QuerySet[Profile]) -> QuerySet[Profile]:
    """Those of `rows` who invited somebody, or to whom a referral was owed."""
    invited = Invitation.objects.order_by().values("referrer")
    referred = Referral.objects.order_by().filter(referrer__isnull=False).values("referrer")
    return rows.filter(Q(id__in=invited) | Q(id__in=referred))


def holders(rows: QuerySet[Profile], *, unit: str) -> QuerySet[Profile]:
    """Those of `rows` whose cagnotte has something to spend: the wallets asked once, as a set."""
    filled = Account.objects.filter(kind=AccountKind.WALLET, unit=unit, posted__gt=F("pending_out"))
    return rows.filter(id__in=filled.values("owner_id"))


def referees(rows: QuerySet[Profile]) -> QuerySet[Profile]:
    """Those of `rows` whom somebody brought, and for whom it counts."""
    open_states = (ReferralState.PENDING, ReferralState.VALIDATED)
    return rows.filter(
        Exists(Referral.objects.filter(referee=OuterRef("pk"), state__in=open_states))
    )


def members(rows: QuerySet[Profile]) -> QuerySet[Profile]:
    """Those of `rows` who are in the loyalty programme now."""
    return rows.filter(Exists(_memberships()))


def with_membership(rows: QuerySet[Profile]) -> QuerySet[Profile]:
    """`rows` with `is_member`."""
    return rows.annotate(is_member=Exists(_memberships()))


def _memberships() -> QuerySet[Membership]:
    return Membership.objects.filter(profile=OuterRef("pk"), left_at__isnull=True)


def each_ones(sql: str, params: Sequence[Any]) -> Cast:
    """Each customer's number out of a query of `owner_id` and `n`, null where it has none.

    The query runs once for all. A look-up for each row would read the books again for every
    customer, only to sort them.
    """
    every = RawSQL(f"(SELECT jsonb_object_agg(owner_id, n) FROM ({sql}) AS every)", params)  # noqa: S608, S611
    mine = Func(every, Cast("pk", TextField()), template="(%(expressions)s)", arg_joiner=" ->> ")
    return Cast(mine, BigIntegerField())


def by_balance(rows: QuerySet[Profile], *, unit: str, descending: bool) -> QuerySet[Profile]:
    """`rows` by what each can spend."""
    wallets = Account.objects.filter(kind=AccountKind.WALLET, unit=unit).order_by()
    spendable = wallets.annotate(n=Greatest(F("posted") - F("pending_out"), 0))
    sql, params = spendable.values("owner_id", "n").query.sql_with_params()
    held = Coalesce(each_ones(sql, params), 0)
    return rows.order_by(held.desc() if descending else held.asc(), "-id")


def find_customers(rows: QuerySet[Profile], *, text: str) -> QuerySet[Profile]:
    """Those of `rows` who match by name, shop, e-mail, phone, code or order number (OF-02)."""
    named = Q()
    for word in folded(text).split():
        named &= Q(search_text__contains=word)
    digits = "".join(char for char in text if char.isdigit())
    if len(digits) >= 6:
        named |= Q(search_text__contains=digits)
    code = ReferralCode.objects.filter(code__startswith=codes.normalise(text))
    order = Order.objects.order_by().filter(external_id__in=_spellings(text))
    return rows.filter(named | Q(id__in=code.values("profile")) | Q(id__in=order.values("profile")))


def _spellings(number: str) -> set[str]:
    """An order's number as people type it; an index finds each of them, but none without case."""
    bare = number.strip()
    return {bare, bare.upper(), bare.lower(), bare.capitalize()}


def find_people(*, text: str) -> QuerySet[Any, Any]:
    """Everybody whose name, address, phone or shop matches: the ids that a list of theirs asks."""
    found = Profile.objects.order_by()
    for word in folded(text).split():
        found = found.filter(search_text__contains=word)
    return found.values("id")


def orders() -> QuerySet[Order]:
    """Every order with its customer, its referral and decisions at hand; last received first."""
    return (
        Order.objects.select_related("profile")
        .prefetch_related("referrals__rewards", "referrals__referrer", "referrals__referee")
        .order_by("-received_at", "-id")
    )


def find_orders(rows: QuerySet[Order], *, text: str) -> QuerySet[Order]:
    """Those of `rows` whose number starts with `text`, or whose customer matches it."""
    number = Q()
    for spelling in _spellings(text):
        number |= Q(external_id__startswith=spelling)
    return rows.filter(number | Q(profile__in=find_people(text=text)))


def all_referrals() -> QuerySet[Referral]:
    """Every referral with both people, the order, what the referrer gets, and what it costs."""
    granted = Reward.objects.filter(referral=OuterRef("pk"), side=Side.REFERRER)
    both = Reward.objects.filter(referral=OuterRef("pk")).order_by().values("referral")
    return (
        Referral.objects.select_related("referrer", "referee", "order")
        .prefetch_related("rewards")
        .annotate(
            reward=Subquery(granted.values(left=F("amount") - F("reversed"))[:1]),
            cost=Subquery(both.annotate(n=Sum(F("amount") - F("reversed"))).values("n")),
        )
        .order_by("-created_at", "-id")
    )


def find_referrals(rows: QuerySet[Referral], *, text: str) -> QuerySet[Referral]:
    """Those of `rows` whose people match, or whose code or order starts with `text`."""
    brought, bringing = Q(), Q()
    for word in folded(text).split():
        brought &= Q(referee__search_text__contains=word)
        bringing &= Q(referrer__search_text__contains=word)
    return rows.filter(
        brought
        | bringing
        | Q(code_used__startswith=codes.normalise(text))
        | Q(order__external_id__istartswith=text.strip())
    )


def total_of(rows: QuerySet[Reward]) -> int:
    """What `rows` granted and did not take back, in their unit."""
    return int(rows.aggregate(total=Sum(F("amount") - F("reversed")))["total"] or 0)


def customer(*, profile_id: uuid.UUID) -> Profile | None:
    """One customer with their code, or None; a merged record's id names the one it went into."""
    return by_id(profile_id=profile_id)
