"""The road: what an order, a confirmation and a refund bring about."""

from datetime import timedelta

import pytest

from kernel.errors import RicochetError
from kernel.ledger import selectors as ledger
from kernel.ledger.models import Transfer
from tenants.activity.models import Order, OrderState, Source
from tenants.activity.types import RefundInput
from tenants.messaging.models import Email
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity
from tenants.programme import clock, conductor, sentences, services
from tenants.programme.models import Decision, Reward
from tenants.referrals import services as referrals
from tenants.referrals.models import Referral, ReferralState
from tenants.rewards import services as rewards
from tests.fixtures.programme import NOW, publish


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


@pytest.mark.parametrize(
    ("email", "typed", "refusal", "words"),
    [
        ("camille@exemple.fr", "own", "own_code", "propre code"),
        ("CAMILLE+deux@exemple.fr", "own", "same_person", "alias compris"),
        ("thomas@exemple.fr", "PERSONNE-0000", "unknown_code", "PERSONNE-0000"),
    ],
)
def test_an_order_stands_where_its_referral_is_refused(
    camille, order_of, email, typed, refusal, words
):
    """SP-18."""
    outcome = receive(
        order_of(email=email, referral_code=code(camille) if typed == "own" else typed)
    )
    assert outcome.order.state == OrderState.CONFIRMED
    assert (outcome.referral.state, outcome.referral.refusal) == ("refused", refusal)
    assert words in sentences.explain_referral(outcome.referral)
    assert not Transfer.objects.exists()


def test_who_bought_before_is_no_referee(camille, order_of):
    """SP-19."""
    receive(order_of())
    later = NOW + timedelta(days=3)
    outcome = receive(
        order_of(external_id="LUM-2", referral_code=code(camille), ordered_at=later), now=later
    )
    assert outcome.referral.refusal == "already_bought"
    assert "1er mars 2026" in sentences.explain_referral(outcome.referral).replace("\u00a0", " ")
    gentle = sentences.explain_referral(outcome.referral, audience="referrer")
    assert "2026" not in gentle


def test_who_has_an_account_before_is_no_referee(camille, order_of):
    """SP-20; an account opened on the way to the first order does not count."""
    for days, refusal in ((30, "already_has_account"), (0, "")):
        email = f"account{days}@exemple.fr"
        at = NOW - timedelta(days=days, hours=1)
        conductor.account_created(identity=Identity(email=email), source=Source.API, at=at, now=at)
        outcome = receive(
            order_of(email=email, external_id=f"A{days}", referral_code=code(camille))
        )
        assert outcome.referral.refusal == refusal


def test_a_click_is_followed_to_the_order_for_the_days_of_the_cookie(camille, order_of):
    """SP-17."""
    fresh = referrals.record_click(
        code=code(camille), channel="whatsapp", now=NOW - timedelta(days=29)
    )
    stale = referrals.record_click(
        code=code(camille), channel="whatsapp", now=NOW - timedelta(days=31)
    )
    old = receive(order_of(email="old@exemple.fr", external_id="OLD", click_id=stale))
    assert old.referral is None
    outcome = receive(order_of(click_id=fresh))
    assert (outcome.referral.step, outcome.referral.channel) == ("cookie", "whatsapp")


def test_a_click_from_the_referrers_own_browser_is_refused(camille, order_of):
    """SP-18, by cookie."""
    click = referrals.record_click(
        code=code(camille), channel="link", now=NOW, visitor_id=camille.id
    )
    outcome = receive(order_of(email="someone-else@exemple.fr", click_id=click))
    assert outcome.referral.refusal == "same_person"


def test_the_typed_code_is_believed_before_the_cookie(camille, order_of):
    other = conductor.order_received(
        order=order_of(email="nadia@exemple.fr", external_id="N1"), now=NOW
    ).order.profile
    from tenants.referrals import codes

    theirs = codes.code_for(profile=other, now=NOW)
    click = referrals.record_click(code=code(camille), channel="link", now=NOW)
    outcome = receive(order_of(referral_code=theirs.code, click_id=click))
    assert outcome.referral.referrer == other


def test_a_refused_code_leaves_the_next_rung_of_the_ladder(camille, order_of):
    click = referrals.record_click(code=code(camille), channel="link", now=NOW)
    outcome = receive(order_of(referral_code="NOBODY-0000", click_id=click))
    assert (outcome.referral.state, outcome.referral.referrer) == ("pending", camille)


def test_too_small_an_order_says_so(camille, order_of):
    outcome = receive(order_of(amount=2999, referral_code=code(camille)))
    assert outcome.referral.refusal == "order_too_small"
    assert "30,00" in sentences.explain_referral(outcome.referral)


def test_what_a_browser_reports_waits_for_a_trusted_source(camille, order_of):
    report = order_of(source=Source.TRACKER, referral_code=code(camille))
    outcome = receive(report)
    assert outcome.order.state == OrderState.REPORTED
    clock.settle(now=NOW + timedelta(days=60), limit=100)
    assert balance(camille).available == 0
    assert balance(camille).pending == 800
    assert Profile.objects.get(id=outcome.order.profile_id).first_order_at is None
    later = NOW + timedelta(days=60)
    receive(order_of(referral_code=code(camille)), now=later)
    assert Order.objects.get().state == OrderState.CONFIRMED
    clock.settle(now=later + timedelta(days=14), limit=100)
    assert balance(camille).available == 800


def test_the_browser_may_tell_late_where_the_customer_came_from(camille, order_of):
    """The shop's server reports the order first, and does not see the cookie."""
    receive(order_of())
    click = referrals.record_click(code=code(camille), channel="link", now=NOW)
    soon = NOW + timedelta(minutes=1)
    outcome = receive(order_of(source=Source.TRACKER, click_id=click), now=soon)
    assert (outcome.referral.state, outcome.referral.referrer) == ("pending", camille)
    assert outcome.order.state == OrderState.CONFIRMED
    assert outcome.rewards[0].due_at == soon + timedelta(days=14)
    again = receive(order_of(source=Source.TRACKER, click_id=click), now=soon)
    assert again.referral is None
    assert Reward.objects.count() == 2


def test_a_browser_cannot_date_an_account(camille, order_of):
    """A forged report of an account must not cost a friend their welcome."""
    early = NOW - timedelta(days=30)
    conductor.account_created(
        identity=Identity(email="thomas@exemple.fr"), source=Source.TRACKER, at=early, now=early
    )
    outcome = receive(order_of(referral_code=code(camille)))
    assert outcome.referral.state == "pending"


def test_a_forged_report_cannot_stand_in_the_way_of_the_true_order(camille, order_of):
    forged = order_of(
        email="attacker@exemple.fr",
        source=Source.TRACKER,
        referral_code=code(camille),
        amount=9900,
    )
    receive(forged)
    outcome = receive(order_of())
    assert (outcome.order.amount, outcome.order.profile.email) == (6000, "thomas@exemple.fr")
    assert balance(camille).pending == 0
    assert Referral.objects.get().state == ReferralState.REFUSED


def test_a_forged_referral_gives_way_to_the_one_of_a_confirmed_order(camille, order_of):
    from tenants.referrals import codes

    nadia = receive(order_of(email="nadia@exemple.fr", external_id="N1")).order.profile
    theirs = codes.code_for(profile=nadia, now=NOW).code
    receive(order_of(external_id="FORGED", source=Source.TRACKER, referral_code=code(camille)))
    outcome = receive(order_of(external_id="TRUE", referral_code=theirs))
    assert (outcome.referral.state, outcome.referral.referrer) == ("pending", nadia)
    assert (balance(camille).pending, balance(nadia).pending) == (0, 800)


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


def test_a_closed_programme_takes_the_order_and_says_why_there_is_no_reward(camille, order_of):
    publish(now=NOW + timedelta(hours=1), active=False)
    later = NOW + timedelta(hours=2)
    outcome = receive(order_of(referral_code=code(camille), ordered_at=later), now=later)
    assert outcome.referral.refusal == "programme_off"


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
    from tests.fixtures.programme import make_camille

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


def test_the_shops_own_id_outlives_a_change_of_address(camille, order_of):
    first = Identity(email="old@exemple.fr", external_id="C-7")
    moved = Identity(email="new@exemple.fr", external_id="C-7")
    one = receive(order_of(customer=first))
    two = receive(order_of(external_id="LUM-2", customer=moved, referral_code=code(camille)))
    assert two.order.profile == one.order.profile
    assert two.referral.refusal == "already_bought"


def test_refusals_speak_the_readers_language(camille):
    from kernel.ledger.errors import InsufficientBalanceError

    assert str(InsufficientBalanceError()) == "La cagnotte ne contient pas assez pour cela."
