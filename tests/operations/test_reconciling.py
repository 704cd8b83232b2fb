"""`manage.py operations reconcile`: what does not agree is found, named and mended."""

import uuid
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from kernel.outbox.models import Event
from operations import figures, withdrawing
from operations.models import (
    OperationModule,
    ReceivedOperation,
    ReceivedParticipation,
    Share,
    ShareState,
)
from operations.received import figures as figures_there
from operations.sharing import delivering
from partnerships.models import Partnership
from partnerships.services.agreeing import end_partnership
from tenants.context import enter
from tenants.models import Tenant
from tenants.profiles import consents
from tenants.profiles.models import Consent, Profile
from tests.fixtures.operations import NOW, take
from tests.fixtures.sharing import agree, deliver, shared_module, told


@pytest.fixture
def marin(other_merchant: Tenant) -> Tenant:
    return other_merchant


@pytest.fixture
def partnership(lumen: Tenant, marin: Tenant) -> Partnership:
    return agree(lumen, marin)


@pytest.fixture(autouse=True)
def module(partnership: Partnership) -> OperationModule:
    """Three people took part, the first two with a yes to the partner; all of it arrived."""
    made = shared_module(partnership)
    for number, boxes in enumerate([{str(partnership.id)}, {str(partnership.id)}, set()]):
        take(made, f"p{number}@exemple.fr", boxes=frozenset(boxes), fields=_of(number))
    deliver()
    return made


def _of(number: int) -> dict[str, str]:
    return {"email": f"p{number}@exemple.fr"}


def reconcile(*, mend: bool = False) -> tuple[str, bool]:
    """What the command says, and whether it was content."""
    out, before = StringIO(), connection.tenant
    options = ["--mend"] if mend else []
    try:
        call_command("operations", "reconcile", "--tenant", "maison-lumen", *options, stdout=out)
    except CommandError as error:
        return f"{out.getvalue()}{error}", False
    finally:
        connection.set_tenant(before)
    return out.getvalue(), True


def mended() -> str:
    """It is found, it is mended, and then there is nothing to find."""
    said, content = reconcile()
    assert not content and "do not agree" in said
    again, content = reconcile(mend=True)
    assert content and "mended" in again
    assert reconcile() == (
        "maison-lumen × atelier-marin, un-automne-a-la-maison: 3 agree\n",
        True,
    )
    return said


def test_what_agrees_is_said_to(marin):
    assert reconcile()[1]


def test_a_merchant_who_is_not_there_is_an_error():
    with pytest.raises(CommandError):
        call_command("operations", "reconcile", "--tenant", "personne")
    connection.set_tenant(Tenant.objects.get(slug="maison-lumen"))


def test_what_the_partner_lost_is_delivered_again(marin):
    """R25: the partner was restored to an earlier moment."""
    with enter(marin):
        ReceivedParticipation.objects.exclude(proof=None).delete()
        people = set(Profile.objects.values_list("email", flat=True))
    assert "2 delivered, but not there" in mended()
    with enter(marin):
        assert set(Profile.objects.values_list("email", flat=True)) == people
        assert ReceivedParticipation.objects.count() == 3


def test_what_waits_without_an_event_is_sent(module, marin):
    """An event that was given up for dead, or lost with a restored outbox."""
    take(module, "p3@exemple.fr", fields=_of(3))
    Event.objects.filter(kind="operations.share").delete()
    Share.objects.filter(state=ShareState.PENDING).update(created_at=NOW - timedelta(days=1))
    said, content = reconcile(mend=True)
    assert content and "1 waiting for more than a minute" in said
    with enter(marin):
        assert ReceivedParticipation.objects.count() == 4


def test_a_yes_that_ended_here_and_not_there_ends_there(module, marin):
    """D4, R25: the withdrawal had arrived, and the partner was restored to before it."""
    withdrawing.withdraw(consent=Consent.objects.order_by("id")[0], how="link", now=NOW)
    deliver()
    with enter(marin):
        ReceivedParticipation.objects.exclude(withdrawn_at=None).update(
            withdrawn_at=None, fields={"email": "p0@exemple.fr"}
        )
    assert "1 withdrawn, but still there" in mended()
    with enter(marin):
        assert ReceivedParticipation.objects.exclude(withdrawn_at=None).get().fields == {}


def test_what_only_the_partner_has_leaves_its_counts_and_the_person_stays(marin):
    """The merchant was restored to an earlier moment: what was shared stays with whom it was."""
    with enter(marin):
        row = ReceivedParticipation.objects.exclude(proof=None).first()
        ReceivedParticipation.objects.create(
            operation_id=row.operation_id,
            participation_id=uuid.uuid4(),
            module_id=row.module_id,
            day=row.day,
            source_kind="site",
            brought_by="major",
            profile_id=row.profile_id,
            consent_id=row.consent_id,
            received_at=NOW,
        )
    assert "1 there, but unknown here" in mended()
    with enter(marin):
        assert Profile.objects.count() == 2 and Consent.objects.count() == 2


def test_a_copy_that_is_not_the_latest_is_told_again(module, marin):
    operation = module.operation
    operation.title = {"fr": "Un hiver à la maison"}
    operation.save(update_fields=["title"])
    assert "not the latest" in mended()
    with enter(marin):
        assert ReceivedOperation.objects.get().name == "Un hiver à la maison"


def test_people_who_are_counted_otherwise_there_are_counted_alike(marin):
    with enter(marin):
        ReceivedParticipation.objects.filter(proof=None).update(is_first=False)
    assert "1 counted otherwise there" in mended()


def test_two_records_that_became_one_person_are_one_participant_on_both_sides(module, marin):
    first, second = Profile.objects.order_by("created_at", "id")[:2]
    Profile.objects.filter(id=second.id).update(merged_into=first)
    assert "2 people counted twice" in mended()
    total = figures.total(operation_id=module.operation_id)
    assert (total.participants, total.new_profiles) == (2, 2)
    with enter(marin):
        assert ReceivedParticipation.objects.filter(is_first=True).count() == 2
        assert ReceivedParticipation.objects.filter(is_first_optin=True).count() == 1


def test_a_suspended_partner_is_not_looked_into(marin):
    """R20"""
    Tenant.objects.filter(id=marin.id).update(state="suspended")
    with enter(marin):
        ReceivedParticipation.objects.all().delete()
    assert reconcile() == ("", True)


@pytest.fixture
def again(partnership: Partnership, module: OperationModule, lumen: Tenant, marin: Tenant) -> Any:
    """The partnership ended; the same two brands began another, and the operation goes on in it."""
    end_partnership(partnership_id=partnership.id, tenant_id=lumen.id, now=NOW)
    row = agree(lumen, marin)
    module.fields = [
        {**field, "partners": [str(row.id)] if field["partners"] else []} for field in module.fields
    ]
    module.save(update_fields=["fields"])
    module.partners.update(partnership_id=row.id)
    told(module)
    return row


def test_r44_a_second_partnership_of_the_same_brands_takes_nothing_from_the_first(
    again, module, marin
):
    """D4: whoever agreed under the first one is there, stays there, and takes it back there."""
    take(module, "p3@exemple.fr", fields=_of(3), boxes=frozenset({str(again.id)}))
    deliver()
    assert reconcile() == (
        "maison-lumen × atelier-marin, un-automne-a-la-maison: 4 agree\n",
        True,
    )
    assert reconcile(mend=True)[1]
    assert set(Share.objects.values_list("state", flat=True)) == {ShareState.DELIVERED}
    with enter(marin):
        assert ReceivedParticipation.objects.count() == 4
    withdrawing.withdraw(consent=Consent.objects.order_by("id")[0], how="link", now=NOW)
    deliver()
    with enter(marin):
        row = ReceivedParticipation.objects.exclude(withdrawn_at=None).get()
        assert row.fields == {} and consents.in_force().count() == 2


def test_somebody_under_two_partnerships_of_the_same_brands_is_one_person_there(
    again, module, marin
):
    """Counted once among the participants and once among the opt-ins; the proof agrees."""
    OperationModule.objects.update(rule="times", times=2)
    take(module, "p0@exemple.fr", fields=_of(0), boxes=frozenset({str(again.id)}))
    deliver()
    assert reconcile(mend=True)[1]
    with enter(marin):
        assert ReceivedParticipation.objects.count() == 4
        total = figures_there.total(operation=ReceivedOperation.objects.get())
        assert (total.participants, total.optins) == (3, 2)


def test_after_the_end_nothing_is_sent_again_nor_told(partnership, module, lumen, marin):
    end_partnership(partnership_id=partnership.id, tenant_id=lumen.id, now=NOW)
    operation = module.operation
    operation.name = "Un hiver à la maison"
    operation.save(update_fields=["name"])
    with enter(marin):
        ReceivedParticipation.objects.exclude(proof=None).delete()
    said, content = reconcile(mend=True)
    assert content and "1 agree" in said
    assert set(Share.objects.values_list("state", flat=True)) == {ShareState.DELIVERED}
    with enter(marin):
        assert ReceivedParticipation.objects.count() == 1
        assert ReceivedOperation.objects.get().name == "Un automne à la maison"


def test_what_was_there_before_a_restored_merchant_knew_of_it_can_be_taken_back(
    partnership, module, lumen, marin
):
    """R25, D4: it was restored to before the delivery, and its partnership has ended since."""
    Share.objects.update(state=ShareState.PENDING, delivered_at=None)
    end_partnership(partnership_id=partnership.id, tenant_id=lumen.id, now=NOW)
    delivering.deliver(partnership_id=partnership.id, now=NOW)
    withdrawing.withdraw(consent=Consent.objects.order_by("id")[0], how="link", now=NOW)
    assert "3 refused, but there" in mended()
    withdrawing.withdraw(consent=Consent.objects.order_by("id")[1], how="link", now=NOW)
    deliver()
    with enter(marin):
        assert ReceivedParticipation.objects.exclude(withdrawn_at=None).count() == 2
        assert not consents.in_force().exists()
