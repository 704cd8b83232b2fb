"""What is given in kind, the coupon of the newcomers, and the rules that promise them."""

from datetime import timedelta

import pytest

from kernel.ledger import selectors as ledger
from tenants.activity.models import Source
from tenants.activity.types import RefundInput
from tenants.messaging.models import Email
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
from tenants.programme.models import Reward, RewardRule, Side, Trigger
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


def test_who_asked_for_a_coupon_and_never_came_is_forgotten_with_its_email(merchant):
    """D7."""
    publish(**COUPON)
    coupons.ask(code=make_camille().referral_code, email="zoe@exemple.fr", now=NOW)
    clock.settle(now=NOW + timedelta(days=61), limit=10)
    assert Invitation.objects.get().email == ""
    assert Email.objects.get(kind="coupon").to == ""


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


def test_a_gift_that_was_promised_again_goes_with_the_refund(merchant, order_of):
    """R4: closing and opening again makes another gift of it, for the same order."""
    publish(gifts=[gift()])
    camille = make_camille()
    referral = receive(order_of(referral_code=code(camille))).referral
    hand_referrals.close(referral_id=referral.id, author_id=None, now=NOW)
    hand_referrals.reopen(referral_id=referral.id, author_id=None, now=NOW)
    clock.settle(now=LATER, limit=100)
    assert Award.objects.filter(state=AwardState.AVAILABLE).count() == 1
    refund(now=LATER)
    assert not Award.objects.exclude(state=AwardState.CANCELLED).exists()
    assert Referral.objects.get().state == ReferralState.REVERSED
