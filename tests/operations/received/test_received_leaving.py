"""Somebody took their yes back: the guest brand can act on it, and knows no more."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from operations import withdrawing
from operations.models import ReceivedOperation, ReceivedParticipation
from partnerships.models import Partnership
from tenants.context import enter
from tenants.messaging.models import Email
from tenants.models import Tenant
from tenants.profiles.models import Consent, Profile
from tests.fixtures.operations import NOW
from tests.fixtures.sharing import deliver
from tests.fixtures.tenants import TenantClient
from tests.operations.received.conftest import LIST, path_of
from tests.pages.conftest import text_of

pytestmark = pytest.mark.usefixtures("thomas")


def leave() -> None:
    withdrawing.withdraw(consent=Consent.objects.get(), how="link", now=NOW)
    deliver()


def test_d4_who_left_is_named_by_address_and_date_and_by_nothing_else(
    nora: TenantClient, marin: Tenant
) -> None:
    """The list, the search, the person's page and the record say the same."""
    path = path_of(marin)
    leave()
    with enter(marin):
        row = ReceivedParticipation.objects.select_related("operation").get(proof__isnull=False)
        person = Profile.objects.get()
        assert (person.first_name, person.last_name, person.phone) == ("", "", "")
        assert person.email == "thomas@exemple.fr" and person.unsubscribed_at is not None
    data = f"/operations/recues/{row.operation.public_id}/donnees"
    for where in (f"{data}?vue=retires", f"{LIST}?vue=retirees", path):
        page = text_of(nora.get(where))
        assert "thomas@exemple.fr" in page and "Thômas" not in page, where
        assert "Retirez aussi son adresse" in page or "retirez aussi son adresse" in page, where
    file = b"".join(nora.get(f"{data}?vue=retires&export=csv").streaming_content).decode()
    assert "thomas@exemple.fr" in file and "Accord retiré" in file and "Thômas" not in file
    assert "thomas@" not in text_of(nora.get(f"{data}?vue=accords"))
    # The columns say so too: none that nothing can stand in, and the address once.
    assert "Prénom" not in text_of(nora.get(f"{data}?vue=retires")) and "Prénom" not in file
    assert text_of(nora.get(f"{LIST}?vue=retirees")).count("thomas@exemple.fr") == 1


def test_nobody_is_to_be_taken_off_lists_while_a_yes_holds(nora: TenantClient) -> None:
    page = text_of(nora.get(f"{LIST}?vue=retirees"))
    assert "thomas@" not in page and "Retirez aussi" not in page


@pytest.mark.usefixtures("nora")
def test_d4_the_owners_are_told_once_the_morning_after(
    marin: Tenant, clock: time_machine.Traveller
) -> None:
    leave()
    leaving = NOW
    with enter(marin):
        deliver()
        assert not Email.objects.filter(kind="partner_left").exists()
        clock.move_to(leaving + timedelta(days=2))
        deliver()
        deliver()
        [email] = Email.objects.filter(kind="partner_left")
    assert email.to == "nora@marin.fr" and email.subject.endswith("de vos listes\u00a0: 1")
    assert f"{LIST}?vue=retirees" in email.text
    assert "thomas" not in email.text.casefold()


def test_what_waited_for_the_agreement_is_said_to_be_under_way(
    nora: TenantClient, marin: Tenant, partnership: Partnership
) -> None:
    """Not that nobody took part, which nobody knows yet."""
    with enter(marin):
        operation = ReceivedOperation.objects.get()
        ReceivedParticipation.objects.all().delete()
    path = f"/operations/recues/{operation.public_id}"
    Partnership.objects.filter(id=partnership.id).update(active_at=timezone.now())
    page = text_of(nora.get(path))
    assert "Les données arrivent" in page and "Personne n’a encore participé" not in page
    before = timezone.now() - timedelta(minutes=11)
    Partnership.objects.filter(id=partnership.id).update(active_at=before)
    assert "Personne n’a encore participé" in text_of(nora.get(path))
