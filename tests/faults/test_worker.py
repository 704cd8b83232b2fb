"""R6: a worker that is killed in the middle of its tasks loses nothing and doubles nothing."""

import random
import time

import pytest

from deploy.local.stack import Stack
from tests.fixtures.effort import effort
from tests.fixtures.outside import Shop

pytestmark = [pytest.mark.stack, pytest.mark.fault]


def test_a_worker_killed_again_and_again_delivers_everything_once(
    stack: Stack, shop: Shop, code: str, rng: random.Random
) -> None:
    """In the database each effect is there once. An email whose worker died between handing it
    over and noting so may go out again, under the same Message-ID: at most two for each kill,
    because two processes work at a time."""
    count, kills = effort(short=20, soak=400), effort(short=2, soak=40)
    stack.kill("worker")
    taken = shop.many(count, lambda n: shop.order_until_taken(n, code=code))
    assert {answer.status for answer in taken} <= {200, 201}
    for _ in range(kills):
        stack.start("worker")
        time.sleep(rng.uniform(2.5, 4.5))  # it starts, and works on the queue
        stack.kill("worker")
        shop.end_leases()
    stack.start("worker")
    shop.wait_delivered(seconds=90)
    assert shop.counts() == {"orders": count, "referrals": count, "rewards": 2 * count}
    rows = shop.ask(
        'SELECT "to", state FROM messaging_email WHERE "to" LIKE %s', f"{shop.name.lower()}-%"
    )
    assert sorted(rows) == sorted((shop.email(n), "sent") for n in range(count))
    received = shop.emails()
    assert set(received) == {shop.email(n) for n in range(count)}
    assert sum(received.values()) - count <= 2 * kills
    assert shop.ask("SELECT count(*) FROM outbox_event WHERE state = 'dead'") == [(0,)]
    shop.books_add_up()
