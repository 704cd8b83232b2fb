"""R3, R4, R13: orders and refunds that arrive at the same moment."""

import random
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Thread
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from pytest_django import DjangoDbBlocker

from kernel import db
from kernel.db import atomic_with_retry
from kernel.errors import RicochetError
from kernel.ledger import selectors as ledger
from kernel.ledger.models import Account, AccountKind
from kernel.outbox.models import Event
from tenants.activity.models import Order, Refund
from tenants.activity.types import RefundInput
from tenants.models import Tenant
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tenants.programme import clock, conductor, services
from tenants.programme.models import Decision, Reward
from tenants.referrals import codes
from tenants.referrals.models import Referral, SuspicionRules
from tenants.referrals.suspicion import Signal
from tenants.rewards import services as rewards
from tenants.rewards.models import Claim
from tests.concurrency.conftest import Give, Race
from tests.fixtures.effort import effort
from tests.fixtures.programme import NOW, make_order
from tests.fixtures.together import together


def receive(**changes: Any) -> conductor.Outcome:
    return conductor.order_received(order=make_order(**changes), now=NOW)


def refund(order: str, number: str, amount: int) -> Order:
    return conductor.refund_received(
        order_id=order,
        refund=RefundInput(external_id=number, amount=amount, refunded_at=NOW),
        now=NOW,
    )


def code_of(profile: Profile) -> str:
    return codes.code_for(profile=profile, now=NOW).code


def test_the_same_order_from_fifty_doors_at_once_counts_once(camille: Profile, race: Race) -> None:
    """R3: the order's own number is unique for ever, by a constraint and not by a cache."""
    code = code_of(camille)
    answers = race([lambda: receive(referral_code=code)] * effort(short=50, soak=2_000))
    assert [answer.created for answer in answers].count(True) == 1
    assert Order.objects.count() == Referral.objects.count() == 1
    assert Reward.objects.count() == 2
    assert Profile.objects.get(email="thomas@exemple.fr").order_count == 1
    assert ledger.balance(owner_id=camille.id, unit="EUR").pending == 800
    assert Decision.objects.filter(code="reward_promised").count() == 2
    assert ledger.discrepancies() == []


def test_two_referrers_at_once_for_one_referee_leave_one_referral(
    camille: Profile, race: Race
) -> None:
    """SP-21 under a race: the friend's two first orders carry two people's codes."""
    SuspicionRules.objects.create(off=[Signal.MANY])  # many friends in a week are the test's own
    nadia = profiles.create(email="nadia@exemple.fr", source="manual", now=NOW)
    both = [code_of(camille), code_of(nadia)]
    for number in range(effort(short=10, soak=300)):
        friend = f"friend{number}@exemple.fr"
        orders = [
            {"email": friend, "external_id": f"{friend}-{n}", "referral_code": code}
            for n, code in enumerate(both * 2)
        ]
        answers = race([partial(receive, **order) for order in orders])
        assert all(answer.created for answer in answers)
        found = Referral.objects.filter(referee__email=friend)
        assert sorted(found.values_list("state", flat=True)) == [
            "pending",
            *["refused"] * 3,
        ]
        assert set(found.exclude(refusal="").values_list("refusal", flat=True)) <= {
            "already_bought",
            "already_referred",
        }
    pending = sum(ledger.balance(owner_id=who.id, unit="EUR").pending for who in (camille, nadia))
    assert pending == 800 * Referral.objects.filter(state="pending").count()


def test_the_same_refund_twenty_times_at_once_reverses_once(camille: Profile, race: Race) -> None:
    """R4."""
    receive(referral_code=code_of(camille))
    answers = race([lambda: refund("LUM-1", "R1", 3000)] * effort(short=20, soak=500))
    assert {answer.refunded for answer in answers} == {3000}
    assert Refund.objects.count() == 1
    assert ledger.balance(owner_id=camille.id, unit="EUR").pending == 400
    assert ledger.discrepancies() == []


def test_refunds_beyond_the_amount_are_refused_also_at_once(camille: Profile, race: Race) -> None:
    """Ten different refunds of a third each: three are taken."""
    receive(referral_code=code_of(camille))
    answers = race([lambda n=n: refund("LUM-1", f"R{n}", 2000) for n in range(10)])
    refused = [answer for answer in answers if isinstance(answer, RicochetError)]
    assert {error.code for error in refused} == {"refund_too_large"}
    assert len(refused) == 7
    assert Order.objects.get().refunded == 6000
    assert ledger.balance(owner_id=camille.id, unit="EUR").pending == 0
    assert ledger.discrepancies() == []


def test_a_reward_due_is_posted_once_by_many_clocks(camille: Profile, race: Race) -> None:
    """R7: the task that posts rewards, delivered several times and in parallel."""
    receive(referral_code=code_of(camille))
    later = NOW + timedelta(days=14)
    answers = race([lambda: clock.settle(now=later, limit=100)] * effort(short=12, soak=200))
    assert sum(answers) == 2
    assert ledger.balance(owner_id=camille.id, unit="EUR").available == 800
    assert Decision.objects.filter(code="reward_posted").count() == 2
    posted = Event.objects.filter(payload__email_id__isnull=False).count()
    assert Event.objects.count() == posted == 4  # promised to both, posted to both


def test_orders_refunds_claims_and_time_at_random_leave_books_that_add_up(
    lumen: Tenant, camille: Profile, race: Race, give: Give, rng: random.Random
) -> None:
    """R1 to R5 and R13 together: nobody meets a deadlock, and `ledger check` is content."""
    people = [camille] + [
        profiles.create(email=f"p{n}@exemple.fr", source="manual", now=NOW) for n in range(5)
    ]
    for person in people:
        give(person, 3000)
    known = [code_of(person) for person in people]
    prize = rewards.save_prize(now=NOW, unit="EUR", name="Bougie", cost=900, stock=25)
    later = NOW + timedelta(days=15)

    def order(n: int) -> Callable[[], Any]:
        number, code = rng.randrange(30), rng.choice(known)
        return lambda: receive(
            email=f"buyer{number}@exemple.fr", external_id=f"O{number}", referral_code=code
        )

    def back(n: int) -> Callable[[], Any]:
        number, amount = rng.randrange(30), rng.choice([500, 3000, 6000])
        return lambda: refund(f"O{number}", f"R{rng.randrange(3)}-{amount}", amount)

    def claim(n: int) -> Callable[[], Any]:
        who = rng.choice(people)
        return lambda: services.claim_prize(profile=who, prize_id=prize.id, key=f"k{n}", now=NOW)

    def wait(n: int) -> Callable[[], Any]:
        return lambda: clock.settle(now=later, limit=20)

    kinds = rng.choices([order, back, claim, wait], [6, 3, 3, 1], k=effort(short=160, soak=6_000))
    answers = race([make(n) for n, make in enumerate(kinds)])
    refused = {answer.code for answer in answers if isinstance(answer, RicochetError)}
    assert refused <= {
        "unknown_order",
        "refund_too_large",
        "insufficient_balance",
        "out_of_stock",
    }
    assert Claim.objects.count() + rewards.Prize.objects.get().stock == 25
    for wallet in Account.objects.filter(kind=AccountKind.WALLET):
        assert wallet.posted >= -wallet.overdraft
    connection.set_schema_to_public()
    call_command("ledger", "check")


def test_a_deadlock_is_tried_again_and_never_reaches_the_caller(
    camille: Profile, race: Race
) -> None:
    """R13: rows locked in opposite orders, which PostgreSQL answers by a victim."""
    nadia = profiles.create(email="nadia@exemple.fr", source="manual", now=NOW)
    victims: list[str] = []

    @atomic_with_retry
    def lock(first: Profile, second: Profile) -> str:
        try:
            Profile.objects.select_for_update().get(id=first.id)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.02)")
            Profile.objects.select_for_update().get(id=second.id)
        except OperationalError as error:
            assert db.is_transient(error)
            victims.append(str(error))
            raise
        return "done"

    answers = race(
        [lambda: lock(camille, nadia), lambda: lock(nadia, camille)] * effort(short=1, soak=20)
    )
    assert set(answers) == {"done"}
    assert victims, "no deadlock came about: this proves nothing"


def test_a_deadlock_that_never_ends_is_given_up_after_a_bounded_number_of_tries(
    lumen: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R13: bounded, and the caller sees what the API answers by 503."""
    tries: list[int] = []

    class DeadlockError(Exception):
        sqlstate = "40P01"

    @atomic_with_retry
    def always() -> None:
        tries.append(1)
        raise OperationalError("deadlock detected") from DeadlockError()

    with pytest.raises(OperationalError):
        always()
    assert 2 <= len(tries) <= 10


def test_a_cagnotte_is_moved_while_its_owner_orders_something(
    camille: Profile, give: Give, lumen: Tenant, django_db_blocker: DjangoDbBlocker
) -> None:
    """R13: an order holds its customer, then wants their wallet. Whoever holds the wallet and names
    the customer (a reward, a claim, a correction) must not wait for the customer, or both stand."""
    with transaction.atomic():
        conductor.order_received(order=make_order(camille.email, external_id="OWN"), now=NOW)
        doing = Thread(
            target=lambda: together(
                [lambda: give(camille, 500)], tenant=lumen, blocker=django_db_blocker
            )
        )
        doing.start()
        doing.join(timeout=10)
        waits = doing.is_alive()
    doing.join(timeout=30)
    assert not waits
    assert ledger.balance(owner_id=camille.id, unit="EUR").posted == 500
