"""Baskets, orders, prizes and the clock that reach for the same cagnotte at the same moment."""

import random
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from kernel.errors import RicochetError
from kernel.ledger import selectors as ledger
from kernel.ledger.models import Transfer, TransferKind
from tenants.activity.types import RefundInput
from tenants.loyalty.membership import JoinedBy
from tenants.loyalty.models import CheckoutHold, HoldState
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tenants.programme import clock, conductor, services
from tenants.programme.conductor import Basket
from tenants.rewards.models import Prize
from tests.concurrency.conftest import Give, Race
from tests.fixtures.effort import effort
from tests.fixtures.loyalty import identity, publish_loyalty
from tests.fixtures.programme import NOW, make_order

HALF_HOUR = timedelta(minutes=30)


@pytest.fixture
def thomas(lumen: Tenant, give: Give) -> Profile:
    """5 € in his cagnotte, usable at checkout; 5 % back."""
    publish_loyalty(unit="EUR", rate=5, checkout_on=True)
    profile, _ = conductor.loyalty_joined(
        identity=identity(), source=JoinedBy.CHECKOUT, origin="api", now=NOW
    )
    give(profile, 500)
    return profile


def hold(basket: str, points: int = 500, *, now: Any = NOW) -> CheckoutHold:
    row, _new = conductor.points_held(
        identity=identity(), basket=Basket(basket, 5_000, "EUR"), points=points, now=now
    )
    return row


def order(number: str, basket: str, *, now: Any = NOW) -> conductor.Outcome:
    made = make_order(external_id=number, amount=4_500, points_hold=basket)
    return conductor.order_received(order=made, now=now)


def balance(profile: Profile) -> Any:
    return ledger.balance(owner_id=profile.id, unit="EUR")


def test_fifty_baskets_at_once_never_hold_the_same_points(thomas: Profile, race: Race) -> None:
    """One balance, enough for one basket."""
    answers = race([lambda n=n: hold(f"B-{n}") for n in range(effort(short=50, soak=2_000))])
    held = [answer for answer in answers if isinstance(answer, CheckoutHold)]
    refused = {answer.code for answer in answers if isinstance(answer, RicochetError)}
    assert (len(held), refused) == (1, {"points_not_usable"})
    assert (balance(thomas).held, balance(thomas).available) == (500, 0)
    assert ledger.discrepancies() == []


def test_one_basket_asked_for_twenty_times_at_once_holds_once(thomas: Profile, race: Race) -> None:
    """R3."""
    answers = race([lambda: hold("B-1", 300)] * effort(short=20, soak=500))
    assert len({answer.id for answer in answers}) == 1
    assert Transfer.objects.filter(reason="checkout").count() == 1
    assert balance(thomas).held == 300


def test_a_basket_that_changes_its_mind_at_once_holds_one_of_its_numbers(
    thomas: Profile, race: Race
) -> None:
    race([lambda n=n: hold("B-1", 20 * n) for n in range(1, effort(short=21, soak=26))])
    assert balance(thomas).held == CheckoutHold.objects.get().points
    assert ledger.discrepancies() == []


def test_a_hold_and_a_prize_at_once_spend_the_cagnotte_once(thomas: Profile, race: Race) -> None:
    prize = Prize.objects.create(name="Bougie", cost=400, unit="EUR", created_at=NOW)

    def take(turn: int) -> Any:
        return services.claim_prize(profile=thomas, prize_id=prize.id, key=f"k{turn}", now=NOW)

    for turn in range(effort(short=4, soak=100)):
        _held, claim = answers = race([partial(hold, f"B-{turn}", 300), partial(take, turn)])
        assert len([a for a in answers if isinstance(a, RicochetError)]) == 1
        if isinstance(claim, RicochetError):
            conductor.points_released(reference=f"B-{turn}", now=NOW)
        else:
            services.cancel_claim(claim_id=claim.id, author_id=None, now=NOW)
    assert balance(thomas).available == 500
    assert ledger.discrepancies() == []


def test_the_paid_order_twenty_times_at_once_spends_once(thomas: Profile, race: Race) -> None:
    """R3."""
    hold("B-1")
    answers = race([lambda: order("LUM-1", "B-1")] * effort(short=20, soak=500))
    assert [answer.created for answer in answers].count(True) == 1
    assert {answer.points.refusal for answer in answers} == {""}
    assert Transfer.objects.filter(kind=TransferKind.POST).count() == 1
    assert balance(thomas).posted == 225
    assert ledger.discrepancies() == []


def test_one_hold_serves_one_of_two_orders_that_arrive_at_once(thomas: Profile, race: Race) -> None:
    hold("B-1")
    answers = race([lambda n=n: order(f"LUM-{n}", "B-1") for n in range(7)])
    assert sorted(answer.points.refusal for answer in answers) == ["", *["used_elsewhere"] * 6]
    assert balance(thomas).posted == 7 * 225
    assert ledger.discrepancies() == []


def test_an_order_that_meets_the_end_of_its_hold_uses_it_or_says_that_it_ran_out(
    thomas: Profile, race: Race
) -> None:
    """Whoever comes first decides, and nothing is lost or spent twice."""
    spent = 0
    for turn in range(effort(short=6, soak=200)):
        now = NOW + turn * timedelta(hours=1)
        row = hold(f"B-{turn}", 100, now=now)
        due = row.expires_at
        _ended, made = race(
            [
                lambda due=due: clock.settle(now=due, limit=10),
                lambda turn=turn, due=due: order(f"LUM-{turn}", f"B-{turn}", now=due),
            ]
        )
        row.refresh_from_db()
        used = made.points.refusal == ""
        assert row.state == (HoldState.USED if used else HoldState.RELEASED)
        spent += 100 * used
        assert balance(thomas).posted == 500 + 225 * (turn + 1) - spent
    assert ledger.discrepancies() == []


def test_holds_orders_releases_and_refunds_at_random(
    thomas: Profile, race: Race, rng: random.Random
) -> None:
    """R13: no deadlock reaches anybody, and the books add up."""

    def act(n: int) -> Any:
        basket = f"B-{rng.randrange(4)}"
        refund = RefundInput(external_id=f"R{n}", amount=1_500, refunded_at=NOW)
        return rng.choice(
            [
                lambda: hold(basket, 20 * rng.randrange(1, 6)),
                lambda: order(f"LUM-{basket}-{n % 3}", basket),
                lambda: conductor.points_released(reference=basket, now=NOW),
                lambda: clock.settle(now=NOW + HALF_HOUR, limit=5),
                lambda: conductor.refund_received(
                    order_id=f"LUM-{basket}-{n % 3}", refund=refund, now=NOW
                ),
            ]
        )

    answers = race([act(n) for n in range(effort(short=80, soak=5_000))])
    refused = {answer.code for answer in answers if isinstance(answer, RicochetError)}
    assert refused <= {
        "points_hold_used", "unknown_points_hold", "unknown_order", "refund_too_large",
        "points_not_usable", "too_many_points",
    }  # fmt: skip
    assert ledger.discrepancies() == []
    held = CheckoutHold.objects.filter(state=HoldState.HELD)
    assert balance(thomas).held == sum(held.values_list("points", flat=True))
