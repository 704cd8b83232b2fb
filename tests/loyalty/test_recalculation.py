"""Recalculation and reset: what is shown is what is done, and only automatic points move."""

from datetime import timedelta

import pytest

from kernel.ledger import selectors as books
from kernel.ledger import services as ledger
from kernel.ledger.models import Transfer
from tenants.activity.types import RefundInput
from tenants.loyalty import membership
from tenants.loyalty.models import Earning
from tenants.loyalty.recalculation import services
from tenants.loyalty.recalculation.errors import (
    CountTooOldError,
    InvalidPeriodError,
    NoRulesError,
    NotCountedError,
    RunInProgressError,
)
from tenants.loyalty.recalculation.models import Run, RunKind, RunState
from tenants.models import Tenant
from tenants.programme import conductor
from tenants.programme.merging import merge
from tests.loyalty.past import (
    NOW,
    carried_out,
    counted,
    earned,
    gift,
    held,
    invoice,
    order,
    person,
    portrait,
    rules,
    session,
    spend,
)

pytestmark = pytest.mark.usefixtures("merchant")


def figures(run: Run) -> tuple[int, int, int, int]:
    return run.gaining, run.gain, run.losing, run.loss


def test_a_count_changes_nothing_and_says_who_gains_and_who_loses(merchant: Tenant) -> None:
    """FS-19: the dry run."""
    rules()
    ana, bo, cy = person("Ana"), person("Bo"), person("Cy")
    order(ana, 5_000)
    earned(order(bo, 3_000), 45)
    earned(order(cy, 2_000), 20)
    run = counted()
    assert run.state == RunState.COUNTED
    assert figures(run) == (1, 50, 1, 15)
    assert run.facts == 2
    assert [held(one) for one in (ana, bo, cy)] == [0, 45, 20]
    assert {line.profile_id for line in run.lines.all()} == {ana.id, bo.id}


def test_what_is_shown_is_what_is_done(merchant: Tenant) -> None:
    """FS-19: payments and sessions are worked out again; both add up."""
    version = rules(sessions_on=True)
    kind = portrait(version, 50)
    ana, bo = person("Ana"), person("Bo")
    order(ana, 20_000)
    session(ana, kind)
    session(ana, kind, validated=False)
    invoice(ana, 10_000, paid=10_000)
    invoice(ana, 10_000, paid=3_000)
    earned(order(bo, 3_000), 45)
    run = carried_out(counted())
    assert held(ana) == 200 + 50 + 100
    assert held(bo) == 30
    assert (run.changed, run.credited, run.taken, run.differing) == (2, 350, 15, 0)
    assert books.discrepancies() == []
    again = counted()
    assert (again.facts, again.wallets) == (0, 0)


def test_a_refund_counts_for_what_was_kept(merchant: Tenant) -> None:
    rules()
    ana = person()
    order(ana, 9_900, refunded=3_300)
    order(ana, 5_000, refunded=5_000, state="refunded")
    carried_out(counted())
    assert held(ana) == 66


def test_each_fact_takes_the_rules_of_its_day_and_older_ones_the_first(merchant: Tenant) -> None:
    """FS-21, FS-22: a new ratio does not reach back."""
    rules(since=NOW - timedelta(days=100), rate="1")
    rules(since=NOW - timedelta(days=10), rate="2")
    ana = person()
    order(ana, 1_000, days_ago=200)
    order(ana, 1_000, days_ago=50)
    order(ana, 1_000, days_ago=5)
    carried_out(counted())
    assert held(ana) == 10 + 10 + 20


def test_only_the_period_is_looked_at(merchant: Tenant) -> None:
    rules()
    ana = person()
    order(ana, 1_000, days_ago=200)
    order(ana, 2_000, days_ago=60)
    carried_out(counted(months=3))
    assert held(ana) == 20


def test_manual_and_referral_points_stay_untouched(merchant: Tenant) -> None:
    """FS-19, FS-20."""
    rules()
    ana = person()
    gift(ana, 7)
    gift(ana, 11, reason="referral_referrer")
    earned(order(ana, 3_000), 45)
    carried_out(counted())
    assert held(ana) == 7 + 11 + 30
    carried_out(counted(RunKind.RESET))
    assert held(ana) == 7 + 11
    assert books.discrepancies() == []


def test_tests_and_reported_orders_earn_nothing(merchant: Tenant) -> None:
    rules()
    ana = person()
    order(ana, 1_000, is_test=True)
    order(ana, 1_000, state="reported")
    assert counted().facts == 0


def test_where_members_earn_a_member_of_today_counts_for_the_whole_period(
    merchant: Tenant,
) -> None:
    rules(membership="joined")
    member, left, never = person("Ana"), person("Bo"), person("Cy")
    for one in (member, left, never):
        order(one, 1_000, days_ago=60)
        order(one, 1_000, days_ago=10)
    membership.join(profile_id=member.id, source="import", now=NOW)
    membership.join(profile_id=left.id, source="import", now=NOW - timedelta(days=90))
    membership.leave(profile_id=left.id, now=NOW - timedelta(days=30))
    carried_out(counted())
    assert [held(one) for one in (member, left, never)] == [20, 10, 0]


def test_points_that_were_spent_become_a_debt_that_the_count_announced(merchant: Tenant) -> None:
    rules(rate="0.1")
    ana = person()
    earned(order(ana, 10_000), 100)
    spend(ana, 95)
    run = counted()
    assert (run.loss, run.indebted, run.debt) == (90, 1, 85)
    carried_out(run)
    assert held(ana) == -85
    assert books.discrepancies() == []


def test_points_that_have_expired_are_not_asked_for_again(merchant: Tenant) -> None:
    rules(rate="0.1")
    ana = person()
    row = earned(order(ana, 10_000), 100, expires_at=NOW - timedelta(days=1))
    ledger.expire_lot(lot_id=row.transfer_id, now=NOW)
    run = counted()
    assert (run.loss, run.indebted) == (90, 0)
    carried_out(run)
    assert held(ana) == 0
    assert books.discrepancies() == []


def test_one_line_in_the_books_for_each_cagnotte(merchant: Tenant) -> None:
    """What a customer understands: +60, not one line for each order."""
    rules()
    ana = person()
    for _ in range(3):
        order(ana, 2_000)
    run = carried_out(counted())
    (line,) = Transfer.objects.filter(source=f"recalculation:{run.id}")
    assert line.amount == 60
    assert set(Earning.objects.values_list("transfer_id", flat=True)) == {line.id}


def test_back_and_forth_ends_where_it_began(merchant: Tenant) -> None:
    """Every point that one recalculation adds, another finds and takes back."""
    version = rules(rate="1")
    ana = person()
    facts = [order(ana, 1_000 * (number + 1)) for number in range(4)]
    earned(facts[0], 10)
    earned(facts[1], 20)
    for rate, expected in (("2.5", 250), ("0.7", 70), ("3", 300), ("1", 100), ("0.05", 4)):
        version.rate = rate
        version.save()
        carried_out(counted())
        assert held(ana) == expected
        assert books.discrepancies() == []
    carried_out(counted(RunKind.RESET))
    assert held(ana) == 0
    version.rate = "1"
    version.save()
    carried_out(counted())
    assert held(ana) == 100


def test_what_changed_since_it_was_shown_is_done_as_it_is_and_told(merchant: Tenant) -> None:
    rules()
    ana, bo = person("Ana"), person("Bo")
    first = order(ana, 5_000)
    order(bo, 1_000)
    run = counted()
    first.refunded = 2_500
    first.save()
    carried_out(run)
    assert (held(ana), held(bo)) == (25, 10)
    assert (run.credited, run.differing) == (35, 1)


def test_only_one_runs_at_a_time(merchant: Tenant) -> None:
    rules()
    order(person(), 5_000)
    run = counted()
    services.confirm(run_id=run.id, author_id=None, now=NOW)
    assert services.confirm(run_id=run.id, author_id=None, now=NOW).job_id is not None
    with pytest.raises(RunInProgressError):
        counted()
    from kernel.jobs import services as jobs

    run.refresh_from_db()
    assert run.job_id is not None
    jobs.cancel(job_id=run.job_id, now=NOW)
    counted()
    run.refresh_from_db()
    assert run.state == RunState.STOPPED


def test_a_newer_count_drops_the_one_before(merchant: Tenant) -> None:
    rules()
    order(person(), 5_000)
    first = counted()
    counted()
    with pytest.raises(NotCountedError):
        services.confirm(run_id=first.id, author_id=None, now=NOW)
    first.refresh_from_db()
    assert first.state == RunState.DROPPED


def test_bad_requests_are_refused_each_in_its_own_words(merchant: Tenant) -> None:
    with pytest.raises(NoRulesError):
        counted()
    rules()
    for months, since in ((5, NOW), (3, None), (None, NOW)):
        with pytest.raises(InvalidPeriodError):
            services.count(
                kind=RunKind.RECALCULATE, months=months, since=since, author_id=None, now=NOW
            )
    with pytest.raises(InvalidPeriodError):
        services.count(kind=RunKind.RESET, months=3, since=NOW, author_id=None, now=NOW)
    run = counted()
    with pytest.raises(CountTooOldError):
        services.confirm(run_id=run.id, author_id=None, now=NOW + timedelta(days=2))
    assert not Transfer.objects.exists()


def test_nobody_who_was_erased_or_merged_is_touched(merchant: Tenant) -> None:
    rules()
    gone, kept = person("Ana"), person("Bo")
    order(gone, 1_000)
    order(kept, 1_000)
    gone.erased_at = NOW
    gone.save()
    run = counted()
    assert [line.profile_id for line in run.lines.all()] == [kept.id]


def test_what_a_recalculation_added_is_taken_back_after_a_merger(merchant: Tenant) -> None:
    """R4: the credit lies in the wallet of the record that went, and the refund finds it there."""
    rules()
    ana, bo, kept = person("Ana"), person("Bo"), person("Cy")
    facts = [order(one, 5_000) for one in (ana, bo)]
    for fact in facts:
        earned(fact, 50)
    carried_out(counted(RunKind.RESET))
    carried_out(counted())
    for gone in (ana, bo):
        merge(kept_id=kept.id, gone_id=gone.id, from_gone=(), author_id=None, now=NOW)
    assert held(kept) == 100
    refund = RefundInput(external_id="R", amount=5_000, refunded_at=NOW)
    conductor.refund_received(order_id=facts[0].external_id, refund=refund, now=NOW)
    assert held(kept) == 50
    carried_out(counted(RunKind.RESET))
    assert held(kept) == 0
    assert books.discrepancies() == []
