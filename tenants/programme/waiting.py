"""What waits for somebody: counted for the menu, listed for "À traiter"."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Greatest

from kernel.ledger.models import Account, AccountKind
from kernel.outbox.models import Event, EventState
from tenants.activity.models import Order, OrderState, Refusal
from tenants.programme.models import Reward, RewardState
from tenants.rewards.models import Claim, ClaimState, Prize

# What was refused at the door longer ago than this is history, not work.
_RECENT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of each kind wait; `blocked` is the amount that reported orders hold back."""

    claims: int
    reported: int
    blocked: int
    refused: int
    dead: int
    sold_out: int

    @property
    def total(self) -> int:
        return self.claims + self.reported + self.refused + self.dead + self.sold_out


def waiting(*, now: datetime) -> Waiting:
    """Everything that asks for a hand, in one query for each kind."""
    held = Reward.objects.filter(state=RewardState.PENDING, order__state=OrderState.REPORTED)
    return Waiting(
        claims=Claim.objects.filter(state=ClaimState.CLAIMED).count(),
        reported=Order.objects.filter(state=OrderState.REPORTED).count(),
        blocked=int(held.aggregate(total=Sum("amount"))["total"] or 0),
        refused=recent_refusals(now=now).count(),
        dead=Event.objects.filter(state=EventState.DEAD).count(),
        sold_out=Prize.objects.filter(active=True, stock=0).count(),
    )


def recent_refusals(*, now: datetime) -> QuerySet[Refusal]:
    """Orders refused at a door in the last days that did not arrive in the end."""
    arrived = Order.objects.filter(external_id=OuterRef("external_id"))
    return Refusal.objects.filter(received_at__gt=now - _RECENT).exclude(
        Q(external_id__gt="") & Exists(arrived)
    )


def open_claims(*, limit: int) -> list[Claim]:
    """The claims to prepare, the oldest first."""
    rows = Claim.objects.select_related("profile", "prize").filter(state=ClaimState.CLAIMED)
    return list(with_debt(rows).order_by("claimed_at", "id")[:limit])


def with_debt(rows: QuerySet[Claim]) -> QuerySet[Claim]:
    """Claims, each with `debt`: what was taken back from its customer after it was spent."""
    wallet = Account.objects.filter(
        kind=AccountKind.WALLET, owner_id=OuterRef("profile_id"), unit=OuterRef("unit")
    )
    return rows.annotate(debt=Subquery(wallet.values(owed=Greatest(-F("posted"), 0))))


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
