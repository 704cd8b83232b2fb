"""What orders, invoices and sessions earn, and what is left after money went back."""

from datetime import timedelta
from decimal import Decimal

import pytest

from kernel.ledger import selectors as ledger
from kernel.ledger import services
from kernel.ledger.models import Transfer
from tenants.activity.models import Source
from tenants.activity.types import RefundInput
from tenants.loyalty.models import Earning, Membership
from tenants.loyalty.versions import Rate
from tenants.profiles.models import Profile
from tenants.programme import conductor, sentences
from tenants.programme.models import Decision
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
from tests.fixtures.programme import NOW, make_camille, make_order, publish

pytestmark = pytest.mark.usefixtures("in_points")


def points(email="thomas@exemple.fr"):
    return ledger.balance(owner_id=Profile.objects.get(email=email).id, unit="PTS").posted


def order(now=NOW, **changes):
    return conductor.order_received(order=make_order(**changes), now=now)


def words():
    return [sentences.explain(d) for d in Decision.objects.order_by("decided_at", "id")]


def test_a_confirmed_order_earns_whole_points_rounded_down_once():
    publish_loyalty(rate=Decimal("0.5"))
    made = order(amount=6599)
    assert made.earning.amount == points() == 32
    assert not order(amount=6599).created
    assert points() == 32
    assert Transfer.objects.get().reason == "earned_order"


def test_a_reported_order_earns_when_it_is_confirmed():
    publish_loyalty()

    order(source=Source.TRACKER)
    assert not Earning.objects.exists()
    order()
    assert points() == 60


def test_a_refund_of_an_order_takes_back_in_proportion():
    """R4."""
    publish_loyalty()
    order(amount=10_000)
    for number, amount, left in (("R1", 3333, 67), ("R2", 3333, 34), ("R3", 3334, 0)):
        conductor.refund_received(
            order_id="LUM-1",
            refund=RefundInput(external_id=number, amount=amount, refunded_at=NOW),
            now=NOW,
        )
        assert points() == left
    assert ledger.discrepancies() == []


def test_an_invoice_earns_once_its_deposits_and_balance_reach_the_total():
    """FS-05."""
    publish_loyalty()
    invoice(total=20_000)
    assert pay(5_000, number="P-1").earning is None
    assert points_or_none() is None
    made = pay(15_000, number="P-2", at=NOW + timedelta(days=3))
    assert (made.earning.amount, points()) == (200, 200)
    assert made.invoice.state == "paid" and made.invoice.paid_at == NOW + timedelta(days=3)
    assert pay(15_000, number="P-2", at=NOW + timedelta(days=3)).earning is None
    assert points() == 200


def points_or_none():
    found = Profile.objects.filter(email="thomas@exemple.fr").first()
    return ledger.balance(owner_id=found.id, unit="PTS").posted or None


def test_a_deposit_told_late_dates_the_invoice_by_the_last_of_them():
    publish_loyalty()
    invoice()
    later = NOW + timedelta(days=5)
    pay(15_000, number="P-2", at=later)
    made = pay(5_000, number="P-1", at=NOW, now=later)
    assert made.invoice.paid_at == later


def test_money_given_back_on_an_invoice_takes_back_in_proportion_and_earns_again_when_repaid():
    """R4, FS-05."""
    publish_loyalty()
    invoice(total=20_000)
    pay(20_000)
    pay_back(5_000, number="R-1")
    assert points() == 150
    pay_back(5_000, number="R-1")
    assert points() == 150
    pay(5_000, number="P-2")
    assert points() == 200
    pay_back(20_000, number="R-2")
    assert points() == 0
    earning = Earning.objects.get()
    assert (earning.amount, earning.reversed) == (200, 200)
    assert ledger.discrepancies() == []


def test_a_cancelled_invoice_gives_back_all_and_refunds_then_change_nothing():
    publish_loyalty()
    invoice()
    pay(20_000)
    conductor.invoice_cancelled(invoice_id="F-1", now=NOW)
    conductor.invoice_cancelled(invoice_id="F-1", now=NOW)
    assert points() == 0
    pay_back(20_000)
    assert points() == 0
    assert ledger.discrepancies() == []


def test_a_validated_session_earns_by_its_type_and_both_add_up():
    """FS-06, FS-07: 200 € for a portrait session earns 200 + 50 = 250 points."""
    portrait, family = make_type(), make_type("Famille")
    publish_loyalty(
        sessions_on=True,
        rates={portrait.id: Rate(50), family.id: Rate(80, active=False)},
    )
    invoice()
    pay(20_000)
    book()
    assert points() == 200
    assert validate().earning.amount == 50
    assert points() == 250
    validate()
    assert points() == 250
    book("S-2", "famille")
    validate("S-2")
    assert points() == 250, "this type is off"
    cancel()
    cancel()
    assert points() == 200


def test_a_new_rule_never_reaches_back():
    """FS-21, FS-22: 2 points for each euro double later payments only, told late or not."""
    publish_loyalty()
    invoice("F-1")
    invoice("F-2")
    invoice("F-3")
    pay(20_000, of="F-1")
    later = NOW + timedelta(days=10)
    publish_loyalty(now=later, rate=Decimal(2))
    assert points() == 200
    pay(20_000, of="F-2", at=NOW + timedelta(days=9), now=later)
    assert points() == 400
    pay(20_000, of="F-3", at=later)
    assert points() == 800


def test_one_point_for_every_three_euros():
    """SO-03."""
    publish_loyalty(per=300)
    assert order(amount=10_000).earning.amount == 33


def test_a_fact_older_than_the_first_rules_earns_nothing_by_itself():
    """What came before is for a recalculation, which shows first what it changes."""
    publish_loyalty()
    order(ordered_at=NOW - timedelta(days=1))
    assert not Earning.objects.exists()


def test_only_members_earn_where_one_joins_and_the_reason_is_kept():
    publish_loyalty(membership="joined")
    profile = order().order.profile
    assert "n’a pas rejoint" in words()[0]
    Membership.objects.create(profile=profile, joined_at=NOW, source="manual")
    order(external_id="LUM-2")
    assert points() == 60
    Membership.objects.update(left_at=NOW)
    order(external_id="LUM-3")
    assert points() == 60


def test_every_grant_and_refusal_has_its_sentence():
    make = make_type()
    publish_loyalty(sessions_on=True, rates={make.id: Rate(50)})
    order(amount=99)
    invoice()
    pay(20_000)
    pay_back(10_000)
    pay(10_000, number="P-2")
    book()
    validate()
    cancel()
    assert [text.replace("\xa0", " ").replace("\u202f", " ") for text in words()] == [
        "Rien de gagné pour la commande n° LUM-1 : 0,99 € ne font pas une unité (règle n° 1).",
        "200 points gagnés par Thomas pour la facture n° F-1, de 200,00 € (règle n° 1).",
        "100 points repris à Thomas : la facture n° F-1 a été remboursée.",
        "100 points rendus à Thomas : la facture n° F-1 est de nouveau réglée.",
        "50 points gagnés par Thomas pour la séance « Portrait » (règle n° 1).",
        "50 points repris à Thomas : la séance « Portrait » a été annulée.",
    ]


def test_tests_of_an_integration_earn_nothing():
    publish_loyalty()
    invoice(is_test=True)
    pay(20_000, of_test=True)
    order(is_test=True)
    assert not Transfer.objects.exists()


def test_what_is_spent_already_becomes_a_debt_that_later_earnings_pay():
    """R4."""

    publish_loyalty()
    made = order(amount=10_000)
    services.redeem(
        owner_id=made.order.profile_id, unit="PTS", amount=80, reason="claim", source="x", key="x",
        now=NOW,
    )  # fmt: skip
    conductor.refund_received(
        order_id="LUM-1",
        refund=RefundInput(external_id="R1", amount=10_000, refunded_at=NOW),
        now=NOW,
    )
    assert points() == -80
    order(external_id="LUM-2", amount=10_000)
    assert points() == 20
    assert ledger.discrepancies() == []


def test_points_expire_in_the_merchants_months():
    publish_loyalty(expiry_months=12)
    made = order()
    expires_at, amount = ledger.next_expiry(owner_id=made.order.profile_id, unit="PTS")
    assert amount == 60
    assert (expires_at.year, expires_at.month, expires_at.day) == (2027, 3, 1)


def test_a_validated_session_rewards_the_referral_and_earns_besides(merchant):
    """FS-07, FS-10 to FS-13: validated is the default, and the code comes with the booking."""
    publish(unit="PTS", qualifying="validated", referrer_amount=100, referee_amount=50,
            pending_days=0, minimum_order=0)  # fmt: skip
    publish_loyalty(sessions_on=True, rates={make_type().id: Rate(50)})
    camille = make_camille()
    book(referral_code=camille.referral_code.code)
    assert points_or_none() is None
    validate()
    assert points("camille@exemple.fr") == 100
    assert points() == 50 + 50
    cancel()
    assert points("camille@exemple.fr") == points() == 0
    assert ledger.discrepancies() == []
