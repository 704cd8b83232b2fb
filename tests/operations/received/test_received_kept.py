"""What a minor received stays in its sight, and what came without an address has its end."""

import io
import json
import zipfile
from datetime import timedelta

import pytest

from operations import partaking, retention
from operations.models import OperationModule, ReceivedParticipation
from operations.received import figures, people, selectors
from operations.telling import changed
from partnerships.models import Partnership
from tenants.context import enter
from tenants.models import Tenant
from tenants.programme.dates import months_after
from tests.fixtures.operations import NOW, add_partner, make_module, make_operation, take
from tests.fixtures.sharing import deliver
from tests.fixtures.tenants import TenantClient
from tests.operations.received.conftest import path_of
from tests.pages.conftest import text_of


@pytest.fixture
def alone(lumen: Tenant, partnership: Partnership) -> None:
    """Of Thomas only a town went to Marin, as it could before an address went with everything:
    there is no record of him there.
    """
    made = make_module(
        make_operation(slug="une-ville", name="Une ville"),
        fields=[
            {"name": "email", "required": True, "partners": []},
            {"name": "city", "required": False, "partners": [str(partnership.id)]},
            {"name": "birth_date", "required": False, "partners": [str(partnership.id)]},
        ],
    )
    add_partner(
        made,
        partnership_id=partnership.id,
        partner_tenant_id=partnership.minor_id,
        name="Atelier Marin",
    )
    fields = {"email": "thomas@exemple.fr", "city": "Lyon", "birth_date": "17/04/1990"}
    take(made, fields=fields, boxes=frozenset({str(partnership.id)}))
    deliver()
    assert partnership.minor is not None
    with enter(partnership.minor):
        ReceivedParticipation.objects.update(
            profile=None, consent=None, fields={"city": "Lyon", "birth_date": "1990-04-17"}
        )


@pytest.mark.usefixtures("alone")
def test_d6_who_left_no_address_is_forgotten_three_years_after_they_came(marin: Tenant) -> None:
    with enter(marin):
        came = ReceivedParticipation.objects.get().received_at
        assert retention.forget(now=months_after(came, 36) - timedelta(minutes=1)) == 0
        assert ReceivedParticipation.objects.get().fields["city"] == "Lyon"
        retention.forget(now=months_after(came, 36) + timedelta(minutes=1))
        row = ReceivedParticipation.objects.get()
        assert row.fields == {} and not people.people().exists()
        assert figures.total(operation=row.operation).participants == 1


@pytest.mark.usefixtures("alone")
def test_who_left_no_address_is_corrected_handed_out_and_erased_as_well(
    nora: TenantClient, marin: Tenant
) -> None:
    path = path_of(marin)
    assert "Ville Lyon" in text_of(nora.get(path))
    bad = nora.post(f"{path}/corriger", {"city": "Nice", "birth_date": "hier"})
    assert bad.status_code == 422
    assert nora.post(f"{path}/corriger", {"city": "Nice", "birth_date": ""}).status_code == 302
    with enter(marin):
        assert ReceivedParticipation.objects.get().fields == {"city": "Nice"}
    with zipfile.ZipFile(io.BytesIO(nora.get(f"{path}/donnees").content)) as file:
        [told] = json.loads(file.read("donnees.json"))["participations"]
    assert told["fields"] == {"city": "Nice"} and told["brand"] == "Maison Lumen"
    assert nora.post(f"{path}/effacer", {"confirm": "effacer"}).status_code == 302
    with enter(marin):
        assert ReceivedParticipation.objects.get().fields == {}
        assert not people.people().exists()
    assert nora.get(path).status_code == 404


@pytest.mark.usefixtures("thomas")
@pytest.mark.parametrize("what", ["the partner", "a field"])
def test_d3_what_was_delivered_is_shown_after_nothing_more_is_asked_for_us(
    nora: TenantClient, marin: Tenant, module: OperationModule, partnership: Partnership, what: str
) -> None:
    """The list, its export, the page of a person and their correction, as the agreement says."""
    if what == "the partner":
        partaking.take_out(operation_id=module.operation_id, partnership_id=partnership.id, now=NOW)
    else:
        partaking.give(module, partnership.id, ["email"])
        changed(operation_id=module.operation_id, now=NOW)
    deliver()
    with enter(marin):
        operation = ReceivedParticipation.objects.exclude(proof=None).get().operation
        held = selectors.asked(operation, language="fr")
        assert list(held) == ([] if what == "the partner" else ["email"])
    data = f"/operations/recues/{operation.public_id}/donnees"
    assert "Prénom" in text_of(nora.get(data)) and "Thômas" in text_of(nora.get(data))
    file = b"".join(nora.get(f"{data}?export=csv").streaming_content).decode()
    assert "Thômas" in file and "thomas@exemple.fr" in file
    path = path_of(marin)
    assert "Prénom Thômas" in text_of(nora.get(path))
    form = {"first_name": "Tom", "email": "thomas@exemple.fr"}
    assert nora.post(f"{path}/corriger", form).status_code == 302
    with enter(marin):
        assert ReceivedParticipation.objects.exclude(proof=None).get().fields == form
