"""What was shared is taken back: within a minute, whole, and nobody is added again (D4, R44)."""

from datetime import timedelta

import pytest

from operations import counting, withdrawing
from operations.models import (
    OperationModule,
    Participation,
    ReceivedParticipation,
    Share,
    ShareState,
)
from operations.sharing import delivering
from partnerships.models import Partnership
from partnerships.services.agreeing import end_partnership
from tenants.context import enter
from tenants.messaging import unsubscribing
from tenants.models import Tenant
from tenants.profiles import consents
from tenants.profiles.forgetting import is_erased
from tenants.profiles.models import Consent, ConsentEvent, ErasedAddress, Profile
from tenants.profiles.services import Identity, find_or_create
from tenants.programme import erasing, merging
from tests.fixtures.operations import NOW, bill, confirm, take
from tests.fixtures.sharing import agree, deliver, events, shared_module, states

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def marin(other_merchant: Tenant) -> Tenant:
    return other_merchant


@pytest.fixture
def partnership(lumen: Tenant, marin: Tenant) -> Partnership:
    return agree(lumen, marin)


@pytest.fixture
def module(partnership: Partnership) -> OperationModule:
    return shared_module(partnership, goes=("first_name",))


def yes(row: Partnership) -> frozenset[str]:
    return frozenset({str(row.id)})


def thomas(**changes):
    return {
        "fields": {
            "first_name": "Thomas",
            "last_name": "Guérin",
            "phone": "06 12 34 56 78",
            "email": "thomas@exemple.fr",
        },
        **changes,
    }


def received(tenant: Tenant) -> list[ReceivedParticipation]:
    with enter(tenant):
        rows = ReceivedParticipation.objects.select_related("profile", "consent", "operation")
        return list(rows.order_by("participation_id"))


def test_a_withdrawal_reaches_the_partner_and_ends_its_mailings(module, partnership, marin):
    """D4, R44: due at once, and what stays is a count."""
    take(module, **thomas(boxes=yes(partnership)))
    deliver()
    assert withdrawing.withdraw(consent=Consent.objects.get(), how="link", now=LATER)
    [back] = [event for event in events(counting.SHARE_EVENT) if event.state == "pending"]
    assert back.due_at - LATER <= timedelta(minutes=1)
    deliver()
    [row] = received(marin)
    assert (row.fields, row.withdrawn_at is not None, row.is_first) == ({}, True, True)
    with enter(marin):
        person = Profile.objects.get()
        assert person.unsubscribed_at is not None and person.consented_at is None
        assert not consents.in_force(profile_id=person.id).exists()
        assert row.consent.events.get(kind="withdrawn").how == "link"
    assert states() == ["withdrawn"]


def test_a_withdrawal_before_the_delivery_leaves_a_count_only(module, partnership, marin):
    take(module, **thomas(boxes=yes(partnership)))
    withdrawing.withdraw(consent=Consent.objects.get(), how="link", now=NOW)
    deliver()
    [row] = received(marin)
    assert (row.fields, row.profile, row.proof, row.is_first_optin) == ({}, None, None, False)
    assert states() == ["withdrawn"]


def test_a_withdrawal_passes_after_the_end_of_the_partnership(module, partnership, marin):
    """D4: ending a partnership ends nobody's rights."""
    take(module, **thomas(boxes=yes(partnership)))
    deliver()
    end_partnership(partnership_id=partnership.id, tenant_id=marin.id, now=NOW)
    withdrawing.withdraw(consent=Consent.objects.get(), how="link", now=LATER)
    deliver()
    [row] = received(marin)
    assert row.fields == {} and row.withdrawn_at is not None


def test_who_is_forgotten_here_is_forgotten_there_and_not_added_again(module, partnership, marin):
    """D4: a hash stays, so that an older yes adds nobody again."""
    take(module, **thomas(boxes=yes(partnership)))
    deliver()
    erasing.erase(profile_id=Profile.objects.get().id, author_id=None, now=LATER)
    deliver()
    with enter(marin):
        person = Profile.objects.get()
        assert person.erased_at is not None and person.email == ""
        assert is_erased(address="thomas@exemple.fr")
    # The delivery is repeated, as after a restored backup: nobody comes back by it.
    with enter(marin):
        ReceivedParticipation.objects.all().delete()
    Share.objects.update(state=ShareState.PENDING, delivered_at=None)
    Participation.objects.update(fields={"email": "thomas@exemple.fr"})
    delivering.deliver(partnership_id=partnership.id, now=LATER)
    [row] = received(marin)
    assert (row.profile, row.fields) == (None, {})
    with enter(marin):
        assert not Profile.objects.filter(erased_at=None).exists()


def test_a_customer_of_the_partners_own_is_not_forgotten_there(module, partnership, marin):
    """What the partner knows by itself is not the major's to erase; its mailings end."""
    with enter(marin):
        find_or_create(identity=Identity(email="thomas@exemple.fr"), source="api", now=NOW)
    take(module, **thomas(boxes=yes(partnership)))
    deliver()
    erasing.erase(profile_id=Profile.objects.get().id, author_id=None, now=LATER)
    deliver()
    with enter(marin):
        person = Profile.objects.get()
        assert person.email == "thomas@exemple.fr" and person.unsubscribed_at is not None


def test_who_comes_back_by_a_yes_of_their_own_is_known_again(module, partnership, marin):
    take(module, **thomas(boxes=yes(partnership)))
    deliver()
    erasing.erase(profile_id=Profile.objects.get().id, author_id=None, now=NOW)
    deliver()
    with enter(marin):
        ErasedAddress.objects.update(erased_at=NOW)
    take(module, **thomas(boxes=yes(partnership), now=LATER))
    deliver()
    assert [row.fields.get("email") for row in received(marin)] == [None, "thomas@exemple.fr"]


def test_an_unconfirmed_yes_does_not_end_an_earlier_no(module, partnership, marin):
    """R44: anybody can type another's address."""
    with enter(marin):
        person, _made = find_or_create(
            identity=Identity(email="thomas@exemple.fr"), source="api", now=NOW
        )
        Profile.objects.filter(id=person.id).update(unsubscribed_at=NOW)
    take(module, **thomas(boxes=yes(partnership)))
    deliver()
    with enter(marin):
        person.refresh_from_db()
        assert person.unsubscribed_at == NOW and person.consented_at is None


def test_who_took_it_back_before_is_forgotten_there_as_well(module, partnership, marin):
    """D4: an erasure reaches whoever still knows the person, whatever ended before."""
    take(module, **thomas(boxes=yes(partnership)))
    deliver()
    withdrawing.withdraw(consent=Consent.objects.get(), how="link", now=NOW)
    deliver()
    with enter(marin):
        assert Profile.objects.get().email == "thomas@exemple.fr"
    for _twice in range(2):
        erasing.erase(profile_id=Profile.objects.get().id, author_id=None, now=LATER)
        deliver()
    with enter(marin):
        person = Profile.objects.get()
        assert (person.erased_at is not None, person.email) == (True, "")
        assert is_erased(address="thomas@exemple.fr")
    assert states() == ["withdrawn"]


def test_who_said_yes_to_the_partner_itself_since_stays_there(module, partnership, marin):
    take(module, **thomas(boxes=yes(partnership)))
    deliver()
    withdrawing.withdraw(consent=Consent.objects.get(), how="link", now=NOW)
    deliver()
    with enter(marin):
        unsubscribing.choose(profile=Profile.objects.get(), wanted=True, now=NOW)
    erasing.erase(profile_id=Profile.objects.get().id, author_id=None, now=LATER)
    deliver()
    with enter(marin):
        person = Profile.objects.get()
        assert person.email == "thomas@exemple.fr" and person.unsubscribed_at is None


def test_who_became_the_partners_customer_since_is_not_forgotten_with_it(
    module, partnership, marin
):
    """An invoice names its customer: what the partner knows by itself is its own to keep."""
    take(module, **thomas(boxes=yes(partnership)))
    deliver()
    with enter(marin):
        bill(Profile.objects.get())
    erasing.erase(profile_id=Profile.objects.get().id, author_id=None, now=LATER)
    deliver()
    with enter(marin):
        person = Profile.objects.get()
        assert person.email == "thomas@exemple.fr" and person.unsubscribed_at is not None


def test_a_yes_that_was_taken_back_is_not_shared_by_a_later_confirmation(partnership, marin):
    """D4: what somebody took back while their entry waited stays taken back."""
    module = shared_module(partnership, goes=("first_name",), double_optin=True)
    take(module, **thomas(boxes=yes(partnership) | {"own"}))
    for consent in Consent.objects.all():
        withdrawing.withdraw(consent=consent, how="link", now=NOW)
    confirm(Participation.objects.get(), now=LATER)
    deliver()
    [row] = received(marin)
    assert (row.fields, row.profile, row.proof) == ({}, None, None)
    assert not ConsentEvent.objects.filter(kind="confirmed").exists()
    assert Profile.objects.get().consented_at is None


def test_who_was_forgotten_confirms_nothing_any_more(partnership, marin):
    module = shared_module(partnership, double_optin=True)
    take(module, **thomas(boxes=yes(partnership) | {"own"}))
    erasing.erase(profile_id=Profile.objects.get().id, author_id=None, now=NOW)
    with pytest.raises(counting.UnknownParticipationError):
        confirm(Participation.objects.get(), now=LATER)
    deliver()
    assert received(marin) == []
    assert Profile.objects.get().consented_at is None


def test_the_link_of_either_record_still_takes_its_yes_back_after_a_merger(module, partnership):
    """Both took part in one module, so one participation stays with the record that went."""
    first = take(module, **thomas(boxes=yes(partnership))).participation
    other = thomas(boxes=yes(partnership))
    other["fields"]["email"] = "tom@exemple.fr"
    second = take(module, **other).participation
    merging.merge(
        kept_id=first.profile_id,
        gone_id=second.profile_id,
        from_gone=(),
        author_id=None,
        now=LATER,
    )
    for taken in (first, second):
        row = Participation.objects.select_related("profile").get(id=taken.id)
        [consent] = counting.given_with(row)
        assert consent.profile_id == first.profile_id
