"""A recalculation from the first click to the email: steps, tiers, explanations, interruptions."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from kernel.jobs import outbox as jobs_outbox
from kernel.jobs import services as jobs
from kernel.jobs.models import Job, JobState
from kernel.ledger import selectors as books
from kernel.outbox.relay import relay
from tenants.loyalty.models import Earning
from tenants.loyalty.recalculation import applying, services
from tenants.loyalty.recalculation.models import Run, RunKind, RunState
from tenants.messaging.models import Email
from tenants.models import Tenant
from tenants.programme import earning, recalculating
from tenants.programme.history import wallet_history
from tenants.programme.models import Decision
from tenants.programme.sentences import explain
from tenants.rewards.models import Award, AwardKind, Tier
from tests.loyalty.past import NOW, earned, gift, held, order, person, rules, spend

pytestmark = pytest.mark.usefixtures("merchant")


def work() -> None:
    """What the worker does, until there is nothing left to do."""
    while relay(handlers=jobs_outbox.HANDLERS, clock=timezone.now, limit=50):
        pass


@pytest.fixture
def claire() -> User:
    return User.objects.create_user(email="claire@maison-lumen.fr", password="x" * 20)


def confirmed(author: User | None = None, kind: RunKind = RunKind.RECALCULATE) -> Run:
    author_id = author.pk if author else None
    run = recalculating.count(kind=kind, months=None, author_id=author_id, now=timezone.now())
    work()
    run.refresh_from_db()
    assert run.state == RunState.COUNTED
    return services.confirm(run_id=run.id, author_id=author_id, now=timezone.now())


def test_the_worker_carries_it_out_and_writes_to_its_author(merchant: Tenant, claire: User) -> None:
    """FS-19: in the background, with an email when done."""
    rules()
    ana, bo = person("Ana"), person("Bo")
    order(ana, 6_000)
    earned(order(bo, 3_000), 45)
    run = confirmed(claire)
    assert held(ana) == 0
    work()
    run.refresh_from_db()
    assert (run.state, held(ana), held(bo)) == (RunState.DONE, 60, 30)
    email = Email.objects.get(kind="recalculation_done")
    assert email.to == "claire@maison-lumen.fr"
    assert email.context["path"] == f"/fidelite/recalcul/{run.public_id}"
    assert {explain(d) for d in Decision.objects.all()} == {
        "Recalcul\u00a0: +60\u00a0points pour Ana.",
        "Recalcul\u00a0: \u221215\u00a0points pour Bo.",
    }


def test_a_customer_reads_one_line_for_one_recalculation(merchant: Tenant) -> None:
    rules(rate="0.5")
    ana = person()
    for cents in (3_000, 2_000):
        earned(order(ana, cents), cents // 100)
    order(ana, 1_000)
    confirmed()
    work()
    line, *earlier = wallet_history(profile=ana, unit="PTS")
    assert line.title.startswith("Recalcul du")
    assert (line.amount, line.balance) == (5 - 15 - 10, 30)
    assert len(earlier) == 2


def test_a_tier_that_is_reached_now_is_given_with_it(merchant: Tenant) -> None:
    """FS-17: granted as soon as the threshold is reached."""
    rules()
    tier = Tier.objects.create(
        name="Argent", kind=AwardKind.CUSTOM, threshold=50, unit="PTS", created_at=NOW
    )
    ana, bo = person("Ana"), person("Bo")
    order(ana, 6_000)
    order(bo, 4_000)
    confirmed()
    work()
    (award,) = Award.objects.filter(tier=tier)
    assert award.profile_id == ana.id


def test_a_worker_killed_in_the_middle_leaves_whole_steps(
    merchant: Tenant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """R6, R7: what was done stays done once; the rest follows."""
    rules()
    people = [person(f"P{number}") for number in range(6)]
    for one in people:
        order(one, 1_000)
    monkeypatch.setattr(applying, "MOST_LINES", 2)
    run = confirmed()
    settle, calls = recalculating.settle_tiers, []

    def dies_once(**arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == 2:
            raise RuntimeError("killed")
        return settle(**arguments)

    monkeypatch.setattr(recalculating, "settle_tiers", dies_once)
    work()
    assert sorted(held(one) for one in people) == [0, 0, 0, 0, 10, 10]
    later = timezone.now() + timedelta(minutes=1)
    while relay(handlers=jobs_outbox.HANDLERS, clock=lambda: later, limit=50):
        pass
    run.refresh_from_db()
    assert (run.state, run.changed, run.credited) == (RunState.DONE, 6, 60)
    assert [held(one) for one in people] == [10] * 6
    assert books.discrepancies() == []


def test_one_that_was_stopped_keeps_what_is_done_and_another_finishes_it(
    merchant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules()
    people = [person(f"P{number}") for number in range(4)]
    for one in people:
        order(one, 1_000)
    monkeypatch.setattr(applying, "MOST_LINES", 2)
    run = confirmed()
    relay(handlers=jobs_outbox.HANDLERS, clock=timezone.now, limit=1)
    assert run.job_id is not None
    jobs.cancel(job_id=run.job_id, now=timezone.now())
    work()
    assert sum(held(one) for one in people) == 20
    confirmed()
    work()
    assert [held(one) for one in people] == [10] * 4
    # The first one's job cannot be taken up behind the second one's back.
    Job.objects.filter(id=run.job_id).update(state=JobState.FAILED)
    jobs.retry(job_id=run.job_id, now=timezone.now())
    work()
    assert Job.objects.get(id=run.job_id).error_code == "recalculation_not_ready"
    assert [held(one) for one in people] == [10] * 4


def test_a_refund_after_a_recalculation_takes_back_what_it_gave(merchant: Tenant) -> None:
    """R4: the original credit, what was added later, and what is shared with other facts."""
    version = rules(rate="1")
    ana = person()
    first, second = order(ana, 4_000), order(ana, 6_000)
    earned(first, 40)
    version.rate = "2.5"
    version.save()
    confirmed()
    work()
    assert held(ana) == 250
    for fact in (first, second):
        earning.take_back(
            fact=earning.of_order(fact, ana),
            kept=fact.amount // 2,
            whole=fact.amount,
            source=f"refund:{fact.id}",
            now=NOW,
        )
    assert held(ana) == 125
    for fact in (second, first):
        earning.take_back(
            fact=earning.of_order(fact, ana),
            kept=0,
            whole=fact.amount,
            source=f"refund-2:{fact.id}",
            now=NOW,
        )
    assert held(ana) == 0
    assert {row.amount - row.reversed for row in Earning.objects.all()} == {0}
    assert books.discrepancies() == []


def test_a_refund_after_a_reset_gives_nothing_back_and_takes_nothing(merchant: Tenant) -> None:
    """FS-20: gone is gone, in both directions."""
    rules()
    ana = person()
    fact = order(ana, 4_000)
    earned(fact, 40)
    gift(ana, 15)
    spend(ana, 50)
    confirmed(kind=RunKind.RESET)
    work()
    assert held(ana) == -35
    for kept in (2_000, 0):
        earning.take_back(
            fact=earning.of_order(fact, ana),
            kept=kept,
            whole=4_000,
            source=f"refund:{kept}",
            now=NOW,
        )
    assert held(ana) == -35
    assert books.discrepancies() == []
