"""R3, R4, R13: payments and validations that arrive at the same moment."""

import random
from typing import Any

from kernel.errors import RicochetError
from kernel.ledger import selectors as ledger
from kernel.ledger.models import Transfer
from tenants.activity.models import Invoice, Payment
from tenants.loyalty.models import Earning
from tenants.loyalty.versions import Rate
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tests.concurrency.conftest import Race
from tests.fixtures.effort import effort
from tests.fixtures.loyalty import (
    book,
    cancel,
    invoice,
    make_type,
    pay,
    pay_back,
    publish_loyalty,
    validate,
)


def earned(profile: Profile) -> int:
    return ledger.balance(owner_id=profile.id, unit="EUR").posted


def test_the_same_payment_twenty_times_at_once_earns_once(lumen: Tenant, race: Race) -> None:
    """R3, FS-05."""
    publish_loyalty(unit="EUR", rate=5)
    profile = invoice().invoice.profile
    answers = race([lambda: pay(20_000)] * effort(short=20, soak=1_000))
    assert [answer.created for answer in answers].count(True) == 1
    assert Payment.objects.count() == Earning.objects.count() == Transfer.objects.count() == 1
    assert earned(profile) == 1_000
    assert ledger.discrepancies() == []


def test_the_same_session_booked_and_validated_at_once_earns_once(
    lumen: Tenant, race: Race
) -> None:
    """R3, FS-06."""
    publish_loyalty(unit="EUR", sessions_on=True, rates={make_type().id: Rate(300)})
    booked = race([book] * effort(short=14, soak=500))
    assert [answer.created for answer in booked].count(True) == 1
    answers = race([validate] * effort(short=14, soak=500))
    assert len([answer for answer in answers if answer.earning]) == 1
    assert earned(booked[0].session.profile) == 300
    ends = race([cancel] * 7)
    assert not [end for end in ends if isinstance(end, RicochetError)]
    assert earned(booked[0].session.profile) == 0
    assert ledger.discrepancies() == []


def test_payments_and_refunds_at_random_leave_what_the_invoice_says(
    lumen: Tenant, race: Race, rng: random.Random
) -> None:
    """R4, R13: no deadlock reaches anybody, and the points follow the money."""
    publish_loyalty(unit="EUR", rate=5)
    people = [invoice(f"F-{n}", 1_000, email=f"p{n}@exemple.fr").invoice.profile for n in range(3)]

    def act(n: int) -> Any:
        of, amount = f"F-{rng.randrange(3)}", rng.choice([200, 500, 1_000])
        if rng.random() < 0.6:
            return lambda: pay(amount, number=f"P{n}", of=of)
        return lambda: pay_back(amount, number=f"R{n}", of=of)

    answers = race([act(n) for n in range(effort(short=60, soak=3_000))])
    refused = {answer.code for answer in answers if isinstance(answer, RicochetError)}
    assert refused <= {"payment_too_large", "payment_refund_too_large"}
    for n, profile in enumerate(people):
        row = Invoice.objects.get(external_id=f"F-{n}")
        expected = 50 - 50 * (1_000 - row.paid) // 1_000 if row.paid_at else 0
        assert earned(profile) == expected
    assert ledger.discrepancies() == []
