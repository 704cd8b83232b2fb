"""Referrals as the merchant keeps them by hand (OF-02, OF-04, FS-11, FS-12)."""

from datetime import timedelta

import pytest

from kernel.ledger import selectors as ledger
from tenants.activity.models import Source
from tenants.activity.types import RefundInput
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity
from tenants.programme import (
    clock,
    conductor,
    hand_referrals,
    sentences,
)
from tenants.programme.models import RewardRule, Side, Trigger
from tenants.programme.reopening import FactUndoneError
from tenants.referrals.facts import Clues
from tenants.referrals.models import Referral, ReferralState
from tenants.rewards.models import AwardKind
from tests.fixtures.programme import NOW

LATER = NOW + timedelta(days=14)


def receive(order, now=NOW):
    return conductor.order_received(order=order, now=now)


def held(profile):
    return ledger.balance(owner_id=profile.id, unit="EUR")


def code(profile):
    return profile.referral_code.code


def gift(side=Side.REFERRER, trigger=Trigger.QUALIFYING, **fields):
    values = {"kind": AwardKind.PRODUCT, "name": "Bougie Aube 190 g", **fields}
    return RewardRule(side=side, trigger=trigger, **values)


def open_account(email="thomas@exemple.fr", now=NOW, source=Source.API, **clues):
    return conductor.account_created(
        identity=Identity(email=email, first_name="Thomas"),
        source=source,
        at=now,
        clues=Clues(**clues),
        now=now,
    )


def refund(amount=6000, now=NOW):
    given = RefundInput(external_id="R1", amount=amount, refunded_at=now)
    return conductor.refund_received(order_id="LUM-1", refund=given, now=now)


# ------------------------------------------------------------------------ by hand
def by_hand(camille, thomas, **more):
    return hand_referrals.refer(referrer=camille, referee=thomas, author_id=None, now=NOW, **more)[
        0
    ]


def newcomer(email="thomas@exemple.fr"):
    return open_account(email, source=Source.TRACKER)


def test_a_referral_by_hand_waits_for_the_fact_or_pays_at_once(camille, order_of):
    """FS-11, FS-12."""
    thomas = newcomer()
    referral = by_hand(camille, thomas, at_once=False)
    assert (referral.state, held(camille).pending) == ("pending", 0)
    outcome = receive(order_of())
    assert outcome.referral == referral
    assert held(camille).pending == 800
    lea = newcomer("lea@exemple.fr")
    by_hand(camille, lea)
    assert (held(camille).available, held(lea).available) == (800, 500)


def test_a_referral_has_a_day_and_notes_and_no_day_to_come(camille):
    """OF-02."""
    thomas = newcomer()
    tomorrow = (NOW + timedelta(days=1)).date()
    with pytest.raises(hand_referrals.ReferralDateError):
        by_hand(camille, thomas, referred_on=tomorrow)
    assert not Referral.objects.exists()
    referral = by_hand(camille, thomas, notes="Vue au salon")
    assert (referral.referred_on, referral.notes) == (NOW.date(), "Vue au salon")


def test_closing_gives_up_what_waits_and_keeps_what_was_given(camille, order_of):
    """OF-04: closed is no longer counted; opened again, it is as it was."""
    outcome = receive(order_of(referral_code=code(camille)))
    thomas = outcome.order.profile
    for _ in range(2):
        hand_referrals.close(referral_id=outcome.referral.id, author_id=None, now=NOW)
    assert (held(camille).pending, held(thomas).pending) == (0, 0)
    assert "Clos le" in sentences.explain_referral(Referral.objects.get())
    for _ in range(2):
        hand_referrals.reopen(referral_id=outcome.referral.id, author_id=None, now=NOW)
    assert (held(camille).pending, held(thomas).pending) == (800, 500)
    clock.settle(now=LATER, limit=100)
    assert held(camille).available == 800
    hand_referrals.close(referral_id=outcome.referral.id, author_id=None, now=LATER)
    assert held(camille).available == 800
    assert ledger.discrepancies() == []


def test_a_closed_referral_does_not_open_again_beside_another(camille, order_of):
    nadia = receive(order_of(email="nadia@exemple.fr", external_id="N1")).order.profile
    thomas = newcomer()
    first = by_hand(camille, thomas, at_once=False)
    hand_referrals.close(referral_id=first.id, author_id=None, now=NOW)
    by_hand(nadia, thomas, at_once=False)
    with pytest.raises(hand_referrals.AlreadyReferredError):
        hand_referrals.reopen(referral_id=first.id, author_id=None, now=NOW)


def test_after_a_closed_referral_only_the_merchant_names_another_referrer(camille, order_of):
    """SP-21."""
    thomas = newcomer()
    first = by_hand(camille, thomas, at_once=False)
    hand_referrals.close(referral_id=first.id, author_id=None, now=NOW)
    outcome = receive(order_of(referral_code=code(camille)))
    assert outcome.referral.refusal == "already_referred"
    assert Profile.objects.get(id=thomas.id).order_count == 1


def test_a_referral_whose_order_was_refunded_meanwhile_does_not_open_again(camille, order_of):
    """R4: what closing gave up is not promised again for money that went back."""
    referral = receive(order_of(referral_code=code(camille))).referral
    hand_referrals.close(referral_id=referral.id, author_id=None, now=NOW)
    refund()
    with pytest.raises(FactUndoneError):
        hand_referrals.reopen(referral_id=referral.id, author_id=None, now=NOW)
    clock.settle(now=LATER, limit=100)
    assert (held(camille).available, held(camille).pending) == (0, 0)
    assert Referral.objects.get().state == ReferralState.CLOSED


def test_what_was_refunded_meanwhile_is_not_promised_again(camille, order_of):
    """R4: in proportion, as for a referral that was open all the time."""
    referral = receive(order_of(referral_code=code(camille))).referral
    hand_referrals.close(referral_id=referral.id, author_id=None, now=NOW)
    refund(amount=3000)
    hand_referrals.reopen(referral_id=referral.id, author_id=None, now=NOW)
    assert held(camille).pending == 400
    clock.settle(now=LATER, limit=100)
    assert held(camille).available == 400
    rest = RefundInput(external_id="R2", amount=3000, refunded_at=LATER)
    conductor.refund_received(order_id="LUM-1", refund=rest, now=LATER)
    assert held(camille).posted == 0
