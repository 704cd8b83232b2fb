"""Orders and their refunds."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kernel.db import atomic_with_retry, gathered
from tenants.activity import services as activity
from tenants.activity.models import Order, OrderState
from tenants.activity.types import OrderInput, RefundInput
from tenants.context import current_tenant
from tenants.loyalty.models import Earning
from tenants.profiles import figures
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tenants.programme import earning, referring, reversing, rewarding, suspecting
from tenants.programme.conduct import spending
from tenants.programme.conduct.withdrawing import withdraw
from tenants.programme.models import Reward
from tenants.referrals import services as referrals
from tenants.referrals.facts import Clues, Fact
from tenants.referrals.models import Referral, ReferralState

# How long after an order its browser may still tell where the customer came from.
_LATE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order: the row, whether it is new, and the referral it made, if any."""

    order: Order
    created: bool
    referral: Referral | None = None
    rewards: tuple[Reward, ...] = ()
    earning: Earning | None = None
    points: spending.Claim | None = None


@atomic_with_retry
@gathered()
def order_received(*, order: OrderInput, now: datetime) -> Outcome:
    """Take in an order: customer, order, attribution, rewards, explanation, emails.

    The same order again changes nothing. A trusted source confirms what a browser reported,
    and its word replaces the browser's. Raises the errors of `activity.services`.
    """
    activity.check_order(order=order, currency=current_tenant().currency, now=now)
    profile, newcomer = profiles.find_or_create(
        identity=order.customer, source=order.source, now=now
    )
    row, created = activity.record_order(order=order, profile=profile, now=now)
    claim = spending.join_and_claim(order=order, row=row, profile=profile, now=now)
    outcome = _taken_in(order, row, profile, created=created, newcomer=newcomer, now=now)
    points = spending.spend(claim=claim, order=row, profile=profile, now=now)
    return replace(outcome, points=points) if points else outcome


def _taken_in(
    order: OrderInput,
    row: Order,
    profile: Profile,
    *,
    created: bool,
    newcomer: bool,
    now: datetime,
) -> Outcome:
    confirms = not created and row.state == OrderState.REPORTED and order.source.trusted
    if not created and not confirms:
        return _late_clue(row, order, profile, now)
    same = row.profile_id == profile.id and row.amount == order.amount
    if confirms and same and not order.is_test:
        return _earned(_confirm(row, order, profile, now), profile, now)
    if confirms:
        withdraw(row, now)
        activity.confirm_order(order=row, order_input=order, profile=profile, now=now)
    if order.is_test:
        return Outcome(order=row, created=created)  # seen and explained, and nothing granted
    outcome = _attribute(row, order, profile, created=created, newcomer=newcomer, now=now)
    if row.state == OrderState.REPORTED:
        return outcome
    figures.count_order(profile=profile, amount=row.amount, at=row.ordered_at)
    return _earned(outcome, profile, now)


@atomic_with_retry
def refund_received(
    *, order_id: str, refund: RefundInput, now: datetime, of_test: bool = False
) -> Order:
    """Take in a refund of the order with this external id: what it granted is reversed.

    The same refund again changes nothing. `of_test` means the test's, where a real order has its
    number too. UnknownOrderError.
    """
    number = activity.order_named(external_id=order_id, of_test=of_test).id
    # The customer, then the order: `order_received` takes its locks in this order too.
    rows = Profile.objects.select_for_update(of=("self",), no_key=True)
    list(rows.filter(orders=number).values_list("id"))
    order, row, created = activity.record_refund(order_id=number, refund=refund, now=now)
    if not created or order.is_test:
        return order  # a test was never counted, and granted nothing
    profile = Profile.objects.select_for_update(no_key=True).get(id=order.profile_id)
    figures.uncount_amount(profile=profile, amount=row.amount)
    reversing.take_back(
        order=order,
        refunded=order.refunded,
        total=order.amount,
        source=f"refund:{row.id}",
        now=now,
    )
    earning.take_back(
        fact=earning.of_order(order, profile),
        kept=order.amount - order.refunded,
        whole=order.amount,
        source=f"refund:{row.id}",
        now=now,
    )
    spending.give_points_back(order=order, profile=profile, source=f"refund:{row.id}", now=now)
    if order.state == OrderState.REFUNDED:
        for referral in referrals.open_referrals_of_order(order=order):
            reversing.end(referral=referral, now=now)
    return order


def _earned(outcome: Outcome, profile: Profile, now: datetime) -> Outcome:
    """The order is real from now on: the loyalty rules answer, after the referral's.

    In this order: a referral's wallets are locked together, by their keys.
    """
    earned = earning.earn(fact=earning.of_order(outcome.order, profile), now=now)
    return replace(outcome, earning=earned) if earned else outcome


def _confirm(row: Order, order: OrderInput, profile: Profile, now: datetime) -> Outcome:
    activity.confirm_order(order=row, order_input=order, profile=profile, now=now)
    suspecting.look_again(order=row, now=now)
    rewarding.start_delay(order=row, now=now)
    figures.count_order(profile=profile, amount=row.amount, at=row.ordered_at)
    referral = (
        Referral.objects.select_related("referrer", "referee")
        .filter(order=row, state__in=(ReferralState.PENDING, ReferralState.HELD))
        .first()
    )
    if referral is None:
        # The shop's server may know the code that was typed, which the browser did not tell.
        if _tells(row, order):
            return _attribute(row, order, profile, created=False, now=now)
        found = referring.complete(fact=Fact.of_order(row), profile=profile, now=now)
        return Outcome(order=row, created=False, referral=found.referral, rewards=found.rewards)
    found = referring.confirmed(referral=referral, order=row, now=now)
    return Outcome(order=row, created=False, referral=referral, rewards=found.rewards)


def _late_clue(row: Order, order: OrderInput, profile: Profile, now: datetime) -> Outcome:
    """The order is known, perhaps from the shop's server, which does not see the cookie.

    What the browser adds about the same person's order soon after may still say who sent them.
    """
    same = row.profile_id == profile.id and now - row.received_at < _LATE
    # Nothing is granted for a test, nor for money that went back already.
    counts = not (row.is_test or order.is_test or row.refunded)
    if not (same and counts and _tells(row, order)):
        return Outcome(order=row, created=False)
    return _attribute(row, order, profile, created=False, now=now)


def _tells(row: Order, order: OrderInput) -> bool:
    """Whether this word on a known order says who sent the customer, and none did before."""
    return bool(_clues(order)) and not Referral.objects.filter(order=row).exists()


def _attribute(
    row: Order,
    order: OrderInput,
    profile: Profile,
    *,
    created: bool,
    now: datetime,
    newcomer: bool = False,
) -> Outcome:
    found = referring.attribute(
        fact=Fact.of_order(row), profile=profile, clues=_clues(order), newcomer=newcomer, now=now
    )
    return Outcome(order=row, created=created, referral=found.referral, rewards=found.rewards)


def _clues(order: OrderInput) -> Clues:
    return Clues(typed_code=order.referral_code, click_id=order.click_id, link=order.referral_link)
