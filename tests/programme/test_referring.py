"""Who is rewarded for what: accounts, sessions and orders, in money and in kind (SP-02, SP-13)."""

from datetime import timedelta

import pytest

from kernel.ledger import selectors as ledger
from tenants.activity.models import Source
from tenants.activity.types import RefundInput
from tenants.messaging.models import Email
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity
from tenants.programme import (
    clock,
    conductor,
    coupons,
    hand_referrals,
    sentences,
    services,
    versions,
)
from tenants.programme.models import Decision, Reward, RewardRule, Side, Trigger
from tenants.programme.referral_sentences import ladder
from tenants.referrals import codes, signed
from tenants.referrals import services as referrals
from tenants.referrals.facts import Clues
from tenants.referrals.models import Invitation, Referral, ReferralState
from tenants.rewards.models import Award, AwardKind, AwardState
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


# ------------------------------------------------------------------------ in kind
def test_a_gift_waits_like_money_and_goes_with_the_refund(merchant, order_of):
    """OF-01: a free product, pending until the delay has passed."""
    publish(gifts=[gift(), gift(Side.REFEREE, kind=AwardKind.PROMO_CODE, name="-10 %", value=1000)])
    camille = make_camille()
    outcome = receive(order_of(referral_code=code(camille)))
    assert set(Award.objects.values_list("state", flat=True)) == {AwardState.PENDING}
    assert "Bougie Aube 190 g" in sentences.explain_referral(outcome.referral)
    assert Email.objects.filter(kind="gift_promised").count() == 2
    clock.settle(now=LATER, limit=100)
    mine, theirs = (Award.objects.get(profile=p) for p in (camille, outcome.order.profile))
    assert (mine.state, theirs.state) == (AwardState.AVAILABLE, AwardState.AVAILABLE)
    assert theirs.code
    refund(amount=3000, now=LATER)
    mine.refresh_from_db()
    assert mine.state == AwardState.AVAILABLE  # a gift has no half
    given = RefundInput(external_id="R2", amount=3000, refunded_at=LATER)
    conductor.refund_received(order_id="LUM-1", refund=given, now=LATER)
    assert set(Award.objects.values_list("state", flat=True)) == {AwardState.CANCELLED}
    assert Referral.objects.get().state == ReferralState.REVERSED


def test_a_programme_of_gifts_alone_validates_its_referrals(merchant, order_of):
    publish(referrer_amount=0, referee_amount=0, gifts=[gift()])
    camille = make_camille()
    receive(order_of(referral_code=code(camille)))
    assert Referral.objects.get().state == ReferralState.PENDING
    clock.settle(now=LATER, limit=100)
    assert Referral.objects.get().state == ReferralState.VALIDATED
    assert not Reward.objects.exists()


def test_the_rules_that_give_nothing_are_refused(merchant):
    """OF-01: with words on what to do."""
    with pytest.raises(versions.InvalidProgrammeError, match="ne donnent rien à personne"):
        publish(referrer_amount=0, referee_amount=0)
    with pytest.raises(versions.InvalidProgrammeError, match="code cadeau"):
        publish(leads_to="coupon")


def test_a_change_of_rules_keeps_the_gifts_unless_others_are_given(merchant):
    """FS-21: a version is never changed; the next one copies what it does not replace."""
    publish(gifts=[gift()])
    kept = publish(now=NOW + timedelta(days=1), referrer_amount=900)
    assert [rule.name for rule in versions.gifts_of(kept)] == ["Bougie Aube 190 g"]
    none = publish(now=NOW + timedelta(days=2), gifts=[])
    assert versions.gifts_of(none) == [] and not none.in_kind
    assert RewardRule.objects.count() == 2


def test_the_unit_is_chosen_before_anything_counts_in_it(programme, order_of):
    """SP-12: in points or in euros."""
    points = publish(now=NOW + timedelta(days=1), unit="PTS", referrer_amount=50, referee_amount=20)
    assert points.unit == "PTS"
    camille = make_camille()
    receive(order_of(referral_code=code(camille)), now=NOW + timedelta(days=2))
    with pytest.raises(versions.UnitIsFixedError):
        publish(now=NOW + timedelta(days=3), unit="EUR")


# ------------------------------------------------------------------------ the coupon
COUPON = {
    "leads_to": "coupon",
    "gifts": [
        gift(
            Side.REFEREE,
            Trigger.INVITATION,
            kind=AwardKind.PROMO_CODE,
            name="10 € offerts",
            value=1000,
        )
    ],
}


def test_the_invitation_brings_a_coupon_once_for_each_address(merchant):
    """SP-14, SP-10: for having been named, one coupon for ever, aliases included."""
    publish(**COUPON)
    camille = make_camille()
    services.invite_friend(referrer=camille, email="lea@exemple.fr", first_name="Léa", now=NOW)
    award = Award.objects.get()
    told = Email.objects.get(kind="invitation").context
    assert (told["coupon"], told["reward"]) == (award.code, "10 € offerts")
    alias = services.invite_friend(
        referrer=camille, email="lea+bis@exemple.fr", first_name="", now=NOW
    )
    assert Award.objects.count() == 1
    assert Email.objects.get(key=f"invitation:{alias.id}").context["coupon"] == ""


def test_a_friend_asks_for_the_coupon_themselves(merchant, order_of):
    """SP-10: a link came without an invitation; the code goes to the address that was given."""
    publish(**COUPON)
    camille = make_camille()
    for _ in range(2):
        coupons.ask(code=camille.referral_code, email="Zoe@exemple.fr", now=NOW)
    sent = Email.objects.get(kind="coupon")
    assert (sent.to, sent.context["coupon"]) == ("Zoe@exemple.fr", Award.objects.get().code)
    assert Invitation.objects.get().asked
    # Neither the referrer's own alias nor a customer is sent one.
    nobody = ("camille+moi@exemple.fr", "camille@exemple.fr")
    for email in nobody:
        assert coupons.ask(code=camille.referral_code, email=email, now=NOW) is None
    outcome = receive(order_of(email="zoe@exemple.fr"))
    assert outcome.referral.referrer == camille
    assert Award.objects.get().profile == outcome.order.profile


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
