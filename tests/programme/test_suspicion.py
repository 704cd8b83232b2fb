"""Referrals that look odd wait for a person (R43), and what each answer does."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

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
    rewarding,
    sentences,
    verifying,
)
from tenants.programme.conduct.orders import Outcome
from tenants.programme.hand_referrals import AlreadyReferredError
from tenants.programme.models import Decision, RewardRule, Trigger
from tenants.programme.reopening import FactUndoneError
from tenants.referrals.models import Referral, Suspicion, SuspicionRules
from tests.fixtures.programme import NOW, make_camille, make_order, publish

HOME = "12, rue des Lilas - 75011 Paris"
SAME_HOME = "12 R. DES LILAS 75011 PARIS"


def receive(**changes: Any) -> Outcome:
    return conductor.order_received(order=make_order(**changes), now=NOW)


def balance(profile: Profile) -> tuple[int, int]:
    found = ledger.balance(owner_id=profile.id, unit="EUR")
    return found.available, found.pending


def codes(referral: Referral) -> list[str]:
    row = Suspicion.objects.filter(referral=referral).first()
    return [reason["code"] for reason in row.reasons] if row else []


@pytest.fixture
def bought(camille: Profile) -> Callable[..., None]:
    """Camille's own order, from a device and to an address."""

    def buy(**changes: object) -> None:
        receive(email=camille.email, external_id="OWN", **changes)

    return buy


@pytest.fixture
def held(camille: Profile, bought: Callable[..., None]) -> Referral:
    """Thomas ordered with Camille's code, to her address."""
    bought(shipping_address=HOME)
    referral = receive(
        referral_code=camille.referral_code.code, shipping_address=SAME_HOME
    ).referral
    assert referral is not None
    return Referral.objects.get(id=referral.id)


@pytest.mark.parametrize(
    ("own", "theirs", "expected"),
    [
        ({"shipping_address": HOME}, {"shipping_address": SAME_HOME}, ["address"]),
        ({"device": "abc"}, {"device": "abc"}, ["device"]),
        ({}, {"email": "thomas@mailinator.com"}, ["disposable"]),
        ({"shipping_address": HOME}, {"shipping_address": "14 rue des Lilas 75011 Paris"}, []),
        ({"device": "abc"}, {"device": "abd"}, []),
        ({"shipping_address": "Paris"}, {"shipping_address": "Paris"}, []),
    ],
)
def test_what_looks_like_one_person_is_held(
    camille: Profile,
    bought: Callable[..., None],
    own: dict[str, str],
    theirs: dict[str, str],
    expected: list[str],
) -> None:
    """R43: same device, same address however written, disposable address."""
    bought(**own)
    outcome = receive(referral_code=camille.referral_code.code, **theirs)
    assert outcome.referral is not None
    assert outcome.referral.state == ("held" if expected else "pending")
    assert codes(outcome.referral) == expected
    assert {reward.due_at is None for reward in outcome.rewards} == {bool(expected)}


def test_an_alias_of_another_customer_is_held(camille: Profile) -> None:
    """R43: the other customer is neither of the two."""
    receive(email="jean.dupont@gmail.com", external_id="OTHER")
    outcome = receive(email="jeandupont+2@gmail.com", referral_code=camille.referral_code.code)
    assert outcome.referral is not None
    assert codes(outcome.referral) == ["alias"]


def test_the_same_surname_is_told_beside_the_address(
    camille: Profile, bought: Callable[..., None]
) -> None:
    bought(shipping_address=HOME)
    outcome = receive(
        referral_code=camille.referral_code.code,
        shipping_address=SAME_HOME,
        customer=Identity(email="luc@exemple.fr", first_name="Luc", last_name="ROUVIERE"),
    )
    assert outcome.referral is not None
    assert codes(outcome.referral) == ["address", "surname"]


def test_friends_who_share_a_device_are_a_ring(camille: Profile) -> None:
    code = camille.referral_code.code
    first = receive(email="a@exemple.fr", external_id="A", referral_code=code, device="one")
    second = receive(email="b@exemple.fr", external_id="B", referral_code=code, device="one")
    assert first.referral is not None
    assert second.referral is not None
    assert (codes(first.referral), codes(second.referral)) == ([], ["ring"])


def test_too_many_friends_in_a_week_are_looked_at(camille: Profile) -> None:
    """The merchant says how many are too many."""
    SuspicionRules.objects.create(most=2, days=7)
    states = []
    for name in ("a", "b", "c"):
        outcome = receive(
            email=f"{name}@exemple.fr",
            external_id=name,
            referral_code=camille.referral_code.code,
        )
        assert outcome.referral is not None
        states.append(outcome.referral.state)
    assert states == ["pending", "pending", "held"]


def test_a_signal_that_is_off_holds_nothing(camille: Profile, bought: Callable[..., None]) -> None:
    SuspicionRules.objects.create(off=["address"])
    bought(shipping_address=HOME)
    outcome = receive(referral_code=camille.referral_code.code, shipping_address=HOME)
    assert outcome.referral is not None
    assert outcome.referral.state == "pending"


def test_nothing_of_a_person_is_kept_as_evidence(held: Referral) -> None:
    assert held.suspicion.reasons == [{"code": "address", "weight": 50}]
    assert held.order is not None
    assert len(held.order.address_hash) == 64


def test_a_held_referral_gives_and_tells_nothing(camille: Profile, held: Referral) -> None:
    """Neither at once nor when the days have passed."""
    clock.settle(now=NOW + timedelta(days=60), limit=100)
    assert balance(camille) == (0, 800)
    told = Email.objects.filter(kind__contains="reward")
    assert not told.exists()
    assert "attend votre décision" in sentences.explain_referral(held)
    assert "vérifie" in sentences.explain_referral(held, audience="referrer")


def test_accepting_starts_the_delay_and_tells_both(camille: Profile, held: Referral) -> None:
    later = NOW + timedelta(days=2)
    for _twice in range(2):
        verifying.accept(referral_id=held.id, author_id=None, now=later)
    held.refresh_from_db()
    assert held.state == "pending"
    dates = {reward.due_at for reward in held.rewards.all()}
    assert dates == {later + timedelta(days=14)}
    assert Email.objects.filter(kind__contains="reward").count() == 2


def test_refusing_gives_up_what_waited_and_tells_nobody(camille: Profile, held: Referral) -> None:
    for _twice in range(2):
        verifying.refuse(referral_id=held.id, author_id=None, now=NOW)
    held.refresh_from_db()
    assert (held.state, held.refusal) == ("refused", "suspicious")
    assert balance(camille) == (0, 0)
    assert not Email.objects.filter(kind__contains="reward").exists()


@pytest.mark.parametrize("first", [verifying.accept, verifying.refuse])
def test_a_decision_can_be_taken_back_and_changed(
    camille: Profile, held: Referral, first: Callable[..., Referral]
) -> None:
    """Undone at once, or changed later with a reason."""
    first(referral_id=held.id, author_id=None, now=NOW)
    for _twice in range(2):
        verifying.put_back(referral_id=held.id, author_id=None, now=NOW)
    held.refresh_from_db()
    assert held.state == "held"
    assert balance(camille) == (0, 800)
    assert {reward.due_at for reward in held.rewards.all()} == {None}
    verifying.refuse(referral_id=held.id, author_id=None, now=NOW)
    assert balance(camille) == (0, 0)
    verifying.accept(referral_id=held.id, author_id=None, now=NOW, reason="Vu au magasin")
    assert balance(camille) == (0, 800)
    held.refresh_from_db()
    assert held.state == "pending"
    assert any(
        "Vu au magasin" in sentences.explain(d) for d in Decision.objects.filter(referral=held)
    )


def test_refusing_after_a_yes_takes_back_what_was_given(camille: Profile, held: Referral) -> None:
    verifying.accept(referral_id=held.id, author_id=None, now=NOW)
    for reward in held.rewards.all():
        rewarding.post(transfer_id=reward.transfer_id, now=NOW + timedelta(days=14))
    assert balance(camille) == (800, 0)
    with pytest.raises(verifying.AlreadyGivenError):
        verifying.put_back(referral_id=held.id, author_id=None, now=NOW)
    verifying.refuse(referral_id=held.id, author_id=None, now=NOW + timedelta(days=15))
    assert balance(camille) == (0, 0)
    with pytest.raises(verifying.AlreadyPaidBackError):
        verifying.accept(referral_id=held.id, author_id=None, now=NOW + timedelta(days=15))


def test_a_refused_one_does_not_come_back_beside_another(camille: Profile, held: Referral) -> None:
    verifying.refuse(referral_id=held.id, author_id=None, now=NOW)
    Referral.objects.create(
        referrer=Profile.objects.create(first_name="Nadia", created_at=NOW),
        referee=held.referee,
        step="manual",
        state="validated",
        created_at=NOW,
    )
    with pytest.raises(AlreadyReferredError):
        verifying.accept(referral_id=held.id, author_id=None, now=NOW)


def test_the_shop_may_tell_the_address_after_the_browser(
    camille: Profile, bought: Callable[..., None]
) -> None:
    """A reported order that looked fine is looked at again when it is confirmed."""
    bought(shipping_address=HOME)
    code = camille.referral_code.code
    reported = receive(referral_code=code, source=Source.TRACKER)
    assert reported.referral is not None
    assert reported.referral.state == "pending"
    confirmed = receive(shipping_address=HOME)
    assert confirmed.referral is not None
    assert confirmed.referral.state == "held"
    assert {r.due_at for r in confirmed.referral.rewards.all()} == {None}


def test_what_was_refused_for_another_reason_is_not_in_the_queue(held: Referral) -> None:
    Referral.objects.filter(id=held.id).update(state="closed")
    with pytest.raises(verifying.NothingToVerifyError):
        verifying.accept(referral_id=held.id, author_id=None, now=NOW)


def test_a_refused_one_does_not_come_back_once_its_order_was_refunded(
    camille: Profile, held: Referral
) -> None:
    """R4, R43: a yes afterwards would pay for money that went back."""
    verifying.refuse(referral_id=held.id, author_id=None, now=NOW)
    refund = RefundInput(external_id="R", amount=6000, refunded_at=NOW)
    conductor.refund_received(order_id="LUM-1", refund=refund, now=NOW)
    for act in (verifying.accept, verifying.put_back):
        with pytest.raises(FactUndoneError):
            act(referral_id=held.id, author_id=None, now=NOW)
    assert balance(camille) == (0, 0)


def test_a_suspect_report_of_a_browser_does_not_stand_in_the_way_of_the_shop(
    camille: Profile, bought: Callable[..., None]
) -> None:
    """SP-21: what anybody can forge, held or not, gives way to a trusted order."""
    bought(device="abc")
    code = camille.referral_code.code
    told = receive(referral_code=code, device="abc", source=Source.TRACKER)
    assert Referral.objects.get(id=told.referral.id).state == "held"  # type: ignore[union-attr]
    real = receive(external_id="LUM-2", referral_code=code)
    assert real.referral is not None
    assert (real.referral.refusal, balance(camille)) == ("", (0, 800))
    assert Referral.objects.get(id=told.referral.id).refusal == "superseded"  # type: ignore[union-attr]


def test_what_was_given_in_kind_is_not_held_again(merchant: object) -> None:
    """A gift that can be used was given: the way back is to refuse the referral."""
    publish(
        referrer_amount=0,
        referee_amount=0,
        gifts=[
            RewardRule(side="referrer", trigger=Trigger.QUALIFYING, kind="product", name="Bougie")
        ],
    )
    camille = make_camille()
    receive(email=camille.email, external_id="OWN", device="abc")
    found = receive(referral_code=camille.referral_code.code, device="abc").referral
    assert found is not None
    verifying.accept(referral_id=found.id, author_id=None, now=NOW)
    clock.settle(now=NOW + timedelta(days=20), limit=10)
    with pytest.raises(verifying.AlreadyGivenError):
        verifying.put_back(referral_id=found.id, author_id=None, now=NOW)
