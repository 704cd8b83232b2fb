"""Partners added at the same moment: by one form sent many times, by colleagues, by code."""

import uuid
from collections.abc import Callable, Iterator

import pytest

from accounts.models import Invitation, Role, User
from accounts.services import create_member
from kernel.errors import RicochetError
from partnerships.errors import AlreadyAskedError, AlreadyPartnersError
from partnerships.models import Partnership, State
from partnerships.services import codes, inviting
from partnerships.services.details import Details
from partnerships.services.proposing import propose_by_code
from tenants.models import Tenant
from tests.concurrency.conftest import Race
from tests.fixtures.programme import NOW

AT_ONCE = 4
NOE = Details(name="Brûlerie Noé", email="nora@brulerie-noe.fr")


@pytest.fixture(autouse=True)
def quick(offices: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Schemas that are made here go after it; and no waiting for even answers."""
    monkeypatch.setattr(inviting, "EVEN_SECONDS", 0)


@pytest.fixture
def claire(lumen: Tenant) -> Iterator[User]:
    yield create_member(
        email="claire@maison-lumen.fr",
        first_name="Claire",
        last_name="Aubanel",
        password=None,
        tenant_id=lumen.id,
        role=Role.OWNER,
        now=NOW,
    ).user
    Tenant.objects.filter(partner_only=True).delete()


def adding(lumen: Tenant, claire: User, key: uuid.UUID) -> Callable[[], Partnership]:
    return lambda: inviting.invite_by_details(
        major=lumen, details=NOE, key=key, asked_by=claire, now=NOW
    )


def test_one_form_sent_at_once_makes_one_back_office(
    lumen: Tenant, claire: User, race: Race
) -> None:
    """R3: every answer names the same partnership; one back office, one invitation."""
    key = uuid.uuid4()
    rows = race([adding(lumen, claire, key) for _ in range(AT_ONCE)])
    assert {row.id for row in rows} == {Partnership.objects.get().id}
    assert Partnership.objects.get().state == State.PROPOSED
    assert Tenant.objects.filter(partner_only=True).count() == 1
    assert Invitation.objects.count() == 1


def test_of_colleagues_who_name_the_same_contact_one_adds_it(
    lumen: Tenant, claire: User, race: Race
) -> None:
    answers = race([adding(lumen, claire, uuid.uuid4()) for _ in range(3)])
    refused = [one for one in answers if isinstance(one, RicochetError)]
    assert [type(one) for one in refused] == [AlreadyAskedError] * 2
    assert Tenant.objects.filter(partner_only=True).count() == 1
    assert Invitation.objects.count() == 1


def test_of_proposals_by_one_code_at_once_one_is_made(
    lumen: Tenant, claire: User, race: Race, make_live_merchant: Callable[[str], Tenant]
) -> None:
    marin = make_live_merchant("live-marin")
    typed = codes.code_of(tenant=marin, now=NOW).shown

    def ask() -> Partnership:
        return propose_by_code(major=lumen, typed=typed, key=uuid.uuid4(), asked_by=claire, now=NOW)

    answers = race([ask] * AT_ONCE)
    refused = [one for one in answers if isinstance(one, RicochetError)]
    assert [type(one) for one in refused] == [AlreadyPartnersError] * (AT_ONCE - 1)
    assert Partnership.objects.count() == 1
