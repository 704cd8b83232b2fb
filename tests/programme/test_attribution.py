"""Who is owed a new customer: the ladder, the exclusions, and what a browser may say."""

from datetime import timedelta

import pytest

from kernel.ledger import selectors as ledger
from kernel.ledger.models import Transfer
from tenants.activity.models import Order, OrderState, Source
from tenants.messaging.models import Email
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity
from tenants.programme import clock, conductor, sentences
from tenants.programme.models import Reward
from tenants.referrals import services as referrals
from tenants.referrals.models import Referral, ReferralState
from tests.fixtures.programme import NOW, publish


def receive(order, now=NOW):
    return conductor.order_received(order=order, now=now)


def balance(profile):
    return ledger.balance(owner_id=profile.id, unit="EUR")


def code(profile):
    return profile.referral_code.code


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
    # Nobody was told of the forged promise, so nobody is told that it was taken back.
    assert not Email.objects.filter(kind="reward_reversed").exists()


def test_a_forged_referral_gives_way_to_the_one_of_a_confirmed_order(camille, order_of):
    from tenants.referrals import codes

    nadia = receive(order_of(email="nadia@exemple.fr", external_id="N1")).order.profile
    theirs = codes.code_for(profile=nadia, now=NOW).code
    receive(order_of(external_id="FORGED", source=Source.TRACKER, referral_code=code(camille)))
    outcome = receive(order_of(external_id="TRUE", referral_code=theirs))
    assert (outcome.referral.state, outcome.referral.referrer) == ("pending", nadia)
    assert (balance(camille).pending, balance(nadia).pending) == (0, 800)


def test_a_closed_programme_takes_the_order_and_says_why_there_is_no_reward(camille, order_of):
    publish(now=NOW + timedelta(hours=1), active=False)
    later = NOW + timedelta(hours=2)
    outcome = receive(order_of(referral_code=code(camille), ordered_at=later), now=later)
    assert outcome.referral.refusal == "programme_off"


def test_the_shops_own_id_outlives_a_change_of_address(camille, order_of):
    first = Identity(email="old@exemple.fr", external_id="C-7")
    moved = Identity(email="new@exemple.fr", external_id="C-7")
    one = receive(order_of(customer=first))
    two = receive(order_of(external_id="LUM-2", customer=moved, referral_code=code(camille)))
    assert two.order.profile == one.order.profile
    assert two.referral.refusal == "already_bought"
