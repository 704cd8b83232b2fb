"""R6, R44: a worker that is killed in the middle of a mailing: nobody twice, nobody forgotten."""

import random
import time
from collections import Counter

import pytest

from deploy.local.stack import Stack
from tests.fixtures.effort import effort
from tests.fixtures.office import Office
from tests.fixtures.outside import Shop

pytestmark = [pytest.mark.stack, pytest.mark.fault]

# Two processes work at a time: so many letters a kill can catch between here and the mail server.
AT_ONCE = 2


def test_a_worker_killed_in_the_middle_of_a_mailing_writes_to_each_reader_once(
    stack: Stack, shop: Shop, rng: random.Random
) -> None:
    """Who may have got it already is not written to again, and the merchant is told who."""
    count, kills = effort(short=40, soak=600), effort(short=3, soak=40)
    assert {a.status for a in shop.many(count, shop.order)} == {201}
    shop.wait_delivered(seconds=90)
    office = Office(stack)
    stack.kill("worker")
    path = office.campaign(name=shop.name, subject=f"Rentrée {shop.name}", ordered_within="1")
    office.send(path)
    for _ in range(kills):
        stack.start("worker")
        time.sleep(rng.uniform(2.5, 4.0))  # it starts, and works on the queue
        stack.kill("worker")
        shop.end_leases()
    before = states(shop)
    stack.start("worker")
    shop.wait_delivered(seconds=180)
    after = states(shop)
    assert Counter(before.values())["sent"] < len(after), "all had left: this proves nothing"
    assert {shop.email(n) for n in range(count)} <= set(after), "somebody was forgotten"
    assert set(after.values()) <= {"sent", "interrupted"}
    assert Counter(after.values())["interrupted"] <= AT_ONCE * kills
    received = Counter(
        mail["to"][0] for mail in stack.mails() if mail["subject"] == f"Rentrée {shop.name}"
    )
    assert set(received.values()) == {1}, "somebody got it twice"
    assert {reader for reader, state in after.items() if state == "sent"} <= set(received)
    assert set(received) <= set(after)
    assert shop.ask("SELECT count(*) FROM outbox_event WHERE state = 'dead'") == [(0,)]
    # What may have left is said on the page, and nobody else is missing from its count.
    page = office.page(path)
    assert f"Rentrée {shop.name}" in page
    if "interrupted" in after.values():
        assert "il est peut-être parti" in page


def states(shop: Shop) -> dict[str, str]:
    """What became of each reader's email: `sent`, `queued`, or why not."""
    rows = shop.ask(
        "SELECT e.\"to\", coalesce(nullif(e.skipped_because, ''), e.state) FROM messaging_email e"
        " JOIN messaging_campaign c ON e.kind = 'campaign:' || c.id WHERE c.name = %s",
        shop.name,
    )
    return dict(rows)
