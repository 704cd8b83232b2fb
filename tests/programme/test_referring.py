"""Who is rewarded for what: accounts, sessions and orders, in money and in kind (SP-02, SP-13)."""

from datetime import timedelta

import pytest

from kernel.ledger import selectors as ledger
from tenants.activity.models import Source
from tenants.activity.types import RefundInput
from tenants.profiles.services import Identity
from tenants.programme import (
    clock,
    conductor,
    hand_referrals,
    sentences,
    services,
)
from tenants.programme.models import Decision, Reward, RewardRule, Side, Trigger
from tenants.programme.referral_sentences import ladder
from tenants.referrals import codes, signed
from tenants.referrals import services as referrals
from tenants.referrals.facts import Clues
from tenants.referrals.models import Referral, ReferralState
from tenants.rewards.models import AwardKind
from tests.fixtures.programme import NOW, make_camille, publish

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


# ------------------------------------------------------------------------ accounts, then orders
def test_an_account_is_rewarded_and_the_same_referral_gets_the_order(merchant, order_of):
    """SP-13: because the referee created an account, and because they ordered."""
    publish(referrer_account_amount=200, referee_account_amount=100)
    camille = make_camille()
    thomas = open_account(typed_code=code(camille))
    referral = Referral.objects.get()
    assert (referral.state, referral.awaits_fact, referral.order) == ("pending", True, None)
    assert (held(camille).pending, held(thomas).pending) == (200, 100)
    week = NOW + timedelta(days=7)
    outcome = receive(order_of(ordered_at=week), now=week)
    assert outcome.referral == referral
    assert (held(camille).pending, held(thomas).pending) == (1000, 600)
    clock.settle(now=week + timedelta(days=14), limit=100)
    assert (held(camille).available, held(thomas).available) == (1000, 600)
    # The money goes back: the account stays opened.
    refund(now=week + timedelta(days=15))
    referral.refresh_from_db()
    assert referral.state == ReferralState.VALIDATED
    assert (held(camille).available, held(thomas).available) == (200, 100)
    assert ledger.discrepancies() == []


def test_an_account_told_twice_is_rewarded_once(merchant):
    """R3."""
    publish(referrer_account_amount=200)
    camille = make_camille()
    for _ in range(3):
        open_account(typed_code=code(camille))
    assert Referral.objects.count() == Reward.objects.count() == 1


def test_a_browser_alone_cannot_earn_for_an_account(merchant):
    """What only a browser says is not believed; soon after the shop's word, its cookie is."""
    publish(referrer_account_amount=200)
    camille = make_camille()
    open_account(source=Source.TRACKER, typed_code=code(camille))
    assert not Referral.objects.exists()
    open_account()
    assert not Referral.objects.exists()
    soon = NOW + timedelta(minutes=2)
    for _ in range(2):
        open_account(source=Source.TRACKER, typed_code=code(camille), now=soon)
    assert Referral.objects.get().referrer == camille
    assert Reward.objects.count() == 1


def test_who_had_an_account_or_had_bought_earns_nothing_by_another_account(merchant, order_of):
    """SP-19, SP-20."""
    publish(referrer_account_amount=200)
    camille = make_camille()
    receive(order_of(email="nadia@exemple.fr", external_id="N1"))
    open_account("nadia@exemple.fr", now=NOW + timedelta(days=1), typed_code=code(camille))
    assert Referral.objects.get().refusal == "already_bought"
    assert not Reward.objects.exists()


def test_an_order_that_only_a_browser_spoke_of_does_not_complete_a_known_referral(
    merchant, order_of
):
    publish(referrer_account_amount=200)
    camille = make_camille()
    open_account(typed_code=code(camille))
    receive(order_of(source=Source.TRACKER))
    assert held(camille).pending == 200
    receive(order_of(), now=NOW + timedelta(hours=1))
    assert held(camille).pending == 1000


def test_a_known_referral_waits_for_an_order_that_is_large_enough(merchant, order_of):
    publish(referrer_account_amount=200)
    camille = make_camille()
    open_account(typed_code=code(camille))
    small = receive(order_of(amount=2999))
    assert small.referral is None
    said = [sentences.explain(decision) for decision in Decision.objects.filter(order=small.order)]
    assert any("attend la suivante" in words for words in said)
    receive(order_of(external_id="LUM-2"))
    assert held(camille).pending == 1000


def test_the_limit_of_a_year_counts_people_not_rewards(merchant, order_of):
    publish(referrer_account_amount=200, referrals_a_year=1)
    camille = make_camille()
    open_account(typed_code=code(camille))
    receive(order_of())
    assert held(camille).pending == 1000
    open_account("lea@exemple.fr", typed_code=code(camille))
    assert held(camille).pending == 1000
    assert Decision.objects.filter(code="yearly_limit").exists()


# ------------------------------------------------------------------------ the ladder
def test_the_ladder_says_what_was_looked_at_and_why_it_did_not_win(camille, order_of):
    nadia = receive(order_of(email="nadia@exemple.fr", external_id="N1")).order.profile
    codes.code_for(profile=nadia, now=NOW)
    click = referrals.record_click(code=code(camille), channel="link", now=NOW)
    own = order_of(email="THOMAS@exemple.fr", referral_code="NOBODY-0000", click_id=click)
    states = [state for _name, state, _words in ladder(receive(own).referral)]
    assert states == ["empty", "refused", "won", "not_asked", "not_asked"]


def test_a_signed_link_counts_without_a_cookie_and_cannot_be_rewritten(camille, order_of):
    """The shop's own server kept the address by which the customer came."""
    click = str(referrals.record_click(code=code(camille), channel="link", now=NOW))
    sign = signed.signature(code=code(camille), click=click)
    link = f"https://boutique.example/?ref={code(camille)}&rc={click}&rs={sign}"
    forged = link.replace(code(camille), "OTHER-0000")
    assert (
        receive(order_of(external_id="F", email="f@exemple.fr", referral_link=forged)).referral
        is None
    )
    outcome = receive(order_of(referral_link=link))
    assert (outcome.referral.step, outcome.referral.referrer) == ("signed", camille)
    stale = order_of(external_id="S", email="s@exemple.fr", referral_link=link)
    assert receive(stale, now=NOW + timedelta(days=31)).referral is None


@pytest.mark.parametrize("between", [0, 1, 3])
def test_nobody_refers_whoever_brought_them(programme, order_of, between):
    """A referral that would make a circle, at any length."""
    chain = [make_camille()]
    for number in range(between + 1):
        told = order_of(
            external_id=f"C{number}",
            email=f"p{number}@exemple.fr",
            referral_code=codes.code_for(profile=chain[-1], now=NOW).code,
        )
        chain.append(receive(told).order.profile)
    last = codes.code_for(profile=chain[-1], now=NOW).code
    outcome = receive(order_of(email="camille@exemple.fr", referral_code=last))
    assert (outcome.referral.refusal, outcome.rewards) == ("circle", ())
    assert "déjà parmi ceux qui ont fait venir" in sentences.explain_referral(outcome.referral)
    with pytest.raises(services.ReferralRefusedError):
        hand_referrals.refer(referrer=chain[-1], referee=chain[0], author_id=None, now=NOW)
