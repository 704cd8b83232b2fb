"""What reaches no partner, or not yet: nothing of it is lost, and nobody is named."""

import uuid
from datetime import timedelta

from kernel.outbox.models import Event, EventState
from operations import withdrawing
from operations.models import (
    ReceivedOperation,
    Share,
)
from operations.unshared import Refused, refused
from partnerships.models import Partnership, Side, State
from partnerships.services.agreeing import end_partnership
from tenants.context import enter
from tenants.models import Tenant, TenantState
from tenants.profiles import consents
from tenants.profiles.models import Consent, Profile
from tests.fixtures.operations import NOW, sign, take
from tests.fixtures.sharing import (
    agree,
    deliver,
    events,
    received,
    shared_module,
    states,
    thomas,
    yes,
)
from tests.fixtures.tenants import TenantClient

LATER = NOW + timedelta(hours=1)


def test_an_ended_partnership_shares_nothing_more_and_keeps_what_was_shared(
    module, partnership, lumen, marin
):
    take(module, **thomas(boxes=yes(partnership)))
    deliver()
    take(module, email="zoe@exemple.fr", fields={"email": "zoe@exemple.fr"})
    end_partnership(partnership_id=partnership.id, tenant_id=marin.id, now=NOW)
    deliver()
    assert len(received(marin)) == 1
    assert received(marin)[0].fields["email"] == "thomas@exemple.fr"
    assert states() == ["delivered", "refused"]


def test_before_both_have_agreed_the_count_waits_and_then_goes(lumen, marin):
    """D5: the agreement comes before the data; nothing that waited is lost, nobody is named."""
    row = agree(lumen, marin, state=State.PROPOSED)
    module = shared_module(row)
    take(module, **thomas(boxes=frozenset({"own"})))
    deliver()
    assert received(marin) == [] and states() == ["pending"]
    with enter(marin):
        assert not ReceivedOperation.objects.exists()
    [again] = events("operations.resume")
    assert again.state == EventState.PENDING
    Partnership.objects.filter(id=row.id).update(state=State.ACTIVE)
    sign(row, Side.MINOR, marin.id)
    Event.objects.filter(id=again.id).update(due_at=NOW)
    deliver()
    [count] = received(marin)
    assert (count.fields, count.proof, count.profile) == ({}, None, None)
    assert states() == ["delivered"]


def test_a_suspended_partner_waits_and_holds_nobody_up(lumen, marin, partnership, offices_of):
    """R20: the other partner has its share at once."""
    other = offices_of("brulerie-noe", "Brûlerie Noé")
    second = agree(lumen, other)
    module = shared_module(partnership, second)
    Tenant.objects.filter(id=marin.id).update(state=TenantState.SUSPENDED)
    take(module, **thomas(boxes=yes(partnership) | yes(second)))
    deliver()
    assert len(received(other)) == 1 and received(marin) == []
    assert sorted(states()) == ["delivered", "pending"]
    Tenant.objects.filter(id=marin.id).update(state=TenantState.ACTIVE)
    Event.objects.filter(kind="operations.resume").update(due_at=NOW)
    deliver()
    assert len(received(marin)) == 1 and states() == ["delivered"] * 2


def test_d2_an_address_goes_with_whatever_goes_and_the_person_is_told_so(
    partnership, marin, lumen, clock
):
    """By it the proof is kept there, the yes can end there, and so can the record (D4, D6)."""
    module = shared_module(partnership, goes=("phone",))
    for field in module.fields:
        field["partners"] = [str(partnership.id)] if field["name"] == "phone" else []
    module.save(update_fields=["fields"])
    page = TenantClient(lumen).get("/o/un-automne-a-la-maison/donnees").content.decode()
    assert "téléphone, adresse e-mail" in page or "téléphone et adresse e-mail" in page
    take(module, **thomas(boxes=yes(partnership)))
    deliver()
    [row] = received(marin)
    assert row.fields == {"phone": "+33612345678", "email": "thomas@exemple.fr"}
    with enter(marin):
        assert Profile.objects.get().email == "thomas@exemple.fr"
        assert consents.in_force().get().id == row.consent_id


def test_d2_without_an_address_nothing_of_the_person_is_kept(module, partnership, marin):
    """What was on its way when it was not sent along yet, or this file refuses it: it counts."""
    take(module, **thomas(boxes=yes(partnership)))
    Share.objects.update(fields=["first_name"])
    deliver()
    [row] = received(marin)
    assert (row.fields, row.profile_id, row.consent_id) == ({}, None, None)
    assert row.is_first and row.is_first_optin
    withdrawing.withdraw(consent=Consent.objects.get(), how="link", now=NOW)
    deliver()
    assert received(marin)[0].withdrawn_at is not None


def test_a_partner_that_is_gone_for_good_gets_nothing(module, partnership, marin):
    """R20"""
    Tenant.objects.filter(id=marin.id).update(state=TenantState.DELETED)
    take(module, **thomas(boxes=yes(partnership)))
    deliver()
    assert states() == ["refused"]
    assert not Event.objects.filter(
        state=EventState.PENDING, kind__startswith="operations."
    ).exists()


def test_whatever_a_row_says_the_partnership_decides_who_may_be_entered(
    module, partnership, marin, lumen
):
    """R23"""
    take(module, **thomas(boxes=yes(partnership)))
    Share.objects.update(partner_tenant_id=uuid.uuid4())
    deliver()
    assert len(received(marin)) == 1 and states() == ["delivered"]


def test_a_yes_to_somebody_else_goes_to_nobody_and_the_major_reads_of_it(
    module, partnership, marin, offices_of
):
    """R23, D1: the partner is another back office now than the one that the person agreed to."""
    take(module, **thomas(boxes=yes(partnership)))
    take(module, email="zoe@exemple.fr")
    other = offices_of("brulerie-noe", "Brûlerie Noé")
    Partnership.objects.filter(id=partnership.id).update(minor=other)
    deliver()
    assert received(marin) == [] and sorted(states()) == ["delivered", "refused"]
    [row] = received(other)
    assert (row.proof, row.fields) == (None, {})
    assert refused(operation=module.operation) == [Refused("Brûlerie Noé", 1)]


def test_a_partnership_of_others_delivers_nothing(lumen, marin, offices_of):
    """R23: Lumen is the minor there, not the major."""
    row = agree(marin, lumen)
    Partnership.objects.filter(id=row.id).update(minor=lumen)
    module = shared_module(Partnership.objects.select_related("minor").get(id=row.id))
    take(module, **thomas(boxes=yes(row)))
    deliver()
    assert states() == ["refused"] and received(marin) == [] and received(lumen) == []


def test_a_rehearsal_reaches_no_partner(module, partnership, marin):
    """PA-12"""
    take(module, test=True, boxes=yes(partnership))
    deliver()
    assert received(marin) == [] and not Share.objects.exists()
