"""The road: what an order, a confirmation and a refund bring about."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from kernel.errors import RicochetError
from kernel.ledger import selectors as ledger
from kernel.ledger.models import Transfer
from tenants.activity.models import Order, Source
from tenants.activity.types import RefundInput
from tenants.messaging.models import Email
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity
from tenants.programme import clock, conductor, sentences, services
from tenants.programme.models import Decision, Reward
from tenants.referrals.models import Referral, ReferralState
from tenants.rewards import services as rewards
from tests.fixtures.programme import NOW, make_camille, publish


def receive(order, now=NOW):
    return conductor.order_received(order=order, now=now)


def refund(amount=6000, number="R1", order="LUM-1", now=NOW):
    return conductor.refund_received(
        order_id=order,
        refund=RefundInput(external_id=number, amount=amount, refunded_at=now),
        now=now,
    )


def balance(profile):
    return ledger.balance(owner_id=profile.id, unit="EUR")


def code(profile):
    return profile.referral_code.code


def test_a_referred_first_order_promises_both_rewards_after_the_delay(camille, order_of):
    outcome = receive(order_of(referral_code=code(camille)))
    assert outcome.referral.state == ReferralState.PENDING
    thomas = outcome.order.profile
    assert (balance(camille).pending, balance(thomas).pending) == (800, 500)
    assert balance(camille).available == 0
    clock.settle(now=NOW + timedelta(days=13), limit=100)
    assert balance(camille).available == 0
    clock.settle(now=NOW + timedelta(days=14), limit=100)
    assert (balance(camille).available, balance(camille).pending) == (800, 0)
    assert balance(thomas).available == 500
    outcome.referral.refresh_from_db()
    assert outcome.referral.state == ReferralState.VALIDATED
    kinds = set(Email.objects.values_list("kind", flat=True))
    assert kinds == {"reward_promised_referrer", "reward_promised_referee", "reward_posted"}
    assert clock.settle(now=NOW + timedelta(days=15), limit=100) == 0


def test_the_same_order_again_changes_nothing(camille, order_of):
    first = receive(order_of(referral_code=code(camille)))
    again = receive(order_of(referral_code=code(camille)))
    assert again.order.id == first.order.id
    assert not again.created
    assert Reward.objects.count() == 2
    assert Profile.objects.get(id=first.order.profile_id).order_count == 1


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"amount": 6100}, "order_already_received"),
        ({"customer": Identity(email="other@exemple.fr")}, "order_already_received"),
        ({"external_id": "LUM-2", "amount": 0}, "invalid_order"),
        ({"external_id": "LUM-2", "amount": -5}, "invalid_order"),
        ({"external_id": " "}, "invalid_order"),
        ({"external_id": "LUM-2", "currency": "USD"}, "wrong_currency"),
        ({"external_id": "LUM-2", "ordered_at": NOW + timedelta(days=1)}, "date_in_future"),
        ({"external_id": "LUM-2", "customer": Identity()}, "customer_without_identity"),
        ({"external_id": "LUM-2", "customer": Identity(email="no at")}, "invalid_email"),
    ],
)
def test_a_bad_order_is_refused_and_the_ledger_unchanged(camille, order_of, change, expected):
    receive(order_of(referral_code=code(camille)))
    before = (Transfer.objects.count(), Order.objects.count(), Decision.objects.count())
    with pytest.raises(RicochetError) as refused:
        receive(order_of(referral_code=code(camille), **change))
    assert refused.value.code == expected
    assert (Transfer.objects.count(), Order.objects.count(), Decision.objects.count()) == before


def test_a_refund_reverses_in_proportion_and_once(camille, order_of):
    """R4."""
    receive(order_of(referral_code=code(camille)))
    refund(amount=3000)
    refund(amount=3000)  # the same refund again
    assert balance(camille).pending == 400
    clock.settle(now=NOW + timedelta(days=14), limit=100)
    assert balance(camille).available == 400
    refund(amount=3000, number="R2", now=NOW + timedelta(days=20))
    assert balance(camille).available == 0
    assert Referral.objects.get().state == ReferralState.REVERSED
    assert ledger.discrepancies() == []


def test_a_refund_after_the_reward_was_spent_leaves_a_debt(camille, order_of):
    """R4."""
    receive(order_of(referral_code=code(camille)))
    later = NOW + timedelta(days=14)
    clock.settle(now=later, limit=100)
    prize = rewards.save_prize(now=NOW, unit="EUR", name="Bougie", cost=800)
    services.claim_prize(profile=camille, prize_id=prize.id, key="k", now=later)
    refund(now=later)
    assert balance(camille).debt == 800
    assert balance(camille).available == 0


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ({"amount": 6001}, "refund_too_large"),
        ({"amount": 0}, "invalid_order"),
        ({"order": "NONE"}, "unknown_order"),
        ({"now": NOW + timedelta(days=9)}, "date_in_future"),
    ],
)
def test_a_bad_refund_is_refused_and_the_ledger_unchanged(camille, order_of, call, expected):
    receive(order_of(referral_code=code(camille)))
    before = Transfer.objects.count()
    arguments = {"amount": 6000, "order": "LUM-1", "now": NOW, **call}
    with pytest.raises(RicochetError) as refused:
        conductor.refund_received(
            order_id=arguments["order"],
            refund=RefundInput(
                external_id="R1", amount=arguments["amount"], refunded_at=arguments["now"]
            ),
            now=NOW,
        )
    assert refused.value.code == expected
    assert Transfer.objects.count() == before


def test_a_refund_with_another_amount_under_the_same_id_is_refused(camille, order_of):
    receive(order_of())
    refund(amount=1000)
    with pytest.raises(RicochetError) as refused:
        refund(amount=2000)
    assert refused.value.code == "refund_already_received"


def test_a_new_rule_never_touches_what_was_promised(camille, order_of):
    """FS-21."""
    receive(order_of(referral_code=code(camille)))
    publish(now=NOW + timedelta(days=1), referrer_amount=2000)
    later = NOW + timedelta(days=2)
    receive(
        order_of(
            email="lea@exemple.fr",
            external_id="L2",
            referral_code=code(camille),
            ordered_at=later,
        ),
        now=later,
    )
    assert sorted(Reward.objects.filter(side="referrer").values_list("amount", flat=True)) == [
        800,
        2000,
    ]


def test_the_yearly_limit_is_explained(merchant, order_of):
    publish(referrals_a_year=1)
    camille = make_camille()
    for number in (1, 2):
        receive(
            order_of(
                email=f"p{number}@exemple.fr",
                external_id=f"P{number}",
                referral_code=code(camille),
            )
        )
    assert balance(camille).pending == 800
    refused = Decision.objects.get(code="yearly_limit")
    assert "limite de 1" in sentences.explain(refused)


def test_every_decision_has_words_for_every_reader(camille, order_of):
    receive(order_of(referral_code=code(camille), source=Source.TRACKER))
    receive(order_of(referral_code=code(camille)))
    clock.settle(now=NOW + timedelta(days=14), limit=10)
    refund()
    services.adjust(
        profile=camille, amount=900, reason="Geste commercial", key="a", author_id=None, now=NOW
    )
    assert Decision.objects.count() >= 8
    for decision in Decision.objects.all():
        for audience in ("merchant", "referrer", "referee"):
            sentence = sentences.explain(decision, audience=audience)
            assert sentence
            assert "%(" not in sentence


def test_a_test_order_is_stored_and_grants_nothing(camille, order_of):
    outcome = receive(order_of(referral_code=code(camille), is_test=True))
    assert outcome.order.is_test
    assert not Transfer.objects.exists()
    assert Profile.objects.get(id=outcome.order.profile_id).order_count == 0


def test_refusals_speak_the_readers_language(camille):
    from kernel.ledger.errors import InsufficientBalanceError

    assert str(InsufficientBalanceError()) == "La cagnotte ne contient pas assez pour cela."


def test_a_reward_expires_from_its_posting_also_when_confirmed_late(merchant, order_of):
    """The rules say months; a browser's report says no date at all."""
    publish(expiry_months=6)
    camille = make_camille()
    receive(order_of(source=Source.TRACKER, referral_code=code(camille)))
    confirmed = NOW + timedelta(days=20)
    receive(order_of(referral_code=code(camille)), now=confirmed)
    posted = confirmed + timedelta(days=15)
    clock.settle(now=posted, limit=100)
    expires_at, amount = ledger.next_expiry(owner_id=camille.id, unit="EUR")
    assert amount == 800
    assert (expires_at.date() - posted.date()).days in range(181, 185)
    last = expires_at.astimezone(ZoneInfo("Europe/Paris"))
    assert (last.hour, last.minute) == (23, 59)  # « jusqu’au … inclus » is true
    clock.settle(now=expires_at, limit=100)
    assert balance(camille).available == 0


def test_the_merchants_word_replaces_what_a_browser_said(camille, order_of):
    """OF-04: a referral that only a browser spoke of does not stand in the way."""
    nadia = receive(order_of(email="nadia@exemple.fr", external_id="N1")).order.profile
    told = order_of(external_id="T1", source=Source.TRACKER, referral_code=code(camille))
    thomas = receive(told).order.profile
    services.refer_by_hand(referrer=nadia, referee=thomas, author_id=None, now=NOW)
    assert (balance(camille).pending, balance(nadia).available) == (0, 800)


def kinds_of(email):
    return list(Email.objects.filter(to=email).order_by("id").values_list("kind", flat=True))


def test_without_a_delay_a_reward_is_there_at_once_and_said_once(merchant, order_of):
    """« Ils arrivent bientôt » and « ils sont là » used to leave within a minute of each other."""
    publish(pending_days=0)
    camille = make_camille()
    outcome = receive(order_of(referral_code=code(camille)))
    thomas = outcome.order.profile
    assert (balance(camille).available, balance(thomas).available) == (800, 500)
    assert outcome.referral.state == ReferralState.VALIDATED
    assert {reward.state for reward in outcome.rewards} == {"posted"}
    assert kinds_of(camille.email) == kinds_of(thomas.email) == ["reward_posted"]
    told = Email.objects.get(to=thomas.email).context
    assert told["at_once"] and told["referrer"] == camille.short_name
    said = [sentences.explain(decision) for decision in Decision.objects.all()]
    assert said and not [words for words in said if "délai de retour" in words or "0 jour" in words]
    assert clock.settle(now=NOW, limit=100) == 0
    receive(order_of(referral_code=code(camille)))
    assert Email.objects.count() == 2
    refund()
    assert balance(camille).available == 0 and ledger.discrepancies() == []


def test_without_a_delay_a_reported_order_pays_when_it_is_confirmed(merchant, order_of):
    """What only a browser said waits for the shop's word, and then for nothing else."""
    publish(pending_days=0)
    camille = make_camille()
    receive(order_of(source=Source.TRACKER, referral_code=code(camille)))
    assert balance(camille).available == 0 and not Email.objects.exists()
    outcome = receive(order_of(referral_code=code(camille)), now=NOW + timedelta(days=1))
    assert balance(camille).available == 800
    assert outcome.referral.state == ReferralState.VALIDATED
    assert kinds_of(camille.email) == ["reward_posted"]


def test_without_a_delay_a_referral_by_hand_pays_at_once(merchant, order_of):
    """FS-11."""
    publish(pending_days=0)
    camille = make_camille()
    thomas = receive(order_of()).order.profile
    row = services.refer_by_hand(referrer=camille, referee=thomas, author_id=None, now=NOW)
    assert row.state == ReferralState.VALIDATED
    assert (balance(camille).available, balance(thomas).available) == (800, 500)
    assert kinds_of(camille.email) == ["reward_posted"]
