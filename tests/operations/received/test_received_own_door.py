"""A yes that ends at the guest brand's own door: what follows is the same as by the other (D4)."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings

from operations import withdrawing
from operations.models import OperationModule, ReceivedParticipation
from partnerships.models import Partnership
from tenants import lookup
from tenants.context import enter
from tenants.messaging.links import Purpose, token_for
from tenants.messaging.models import Email
from tenants.messaging.services import queue
from tenants.models import Tenant
from tenants.profiles.models import Consent, Profile
from tests.fixtures.operations import NOW, take
from tests.fixtures.sharing import deliver
from tests.fixtures.tenants import TenantClient
from tests.messaging.samples import SAMPLES
from tests.operations.received.conftest import LIST, path_of
from tests.pages.conftest import text_of

pytestmark = pytest.mark.usefixtures("thomas", "nora")

KIND = "referrer_reminder"


@pytest.fixture
def marin(other_merchant: Tenant) -> Iterator[Tenant]:
    hosts = [f"{other_merchant.slug}.{settings.PLATFORM_DOMAIN}"]
    lookup.forget_hosts(hosts)
    yield other_merchant
    lookup.forget_hosts(hosts)


def by_its_own_email(marin: Tenant) -> None:
    """Thomas presses the button at the end of what Marin sent him."""
    with enter(marin):
        queue(
            kind=KIND,
            to="thomas@exemple.fr",
            key="thomas",
            context=SAMPLES.get(KIND, {}),
            profile=Profile.objects.get(email="thomas@exemple.fr"),
            now=NOW,
        )
        email = Email.objects.get(kind=KIND)
        path = f"/desabonnement/{token_for(purpose=Purpose.UNSUBSCRIBE, row_id=email.id)}"
    answer = TenantClient(marin).post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code in (200, 302)


def by_its_own_operation(marin: Tenant) -> None:
    """He takes part in one of Marin's own, and takes that yes back."""
    with enter(marin):
        consent = Consent.objects.get(profile__email="thomas@exemple.fr")
        withdrawing.withdraw(consent=consent, how="link", now=NOW)


def at_the_organiser(_marin: Tenant) -> None:
    consent = Consent.objects.exclude(controller_tenant_id=None).get()
    withdrawing.withdraw(consent=consent, how="link", now=NOW)
    deliver()


DOORS = [by_its_own_email, by_its_own_operation, at_the_organiser]


def letters(marin: Tenant) -> list[Email]:
    with enter(marin):
        deliver()
        deliver()
        return list(Email.objects.filter(kind="partner_left"))


@pytest.mark.parametrize("leave", DOORS, ids=lambda door: door.__name__)
def test_d4_what_came_with_the_yes_goes_and_the_owners_are_told_once(
    marin: Tenant,
    nora: TenantClient,
    clock: time_machine.Traveller,
    leave: Callable[[Tenant], None],
) -> None:
    path = path_of(marin)
    leave(marin)
    assert letters(marin) == []
    with enter(marin):
        person = Profile.objects.get()
        assert (person.first_name, person.last_name, person.phone) == ("", "", "")
        assert person.email == "thomas@exemple.fr" and person.unsubscribed_at is not None
        row = ReceivedParticipation.objects.get(proof__isnull=False)
        assert row.fields == {} and row.withdrawn_at is not None
    for where in (f"{LIST}?vue=retirees", path):
        page = text_of(nora.get(where))
        assert "thomas@exemple.fr" in page and "Thômas" not in page, where
    clock.move_to(NOW + timedelta(days=2))
    [email] = letters(marin)
    assert email.to == "nora@marin.fr" and email.subject.endswith("de vos listes\u00a0: 1")


@pytest.mark.parametrize("doors", [DOORS, DOORS[::-1]], ids=["ours first", "theirs first"])
def test_d4_whoever_leaves_by_every_door_is_told_of_once(
    marin: Tenant, clock: time_machine.Traveller, doors: list[Callable[[Tenant], None]]
) -> None:
    for leave in doors:
        leave(marin)
        assert letters(marin) == []
    for days in (2, 3):
        clock.move_to(NOW + timedelta(days=days))
        assert len(letters(marin)) == 1


def test_another_yes_since_is_left_alone(
    marin: Tenant, module: OperationModule, partnership: Partnership
) -> None:
    """The event of the end is late, or comes twice: what was agreed to afterwards stays."""
    OperationModule.objects.update(rule="times", times=3)
    by_its_own_email(marin)
    fields = {"first_name": "Tom", "email": "thomas@exemple.fr"}
    later = NOW + timedelta(hours=1)
    take(module, fields=fields, boxes=frozenset({str(partnership.id)}), now=later)
    deliver()
    letters(marin)
    with enter(marin):
        rows = ReceivedParticipation.objects.filter(proof__isnull=False).order_by("id")
        assert [bool(row.fields) for row in rows] == [False, True]
        assert Profile.objects.get().first_name == "Thômas"
