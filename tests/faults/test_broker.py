"""R8: broker and cache die, freeze, or forget everything: orders are taken, effects come later."""

import random

import pytest

from deploy.local.stack import Stack
from tests.fixtures.effort import effort
from tests.fixtures.outside import Shop

pytestmark = [pytest.mark.stack, pytest.mark.fault]

# An order takes some 20 ms; a broker that is away may cost its time-outs, never the order.
IN_TIME = 5.0


@pytest.mark.parametrize("how", ["kill", "freeze"])
def test_orders_are_taken_while_the_broker_is_away_and_every_email_leaves_once(
    stack: Stack, shop: Shop, code: str, how: str
) -> None:
    count = effort(short=8, soak=300)
    answers = [shop.order(0, code=code)]
    getattr(stack, how)("valkey")
    answers += shop.many(count, lambda n: shop.order(n + 1, code=code))
    stack.mend()
    answers.append(shop.order(count + 1, code=code))
    assert [answer.status for answer in answers] == [201] * (count + 2)
    assert max(answer.seconds for answer in answers) < IN_TIME
    shop.wait_delivered()
    total = count + 2
    assert shop.counts() == {"orders": total, "referrals": total, "rewards": 2 * total}
    assert shop.emails() == {shop.email(n): 1 for n in range(total)}


def test_what_a_lost_queue_held_is_found_by_the_sweep(
    stack: Stack, shop: Shop, code: str, rng: random.Random
) -> None:
    """R6, R8: the worker and beat are dead, then the broker loses its memory."""
    stack.kill("worker")
    stack.kill("beat")
    count = effort(short=4, soak=100)
    assert {a.status for a in shop.many(count, lambda n: shop.order(n, code=code))} == {201}
    stack.kill("valkey")
    stack.restart("valkey")
    stack.start("worker")
    [(waiting,)] = shop.ask("SELECT count(*) FROM outbox_event WHERE state = 'pending'")
    assert waiting >= 2 * count
    stack.start("beat")
    shop.wait_delivered()
    assert shop.emails() == {shop.email(n): 1 for n in range(count)}
