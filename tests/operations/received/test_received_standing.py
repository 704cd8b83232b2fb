"""A yes that ends at the partner, by its own emails, has ended in all that it reads (D4)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings

from operations import retention
from operations.models import OperationModule, ReceivedOperation, ReceivedParticipation
from operations.received import figures, people, selectors
from operations.received.standing import with_end
from operations.reporting import Figures
from partnerships.models import Partnership
from tenants import lookup
from tenants.context import enter
from tenants.messaging import unsubscribing
from tenants.models import Tenant
from tenants.profiles import consents
from tenants.profiles.models import Profile
from tests.fixtures.operations import NOW, make_module, take
from tests.fixtures.sharing import deliver
from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import text_of

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def marin(other_merchant: Tenant) -> Iterator[Tenant]:
    hosts = [f"{other_merchant.slug}.{settings.PLATFORM_DOMAIN}"]
    lookup.forget_hosts(hosts)
    yield other_merchant
    lookup.forget_hosts(hosts)


@pytest.fixture
def thomas(module: OperationModule, partnership: Partnership) -> None:
    """He says yes to Marin, and unsubscribes from what Marin sends him."""
    take(module, boxes=frozenset({str(partnership.id)}))
    take(module, email="zoe@exemple.fr", boxes=frozenset({str(partnership.id)}))
    deliver()


def unsubscribe() -> None:
    person = Profile.objects.get(email="thomas@exemple.fr")
    unsubscribing.choose(profile=person, wanted=False, now=LATER)


@pytest.mark.usefixtures("thomas")
def test_unsubscribed_here_it_is_no_agreement_in_list_file_and_figures(
    nora: TenantClient, marin: Tenant
) -> None:
    with enter(marin):
        operation = ReceivedOperation.objects.get()
        assert figures.total(operation=operation).optins == 2
        unsubscribe()
        assert figures.total(operation=operation).optins == 1
        assert selectors.operations().get().optins == 1
        ended = with_end(ReceivedParticipation.objects.exclude(profile=None))
        assert sorted(row.ended_at is None for row in ended) == [False, True]
        path = f"/operations/recues/{operation.public_id}/donnees"
    assert "thomas@" not in text_of(nora.get(path, {"vue": "accords"}))
    held = text_of(nora.get(path, {"vue": "accords"}))
    assert "zoe@exemple.fr" in held and "Prénom" in held and "Accord retiré" not in held
    file = b"".join(nora.get(f"{path}?export=csv").streaming_content).decode()
    assert "thomas@" not in file and file.count("cst_") == 1
    assert "Retiré" not in file and file.count("Actif") == 1
    withdrawn = text_of(nora.get(path, {"vue": "retires"}))
    assert "Retiré" in withdrawn and "zoe@" not in withdrawn


@pytest.mark.usefixtures("thomas")
def test_their_page_says_when_it_ended_and_a_correction_adds_nothing(
    nora: TenantClient, marin: Tenant
) -> None:
    with enter(marin):
        unsubscribe()
        row = ReceivedParticipation.objects.get(profile__email="thomas@exemple.fr")
        person = people.person(public_id=row.public_id)
        assert not person.holds
        people.correct(public_id=row.public_id, values={"first_name": "Tom"})
        row.refresh_from_db()
        assert row.fields["first_name"] == "Thomas"
    page = text_of(nora.get(f"/operations/recues/personnes/{row.public_id}"))
    assert "Retiré le" in page


@pytest.mark.usefixtures("thomas")
def test_the_night_keeps_nothing_of_it(marin: Tenant) -> None:
    with enter(marin):
        unsubscribe()
        retention.forget(now=LATER)
        kept = ReceivedParticipation.objects.order_by("profile__email").values_list("fields")
        assert [bool(fields) for (fields,) in kept] == [False, True]


@pytest.mark.usefixtures("thomas")
def test_another_yes_after_that_is_counted_in_every_figure(
    module: OperationModule, partnership: Partnership, marin: Tenant
) -> None:
    """The major hears nothing of the end, so that to it the second yes is not the first."""
    OperationModule.objects.update(rule="times", times=3)
    with enter(marin):
        unsubscribe()
    for _time in range(2):
        take(module, boxes=frozenset({str(partnership.id)}), now=LATER)
    deliver()
    with enter(marin):
        operation = ReceivedOperation.objects.get()
        assert figures.total(operation=operation) == Figures(2, 2, 2)
        assert selectors.operations().get().optins == 2
        for lines in (figures.by_source, figures.by_module):
            assert sum(line.figures.optins for line in lines(operation=operation)) == 2
        days = figures.by_day(operation=operation, now=LATER)
        assert sum(day.figures.optins for day in days) == 2


def test_unsubscribed_again_after_another_yes_ends_that_yes_too() -> None:
    """A form without double opt-in takes the yes, and cannot reopen what was ended."""
    module = make_module(rule="times", times=2)
    take(module, boxes=frozenset({"own"}))
    unsubscribe()
    take(module, boxes=frozenset({"own"}), now=LATER)
    person = Profile.objects.get()
    assert consents.in_force(profile_id=person.id).count() == 1
    unsubscribe()
    assert not consents.in_force(profile_id=person.id).exists()
