"""SP-05: what one new customer costs, from one formula."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.programme.economics import WHOLE, Assumptions, Terms, estimate
from tenants.programme.trades import TRADES, suggested


def cost(terms: Terms, **assumed: int) -> tuple[int, int]:
    found = estimate(
        terms=terms,
        assumptions=Assumptions(**{"basket": 6240, "margin": 4400, "used": 7200} | assumed),
    )
    return found.cost, found.left


def test_the_example_of_the_set_up():
    """8,00 € and 6,24 € of which 72 % are used, beside 44 % of 62,40 €."""
    assert cost(Terms(unit="EUR", referrer=800, referee=624)) == (576 + 449, 2746 - 1025)


def test_points_cost_what_they_are_worth():
    points = Terms(unit="PTS", referrer=160, referee=100, point_value=5)
    assert cost(points, used=WHOLE) == (1300, 2746 - 1300)


@pytest.mark.parametrize(("basket", "pays"), [(10_000, 1), (2_000, 2), (100, 31)])
def test_it_says_after_how_many_purchases_it_pays(basket, pays):
    found = estimate(
        terms=Terms(unit="EUR", referrer=800, referee=500),
        assumptions=Assumptions(basket=basket, margin=4200, used=WHOLE),
    )
    assert found.purchases_to_pay_back == pays
    assert found.pays_at_once == (pays == 1)


def test_without_a_margin_it_never_pays():
    found = estimate(
        terms=Terms(unit="EUR", referrer=800, referee=0),
        assumptions=Assumptions(basket=0, margin=4000, used=WHOLE, ready_to_spend=500),
    )
    assert (found.purchases_to_pay_back, found.over_budget) == (None, 300)


@given(
    amounts=st.tuples(*[st.integers(0, 100_000)] * 3),
    basket=st.integers(0, 1_000_000),
    shares=st.tuples(*[st.integers(0, WHOLE)] * 2),
)
def test_the_parts_always_add_up(amounts, basket, shares):
    referrer, referee, in_kind = amounts
    found = estimate(
        terms=Terms(unit="EUR", referrer=referrer, referee=referee, in_kind=in_kind),
        assumptions=Assumptions(basket=basket, margin=shares[0], used=shares[1]),
    )
    assert found.referrer + found.referee + found.in_kind == found.cost
    assert found.cost + found.left == found.margin
    assert 0 <= found.referrer <= referrer and 0 <= found.referee <= referee


@pytest.mark.parametrize("trade", TRADES.values(), ids=lambda trade: trade.key)
def test_every_trades_draft_pays_at_its_first_purchase(trade):
    """ "Next, next, done" gives a good programme (O2)."""
    referrer, referee = suggested(basket=trade.basket, margin=trade.margin)
    found = estimate(
        terms=Terms(unit="EUR", referrer=referrer, referee=referee),
        assumptions=Assumptions(basket=trade.basket, margin=trade.margin, used=WHOLE),
    )
    assert found.pays_at_once and found.cost > 0
    assert trade.prizes
