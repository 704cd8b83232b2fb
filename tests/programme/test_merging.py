"""Two records of one person become one: nothing is lost, nobody is paid twice."""

from datetime import timedelta

import pytest

from kernel.ledger import selectors as ledger
from kernel.ledger.selectors import discrepancies
from tenants.activity.models import Order
from tenants.activity.types import RefundInput
from tenants.loyalty import membership
from tenants.loyalty.models import Membership
from tenants.profiles import duplicates, finding
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tenants.profiles.references import keys_to_profiles
from tenants.profiles.selectors import by_email, by_id
from tenants.profiles.services import Identity
from tenants.programme import clock, conductor, erasing, merging, services
from tenants.programme.history import wallet_history
from tenants.programme.merging import UnableToMergeError, merge
from tenants.referrals import codes
from tenants.referrals.models import Referral
from tests.fixtures.programme import NOW, make_order

LATER = NOW + timedelta(days=20)


def together(kept, gone, *from_gone, now=LATER):
    return merge(kept_id=kept.id, gone_id=gone.id, from_gone=from_gone, author_id=None, now=now)


def balance(profile):
    return ledger.balance(owner_id=profile.id, unit="EUR")


def give(profile, amount, key):
    services.adjust(
        profile=profile, amount=amount, reason="Geste", key=key, author_id=None, now=NOW
    )


@pytest.fixture
def cam(programme):
    """The same Camille, under another address."""
    return profiles.create(
        email="cam@exemple.fr", first_name="Cam", phone="0612345678", source="api", now=NOW
    )


def test_what_was_the_ones_is_the_others(camille, cam):
    conductor.order_received(order=make_order("cam@exemple.fr", external_id="C-1"), now=NOW)
    give(camille, 500, "a")
    give(cam, 300, "b")
    services.adjust(profile=cam, amount=-100, reason="x", key="c", author_id=None, now=NOW)
    kept = together(camille, cam, "email")
    kept.refresh_from_db()
    assert (kept.email, kept.first_name, kept.phone) == ("cam@exemple.fr", "Camille", "0612345678")
    assert (kept.order_count, kept.order_total) == (1, 6000)
    assert Order.objects.get().profile_id == kept.id
    assert (balance(kept).available, balance(kept).earned) == (700, 700)
    assert [line.amount for line in wallet_history(profile=kept, unit="EUR")] == [-100, 300, 500]
    assert discrepancies() == []
    assert set(Profile.objects.values_list("id", flat=True)) == {kept.id}


def test_old_addresses_ids_and_codes_lead_to_the_record_that_stays(camille, cam):
    old = codes.code_for(profile=cam, now=NOW).code
    own = camille.referral_code.code
    together(camille, cam)
    assert by_id(profile_id=cam.id).id == camille.id
    assert by_email(email="CAM@exemple.fr").id == camille.id
    assert codes.find(old).profile.id == codes.find(own).profile.id == camille.id
    found, created = profiles.find_or_create(
        identity=Identity(email="cam@exemple.fr"), source="api", now=LATER
    )
    assert (found.id, created) == (camille.id, False)


def test_an_old_code_brings_a_friend_to_the_record_that_stays(camille, cam):
    old = codes.code_for(profile=cam, now=NOW).code
    together(camille, cam)
    outcome = conductor.order_received(order=make_order(referral_code=old), now=NOW)
    assert outcome.referral.referrer_id == camille.id
    own = conductor.order_received(
        order=make_order("cam@exemple.fr", external_id="X", referral_code=old), now=NOW
    )
    assert own.referral.refusal == "own_code"


def test_a_promise_and_a_refund_after_the_merger_find_the_wallet(camille, cam):
    code = codes.code_for(profile=cam, now=NOW).code
    order = conductor.order_received(order=make_order(referral_code=code), now=NOW).order
    together(camille, cam, now=NOW)
    assert balance(camille).pending == 800
    clock.settle(now=LATER, limit=100)
    assert (balance(camille).available, balance(camille).pending) == (800, 0)
    refund = RefundInput(external_id="R", amount=6000, refunded_at=LATER)
    conductor.refund_received(order_id=order.external_id, refund=refund, now=LATER)
    assert (balance(camille).available, balance(camille).earned) == (0, 0)
    assert discrepancies() == []


def test_a_referral_of_oneself_ends_and_is_paid_back(camille, cam):
    code = camille.referral_code.code
    conductor.order_received(order=make_order("cam@exemple.fr", referral_code=code), now=NOW)
    clock.settle(now=LATER, limit=100)
    assert balance(camille).available == 800
    seen = merging.preview(kept=camille, gone=cam)
    assert [referral.referee_id for referral in seen.between] == [cam.id]
    together(camille, cam)
    referral = Referral.objects.get()
    assert (referral.state, referral.referrer_id) == ("reversed", None)
    assert balance(camille).posted == 0
    assert discrepancies() == []


def test_of_two_referrals_of_one_person_the_earlier_stands(programme, camille):
    lea = profiles.create(email="lea@exemple.fr", first_name="Léa", source="manual", now=NOW)
    first = conductor.order_received(
        order=make_order(
            "t1@exemple.fr", external_id="1", referral_code=camille.referral_code.code
        ),
        now=NOW,
    )
    second = conductor.order_received(
        order=make_order(
            "t2@exemple.fr",
            external_id="2",
            referral_code=codes.code_for(profile=lea, now=NOW).code,
        ),
        now=NOW + timedelta(hours=1),
    )
    together(second.order.profile, first.order.profile)
    states = dict(Referral.objects.values_list("referrer_id", "state"))
    assert states == {camille.id: "pending", lea.id: "reversed"}
    assert balance(lea).pending == 0


def test_memberships_become_one(camille, cam):
    membership.join(profile_id=camille.id, source="manual", now=NOW)
    membership.leave(profile_id=camille.id, now=NOW)
    membership.join(profile_id=cam.id, source="api", now=NOW)
    together(camille, cam)
    row = Membership.objects.get()
    assert (row.profile_id, row.left_at, row.source) == (camille.id, None, "api")


def test_once_more_is_once_and_a_merged_record_is_not_merged_again(camille, cam):
    """R3."""
    give(cam, 300, "b")
    for _twice in range(2):
        together(camille, cam)
    assert balance(camille).available == 300
    lea = profiles.create(email="lea@exemple.fr", source="manual", now=NOW)
    with pytest.raises(UnableToMergeError):
        together(lea, cam)
    with pytest.raises(UnableToMergeError):
        together(camille, camille)
    lea.is_test = True
    lea.save()
    with pytest.raises(UnableToMergeError):
        together(camille, lea)


def test_a_chain_of_mergers_leads_to_its_end(camille, cam):
    lea = profiles.create(email="lea@exemple.fr", source="manual", now=NOW)
    give(cam, 300, "b")
    give(lea, 50, "c")
    together(camille, cam)
    together(lea, camille)
    assert by_email(email="cam@exemple.fr").id == lea.id
    assert balance(lea).available == 350
    assert len(wallet_history(profile=lea, unit="EUR")) == 2
    assert discrepancies() == []


def test_nothing_that_points_at_a_customer_stays_behind(camille, cam):
    """Whatever tables there are: what can move, moves."""
    code = codes.code_for(profile=cam, now=NOW).code
    conductor.order_received(order=make_order("cam@exemple.fr", external_id="C"), now=NOW)
    conductor.order_received(order=make_order(referral_code=code), now=NOW)
    together(camille, cam)
    left = {
        model._meta.db_table
        for model, key in keys_to_profiles()
        if model._base_manager.filter(**{key.attname: cam.id}).exists()
    }
    assert left <= {"referrals_code"}


def test_records_that_look_alike_are_suggested_until_they_are_said_to_be_two(camille, cam):
    alias = profiles.create(email="camille+x@exemple.fr", source="manual", now=NOW)
    phone = profiles.create(phone="+33 6 12 34 56 78", last_name="Roux", source="manual", now=NOW)
    found = {(p.first.id, p.second.id): p.reasons for p in duplicates.suggestions()}
    assert found == {(camille.id, alias.id): ("email",), (cam.id, phone.id): ("phone",)}
    duplicates.say_distinct(one=alias.id, other=camille.id, now=NOW)
    assert [p.reasons for p in duplicates.suggestions()] == [("phone",)]


def test_an_address_of_a_merged_record_can_be_taken_back_into_use(camille, cam):
    together(camille, cam)
    changed = profiles.update(profile_id=camille.id, email="cam@exemple.fr")
    assert changed.email_key == "cam@exemple.fr"
    assert by_email(email="camille@exemple.fr") is None


def test_who_asked_to_be_forgotten_under_either_record_is_still_waiting(camille, cam):
    erasing.ask(profile=cam, now=NOW)
    kept = together(camille, cam)
    assert list(erasing.asked()) == [kept]


def test_checkout_finds_who_was_merged_by_the_old_address_and_number(camille, cam):
    """SO-09: the shop goes on naming the account that it knows."""
    profiles.update(profile_id=cam.id, external_id="c-2")
    together(camille, cam)
    for known in (Identity(email="cam@exemple.fr"), Identity(external_id="c-2")):
        for lock in (False, True):
            assert finding.find(identity=known, lock=lock) == camille
