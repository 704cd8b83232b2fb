"""R6, R3: web processes die under load; who retries by idempotency key has each order once."""

import random
import threading
import time

import pytest

from deploy.local.stack import Stack
from tests.fixtures.effort import effort
from tests.fixtures.outside import Answer, Shop

pytestmark = [pytest.mark.stack, pytest.mark.fault]


def test_each_order_counts_once_through_kills_of_the_web(
    stack: Stack, shop: Shop, code: str, rng: random.Random
) -> None:
    count, kills = effort(short=40, soak=1_500), effort(short=2, soak=40)
    over = threading.Event()
    died: list[float] = []

    def kill_now_and_then() -> None:
        for _ in range(kills):
            if over.wait(rng.uniform(0.3, 0.8)):
                return
            stack.kill("web")
            died.append(time.monotonic())
            stack.start("web")

    killer = threading.Thread(target=kill_now_and_then)
    killer.start()
    try:
        answers: list[Answer] = shop.many(
            count, lambda n: shop.order_until_taken(n, code=code), threads=6
        )
    finally:
        over.set()
        killer.join()
    assert died, "the web was never killed: this proves nothing"
    assert {answer.status for answer in answers} <= {200, 201}
    assert {answer.body["external_id"] for answer in answers} == {
        shop.number(n) for n in range(count)
    }
    assert shop.counts() == {"orders": count, "referrals": count, "rewards": 2 * count}
    stack.wait_ready()
    shop.books_add_up()
