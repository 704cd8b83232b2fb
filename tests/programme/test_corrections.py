"""What comes late, twice or as a test: nothing is granted for it, and nothing true is lost."""

from datetime import timedelta

import pytest

from kernel.ids import uuid7
from kernel.ledger import selectors as ledger
from kernel.ledger import services as books
from kernel.ledger.errors import AlreadyResolvedError, KeyReusedError
from tenants.activity.models import Source
from tenants.activity.types import RefundInput
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity
from tenants.programme import clock, conductor, gifts, hand_referrals, sentences, services
from tenants.programme.models import Reward
from tenants.referrals.models import Referral, ReferralState
from tenants.rewards import services as rewards
from tenants.rewards.gifts import save_gift_type
from tenants.rewards.models import GiftType
from tests.fixtures.programme import NOW

SOON = NOW + timedelta(minutes=10)


def receive(order, now=NOW):
    return conductor.order_received(order=order, now=now)


def refund(amount, now=NOW):
    return conductor.refund_received(
        order_id="LUM-1",
        refund=RefundInput(external_id="R1", amount=amount, refunded_at=now),
        now=now,
    )


def code(profile):
    return profile.referral_code.code


def test_a_late_clue_to_a_refunded_order_grants_nothing(camille, order_of):
    """R4: the money went back before anybody said who had sent the customer."""
    receive(order_of())
    refund(6000)
    told = receive(order_of(source=Source.TRACKER, referral_code=code(camille)), now=SOON)
    assert told.referral is None
    assert ledger.balance(owner_id=camille.id, unit="EUR").pending == 0


def test_a_test_order_sent_again_still_grants_nothing(camille, order_of):
    receive(order_of(referral_code=code(camille), is_test=True))
    receive(order_of(referral_code=code(camille), is_test=True), now=SOON)
    assert not Reward.objects.exists()
    assert not Referral.objects.exists()


def test_the_code_that_only_the_shop_knows_counts_when_it_confirms(camille, order_of):
    """The browser announced the order without a code; the shop's server sends the typed one."""
    receive(order_of(source=Source.TRACKER))
    tomorrow = NOW + timedelta(days=1)
    confirmed = receive(order_of(referral_code=code(camille)), now=tomorrow)
    assert confirmed.referral is not None
    assert confirmed.referral.state == ReferralState.PENDING
    assert ledger.balance(owner_id=camille.id, unit="EUR").pending == 800
    receive(order_of(referral_code=code(camille)), now=tomorrow)
    assert Reward.objects.count() == 2


def test_the_refund_of_a_test_takes_nothing_off_what_was_really_bought(camille, order_of):
    thomas = receive(order_of(external_id="LUM-2")).order.profile
    receive(order_of(is_test=True), now=SOON)
    refund(6000, now=SOON)
    thomas.refresh_from_db()
    assert thomas.order_total == 6000


def test_a_test_order_is_no_earlier_purchase(camille, order_of):
    receive(order_of(is_test=True))
    receive(order_of(external_id="LUM-2"), now=SOON)
    late = order_of(external_id="LUM-2", source=Source.TRACKER, referral_code=code(camille))
    told = receive(late, now=SOON)
    assert told.referral is not None
    assert not told.referral.refusal


def test_one_amount_that_cannot_be_settled_holds_up_no_other(camille, order_of, monkeypatch):
    """The soonest due fails every time; the rewards behind it are posted all the same."""
    first, other = receive(order_of(referral_code=code(camille))).rewards
    post = conductor.post_due_reward

    def failing(*, transfer_id, now):
        if transfer_id == first.transfer_id:
            raise RuntimeError
        return post(transfer_id=transfer_id, now=now)

    monkeypatch.setattr(conductor, "post_due_reward", failing)
    assert clock.settle(now=NOW + timedelta(days=14), limit=100) == 1
    other.refresh_from_db()
    assert other.posted_at is not None


def test_a_key_that_took_one_prize_does_not_answer_for_another(camille, order_of):
    """R3: the same key with another body is refused."""
    receive(order_of(referral_code=code(camille)))
    later = NOW + timedelta(days=14)
    clock.settle(now=later, limit=100)
    one, two = (
        rewards.save_prize(now=NOW, unit="EUR", name=name, cost=400) for name in ("Bougie", "Savon")
    )
    claim = services.claim_prize(profile=camille, prize_id=one.id, key="k", now=later)
    with pytest.raises(KeyReusedError):
        services.claim_prize(profile=camille, prize_id=two.id, key="k", now=later)
    again = services.claim_prize(profile=camille, prize_id=one.id, key="k", now=later)
    assert again.id == claim.id


def test_a_referral_taken_back_by_hand_is_not_said_to_be_refunded(camille, order_of):
    made = receive(order_of(referral_code=code(camille))).referral
    hand_referrals.remove_referral(referral_id=made.id, author_id=None, now=SOON)
    made.refresh_from_db()
    assert "remboursée" not in sentences.explain_referral(made)
    assert "à la main" in sentences.explain_referral(made)


def test_a_refunded_referral_says_so(camille, order_of):
    made = receive(order_of(referral_code=code(camille))).referral
    refund(6000)
    assert "remboursée" in sentences.explain_referral(Referral.objects.get(id=made.id))


def test_a_customer_known_by_number_only_gets_the_address_that_comes_later(camille, order_of):
    """Without it they would get no email, and could never open their cagnotte."""
    first = receive(order_of(customer=Identity(external_id="4711"))).order.profile
    assert first.email == ""
    both = Identity(email="Thomas@exemple.fr", external_id="4711", phone="+33612345678")
    receive(order_of(external_id="LUM-2", customer=both), now=SOON)
    thomas = Profile.objects.get(email_key="thomas@exemple.fr")
    assert thomas.id == first.id
    assert (thomas.email, thomas.phone) == ("Thomas@exemple.fr", "+33612345678")
    assert "thomas@exemple.fr" in thomas.search_text
    other = Identity(email="other@exemple.fr", external_id="4711")
    receive(order_of(external_id="LUM-3", customer=other), now=SOON)
    thomas.refresh_from_db()
    assert thomas.email == "Thomas@exemple.fr"


def test_the_clock_gives_back_what_a_forgotten_basket_held(camille, order_of, caplog):
    """A hold whose time has run out is given up once, and one that was used stays used."""
    owner = {"owner_id": camille.id, "unit": "EUR", "source": "test:1", "reason": "test"}
    books.issue(amount=1000, key="earned", now=NOW, **owner)
    soon = NOW + timedelta(minutes=30)
    forgotten = books.hold(amount=600, key="one", now=NOW, due_at=soon, **owner)
    used = books.hold(amount=300, key="two", now=NOW, due_at=soon, **owner)
    books.post(pending_id=used.id, now=NOW)
    assert ledger.due_holds(now=NOW, limit=10) == []
    assert clock.settle(now=soon, limit=100) == 1
    assert clock.settle(now=soon, limit=100) == 0
    after = ledger.balance(owner_id=camille.id, unit="EUR")
    assert (after.available, after.held) == (700, 0)
    with pytest.raises(AlreadyResolvedError):
        books.post(pending_id=forgotten.id, now=soon)
    assert ledger.discrepancies() == []


def test_a_test_of_a_real_order_says_nothing_of_who_sent_the_customer(camille, order_of):
    """What a test tells grants nothing, also where it names an order that counts."""
    receive(order_of())
    told = receive(order_of(referral_code=code(camille), is_test=True), now=SOON)
    assert told.referral is None
    assert not Reward.objects.exists()


def test_a_form_that_was_sent_does_not_answer_for_another_correction(camille, order_of):
    """R3: back in the browser, another amount: refused, not silently left undone."""
    thomas = receive(order_of()).order.profile

    def adjust(profile, amount, reason="Geste"):
        return services.adjust(
            profile=profile, amount=amount, reason=reason, key="k", author_id=None, now=NOW
        )

    first = adjust(camille, 500)
    assert adjust(camille, 500).id == first.id
    for other in ((camille, 700), (camille, -500), (thomas, 500), (camille, 500, "Autre")):
        with pytest.raises(KeyReusedError):
            adjust(*other)
    assert ledger.balance(owner_id=camille.id, unit="EUR").available == 500


def test_a_form_that_gave_a_gift_does_not_answer_for_another(camille, order_of):
    """R3: the same form gives one gift, and says so where it now names another."""
    thomas = receive(order_of()).order.profile
    for name in ("Ramonage", "Chèque"):
        save_gift_type(gift_id=uuid7(), new=True, now=NOW, name=name)
    first, second = GiftType.objects.all()

    def give(profile, gift):
        return gifts.give_gift(
            profile=profile, gift_id=gift.id, key="k", handed_on=None, author_id=None, now=NOW
        )

    award, _new = give(camille, first)
    assert give(camille, first) == (award, False)
    for other in ((camille, second), (thomas, first)):
        with pytest.raises(KeyReusedError):
            give(*other)
