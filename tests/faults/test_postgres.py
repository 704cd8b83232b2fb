"""R9: PostgreSQL stands still, or dies: 503 in time, and recovery alone."""

import threading
import time
from collections import Counter

import pytest

from deploy.local.stack import Stack
from tests.fixtures.effort import effort
from tests.fixtures.outside import Answer, Shop

pytestmark = [pytest.mark.stack, pytest.mark.fault]

# DATABASE_ANSWER_SECONDS, then some for a machine that is busy.
IN_TIME = 16.0


def recovered(shop: Shop, n: int, code: str, *, seconds: float) -> float:
    """Seconds until an order is taken again."""
    started = time.monotonic()
    assert shop.order_until_taken(n, code=code, seconds=seconds).status in (200, 201)
    return time.monotonic() - started


def test_a_frozen_database_is_503_in_time_and_the_web_recovers_alone(
    stack: Stack, shop: Shop, code: str
) -> None:
    assert shop.order(0, code=code).status == 201
    stack.freeze("postgres")
    thaw = threading.Timer(effort(short=14, soak=60), stack.thaw, ["postgres"])
    thaw.start()
    try:
        answers = shop.many(4, lambda n: shop.order(n + 1, code=code))
    finally:
        thaw.join()
    said = Counter(answer.status for answer in answers)
    assert set(said) <= {201, 503}, said
    assert said[503], "nobody met the frozen database: this proves nothing"
    assert max(answer.seconds for answer in answers) < IN_TIME
    for answer in answers:
        if answer.status == 503:
            assert answer.body["retry"] is True
    assert recovered(shop, 5, code, seconds=30) < 20
    # What was answered 503 is settled by sending it again: once, whatever had become of it.
    again: list[Answer] = shop.many(
        4, lambda n: shop.order_until_taken(n + 1, code=code, seconds=30)
    )
    assert {answer.status for answer in again} <= {200, 201}
    assert shop.counts() == {"orders": 6, "referrals": 6, "rewards": 12}


def test_a_database_killed_and_started_again_is_found_again_by_all(
    stack: Stack, shop: Shop, code: str
) -> None:
    """Web, worker and beat go on by themselves; what was answered 201 is there."""
    assert shop.order(0, code=code).status == 201
    stack.kill("postgres")
    away = [shop.order(n, code=code, seconds=IN_TIME) for n in (1, 2)]
    assert [answer.status for answer in away] == [503, 503]
    stack.restart("postgres")
    assert recovered(shop, 3, code, seconds=40) < 30
    shop.wait_delivered()
    assert shop.emails() == {shop.email(0): 1, shop.email(3): 1}
    # No connection that died in a pool is left for somebody to fall over, long after.
    after = shop.many(8, lambda n: shop.order(n + 4, code=code))
    assert {answer.status for answer in after} == {201}
    assert {stack.parts[name].alive for name in ("web", "worker", "beat")} == {True}
    stack.wait_ready()
    shop.books_add_up()
