"""A partner who has not accepted the agreement: no box, no data, and the major is told (D1, D5)."""

import pytest
import time_machine

from operations import optins, partaking, running
from operations.errors import StaleFormError
from operations.fields import UnknownFieldsError
from operations.models import Operation, OperationModule, OperationState, Participation
from operations.sharing import describing
from operations.unshared import unshared
from partnerships.models import Partnership, Side, State
from partnerships.services.agreeing import end_partnership, say_policy
from tenants.models import Tenant
from tenants.profiles.models import Consent, Profile
from tests.fixtures.operations import NOW, sent, sign, take
from tests.fixtures.sharing import agree, shared_module
from tests.fixtures.tenants import TenantClient
from tests.operations.test_public_page import PAGE, seal_on, text_of

BOX = "J’accepte de recevoir les offres d’Atelier Marin par e-mail."
TYPED, OWN = "https://brulerie-noe.example/donnees", "https://marin.example/confidentialite"
SHOWN = "Atelier Marin par e-mail"  # after the name, which stands out


@pytest.fixture
def row(lumen: Tenant, other_merchant: Tenant) -> Partnership:
    return agree(lumen, other_merchant, state=State.PROPOSED)


@pytest.fixture
def module(row: Partnership) -> OperationModule:
    return shared_module(row, goes=("first_name",))


@pytest.fixture
def shopper(lumen: Tenant, module: OperationModule, clock: object) -> TenantClient:
    return TenantClient(lumen)


def accepted_by_both(row: Partnership) -> None:
    assert row.minor_id is not None
    sign(row, Side.MINOR, row.minor_id)
    Partnership.objects.filter(id=row.id).update(state=State.ACTIVE)


def test_its_box_is_shown_from_the_moment_when_both_have_accepted(
    shopper: TenantClient, row: Partnership
) -> None:
    """A yes given while nothing may be shared would be a promise to nobody."""
    page = text_of(shopper.get(PAGE))
    assert SHOWN not in page and "les offres de Maison Lumen" in page
    accepted_by_both(row)
    assert SHOWN in text_of(shopper.get(PAGE))


def test_what_becomes_of_data_names_it_once_it_may_receive_some(
    shopper: TenantClient, row: Partnership
) -> None:
    assert "Atelier Marin reçoit" not in text_of(shopper.get(f"{PAGE}/donnees"))
    accepted_by_both(row)
    assert "Atelier Marin reçoit" in text_of(shopper.get(f"{PAGE}/donnees"))


def test_a_box_that_was_not_offered_is_refused_and_nothing_is_kept(
    module: OperationModule, row: Partnership
) -> None:
    with pytest.raises(UnknownFieldsError):
        take(module, boxes=frozenset({str(row.id)}))
    assert not any(t._base_manager.exists() for t in (Participation, Profile, Consent))


def test_a_form_drawn_before_is_read_again_once_the_box_is_there(
    shopper: TenantClient, row: Partnership, clock: time_machine.Traveller
) -> None:
    """With every value kept; nobody said no to a box that they never saw."""
    seal = seal_on(shopper.get(PAGE))
    accepted_by_both(row)
    clock.shift(10)
    form = {"form": seal, "first_name": "Thomas", "email": "thomas@exemple.fr"}
    again = shopper.post(PAGE, form)
    assert again.status_code == StaleFormError.status
    assert SHOWN in text_of(again) and 'value="thomas@exemple.fr"' in again.content.decode()
    assert not Participation.objects.exists()


def test_a_test_and_the_preview_show_the_box_that_people_will_see(
    module: OperationModule, row: Partnership, merchant: Tenant
) -> None:
    """PA-12: a test asks nobody anything; it shows the whole form."""
    fresh = optins.as_if_agreed(OperationModule.objects.get(id=module.id))
    version = sent(fresh).version
    taken = take(module, test=True, version=version, boxes=frozenset({str(row.id)}))
    assert taken.participation.boxes == [str(row.id)]
    assert not Consent.objects.exists()


def test_the_partner_reads_what_people_will_be_asked_before_it_agrees(
    module: OperationModule, row: Partnership
) -> None:
    told = describing.description_of(operation=module.operation, partnership=row)
    [described] = told.values["modules"]
    assert described["asks_optin"] and described["optin_text"]["fr"] == BOX


def test_the_major_may_go_live_and_knows_what_is_not_shared(
    module: OperationModule, row: Partnership
) -> None:
    Operation.objects.update(state=OperationState.DRAFT)
    operation = Operation.objects.get()
    [held] = unshared(operation=operation)
    assert (held.name, held.i_accepted, held.they_accepted) == ("Atelier Marin", True, False)
    assert held.labels == ["prénom", "adresse e-mail"] and held.partnership == row.public_id
    running.go_live(operation_id=operation.id, now=NOW)
    accepted_by_both(row)
    assert unshared(operation=operation) == []


def test_of_a_partnership_that_is_over_there_is_nobody_to_remind(
    module: OperationModule, row: Partnership, lumen: Tenant
) -> None:
    accepted_by_both(row)
    end_partnership(partnership_id=row.id, tenant_id=lumen.id, now=NOW)
    [held] = unshared(operation=module.operation)
    assert held.is_over


def test_the_policy_that_the_partner_gives_stands_at_its_box_from_then_on(
    shopper: TenantClient,
    module: OperationModule,
    row: Partnership,
    other_merchant: Tenant,
    clock: time_machine.Traveller,
) -> None:
    """In place of what the organiser typed; a form that is open is read again, and the yes that
    was given before keeps what was read then."""
    accepted_by_both(row)
    before = optins.form_version(OperationModule.objects.get())
    assert TYPED in shopper.get(PAGE).content.decode()
    seal = seal_on(shopper.get(PAGE))
    take(module, boxes=frozenset({str(row.id)}))
    say_policy(tenant_id=other_merchant.id, policy_url=OWN)
    page = shopper.get(PAGE).content.decode()
    assert OWN in page and TYPED not in page
    told = shopper.get(f"{PAGE}/donnees").content.decode()
    assert OWN in told and TYPED not in told
    assert optins.form_version(OperationModule.objects.get()) != before
    clock.shift(10)
    form = {"form": seal, "first_name": "Thomas", "email": "thomas@exemple.fr"}
    assert shopper.post(PAGE, form).status_code == StaleFormError.status
    assert [c.policy_url for c in Consent.objects.exclude(controller_tenant_id=None)] == [TYPED]


def test_of_what_the_partner_gave_the_organiser_is_asked_no_more(
    module: OperationModule, row: Partnership, other_merchant: Tenant
) -> None:
    """Before the partner has accepted nothing is: it gives the address as it does."""
    Operation.objects.update(state=OperationState.DRAFT)
    module.partners.update(policy_url="")
    draft = Operation.objects.get()
    assert not any("politique" in one.text for one in running.problems(operation=draft, now=NOW))
    accepted_by_both(row)
    operation = Operation.objects.get()
    assert any("politique" in one.text for one in running.problems(operation=operation, now=NOW))
    say_policy(tenant_id=other_merchant.id, policy_url=OWN)
    assert not any(
        "politique" in one.text for one in running.problems(operation=operation, now=NOW)
    )
    [taking] = partaking.taking_part(operation=operation, language="fr")
    assert taking.policy_url == OWN
