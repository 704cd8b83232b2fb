"""What waits for somebody: counted for the menu, listed for "À traiter"."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Greatest
from django.utils.module_loading import import_string

from kernel.ledger.models import Account, AccountKind
from kernel.outbox.models import Event, EventState
from tenants.activity.models import Order, OrderState, Refusal, Silence
from tenants.features import Feature, is_on
from tenants.programme import erasing, shop_address
from tenants.programme.gifts import due_gift_count
from tenants.programme.models import Reward, RewardState
from tenants.programme.stuck import Stuck, stuck
from tenants.referrals.models import Referral, ReferralState
from tenants.rewards.code_lists import low
from tenants.rewards.models import Claim, ClaimState, Prize, PrizeKind

# What was refused at the door longer ago than this is history, not work.
_RECENT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of each kind wait; `blocked` is the amount that reported orders hold back,
    `astray` the visits of links that lead to no shop: however many, they are one thing to do.
    `won` are prizes of operations to hand over.
    """

    claims: int
    reported: int
    blocked: int
    refused: int
    dead: int
    sold_out: int
    gifts: int = 0
    codes: int = 0
    held: int = 0
    held_amount: int = 0
    erasures: int = 0
    silent: int = 0
    astray: int = 0
    won: int = 0
    stuck: Stuck = field(default_factory=Stuck)

    @property
    def total(self) -> int:
        urgent = self.claims + self.reported + self.refused + self.dead + self.erasures
        late = self.stuck.sessions.count + self.stuck.invoices.count
        rest = self.held + self.sold_out + self.gifts + self.codes + self.silent
        return urgent + rest + late + self.won + bool(self.astray)


def waiting(*, now: datetime) -> Waiting:
    """Everything that asks for a hand, in one query for each kind."""
    held = Reward.objects.filter(state=RewardState.PENDING, order__state=OrderState.REPORTED)
    suspect = Reward.objects.filter(
        state=RewardState.PENDING, referral__state=ReferralState.HELD
    ).aggregate(total=Sum(F("amount") - F("reversed")))
    referral = is_on(Feature.REFERRAL)  # its work waits with it, and is found again
    return Waiting(
        claims=_to_prepare().count(),
        reported=Order.objects.filter(state=OrderState.REPORTED).count(),
        blocked=int(held.aggregate(total=Sum("amount"))["total"] or 0),
        refused=recent_refusals(now=now).count(),
        dead=Event.objects.filter(state=EventState.DEAD).count(),
        sold_out=Prize.objects.filter(active=True, stock=0).count(),
        gifts=due_gift_count() if referral else 0,
        codes=len(low()),
        held=Referral.objects.filter(state=ReferralState.HELD).count() if referral else 0,
        held_amount=int(suspect["total"] or 0),
        erasures=erasing.asked().count(),
        silent=Silence.objects.filter(since__isnull=False).count(),
        astray=shop_address.visits_without(),
        won=_to_hand_over(),
        stuck=stuck(now=now),
    )


def _to_hand_over() -> int:
    """Prizes that were won on a higher floor, and wait for their winners."""
    count: int = import_string(settings.PRIZES_TO_HAND_OVER)()
    return count


def recent_refusals(*, now: datetime) -> QuerySet[Refusal]:
    """Orders refused at a door in the last days that did not arrive in the end."""
    arrived = Order.objects.filter(external_id=OuterRef("external_id"))
    return Refusal.objects.filter(received_at__gt=now - _RECENT).exclude(
        Q(external_id__gt="") & Exists(arrived)
    )


def open_claims(*, limit: int) -> list[Claim]:
    """The claims to prepare, the oldest first."""
    rows = _to_prepare().select_related("profile", "prize")
    return list(with_debt(rows).order_by("claimed_at", "id")[:limit])


def with_debt(rows: QuerySet[Claim]) -> QuerySet[Claim]:
    """Claims, each with `debt`: what was taken back from its customer after it was spent."""
    wallet = Account.objects.filter(
        kind=AccountKind.WALLET, owner_id=OuterRef("profile_id"), unit=OuterRef("unit")
    )
    return rows.annotate(debt=Subquery(wallet.values(owed=Greatest(-F("posted"), 0))))


def with_order(rows: QuerySet[Claim]) -> Any:
    """Claims, each with `with_order`: the first order that came since, to which a gift is added."""
    since = (
        Order.objects.filter(profile=OuterRef("profile_id"), ordered_at__gt=OuterRef("claimed_at"))
        .exclude(state=OrderState.REPORTED)
        .order_by("ordered_at", "id")
    )
    return rows.annotate(with_order=Subquery(since.values("external_id")[:1]))


def _to_prepare() -> Any:
    """Claims that ask for a hand now: a gift for an order waits until there is one."""
    return with_order(Claim.objects.filter(state=ClaimState.CLAIMED)).exclude(
        kind=PrizeKind.ORDER_GIFT, with_order__isnull=True
    )


def reported_orders(*, limit: int) -> list[Order]:
    """The orders that only a browser spoke of, the oldest first."""
    rows = Order.objects.select_related("profile").filter(state=OrderState.REPORTED)
    return list(rows.order_by("received_at", "id")[:limit])


def dead_events(*, limit: int) -> list[Event]:
    """What could not be sent after every try, the oldest first."""
    return list(Event.objects.filter(state=EventState.DEAD).order_by("id")[:limit])


def sold_out() -> list[Prize]:
    """Prizes that are offered and of which none is left."""
    return list(Prize.objects.filter(active=True, stock=0))
