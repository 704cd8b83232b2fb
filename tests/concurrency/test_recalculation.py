"""A recalculation while orders and refunds arrive, and two of them at once."""

import random
from datetime import timedelta
from decimal import Decimal

from django.db import transaction

from kernel.errors import RicochetError
from kernel.jobs.models import Job
from kernel.ledger import selectors as books
from kernel.outbox.models import Event
from tenants.activity.models import Order
from tenants.activity.types import RefundInput
from tenants.loyalty import versions
from tenants.loyalty.models import Earning
from tenants.loyalty.recalculation import applying, counting, services
from tenants.loyalty.recalculation.models import Run, RunKind, RunState
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tenants.programme import conductor, recalculating
from tests.concurrency.conftest import Race
from tests.fixtures.effort import effort
from tests.fixtures.programme import NOW, make_order
from tests.loyalty.past import person

LATER = NOW + timedelta(days=1)
PEOPLE = effort(short=12, soak=120)


def rules() -> None:
    versions.publish(now=NOW - timedelta(days=1), unit="EUR", rate=Decimal(5), per=100)


def past() -> list[Profile]:
    """Customers whose orders have not earned: they came before the rules were there."""
    people = [person(f"P{number}") for number in range(PEOPLE)]
    for number, one in enumerate(people):
        order = make_order(one.email, external_id=f"old-{number}", amount=10_000)
        conductor.order_received(order=order, now=NOW)
    rules()
    return people


def counted() -> Run:
    run = recalculating.count(kind=RunKind.RECALCULATE, months=None, author_id=None, now=LATER)
    with transaction.atomic():
        assert counting.step(Job.objects.get(id=run.count_job_id), LATER).finished
    run.refresh_from_db()
    return run


def work(run: Run) -> None:
    """The job's steps one after the other, as a worker takes them."""
    job = Job.objects.get(id=run.job_id)
    while True:
        with transaction.atomic():
            progress = recalculating.apply_step(job, LATER)
        job.done, job.cursor = progress.done, progress.cursor
        if progress.finished:
            return


def test_orders_and_refunds_that_arrive_meanwhile_end_where_they_should(
    lumen: Tenant, race: Race, rng: random.Random, monkeypatch: object
) -> None:
    """Each fact earns once, less what was refunded, whoever came first."""
    people = past()
    run = counted()
    assert run.gaining == PEOPLE
    services.confirm(run_id=run.id, author_id=None, now=LATER)
    run.refresh_from_db()
    monkeypatch.setattr(applying, "MOST_LINES", 3)  # type: ignore[attr-defined]

    def refund(number: int) -> object:
        refunded = RefundInput(
            external_id=f"r{number}", amount=rng.choice([2_500, 10_000]), refunded_at=LATER
        )
        return lambda: conductor.refund_received(
            order_id=f"old-{number}", refund=refunded, now=LATER
        )

    def buy(number: int) -> object:
        order = make_order(
            people[number].email, external_id=f"new-{number}", amount=4_000, ordered_at=LATER
        )
        return lambda: conductor.order_received(order=order, now=LATER)

    arriving = [act(number) for number in range(PEOPLE) for act in (refund, buy)]
    rng.shuffle(arriving)
    answers = race([lambda: work(run), *arriving])
    assert [one for one in answers if isinstance(one, RicochetError)] == []
    for order in Order.objects.all():
        left = 0 if order.refunded == order.amount else None
        full = order.amount * 5 // 100
        expected = full - full * order.refunded // order.amount if left is None else 0
        row = Earning.objects.filter(fact_id=order.id).first()
        assert (row.amount - row.reversed if row else 0) == expected, order.external_id
    run.refresh_from_db()
    assert run.state == RunState.DONE
    assert books.discrepancies() == []
    again = counted()
    assert again.facts == 0


def test_of_two_confirmed_at_once_one_runs(lumen: Tenant, race: Race) -> None:
    """The same one clicked twice is one job; another one is refused."""
    past()
    run = counted()
    confirm = [lambda: services.confirm(run_id=run.id, author_id=None, now=LATER)] * 6
    answers = race(confirm)
    assert all(isinstance(one, Run) for one in answers)
    assert Job.objects.filter(kind=services.APPLY).count() == 1
    assert Event.objects.filter(payload__job_id=str(answers[0].job_id)).count() == 1
