"""A partner's form that was left open while somebody else took that partner's place (D1)."""

from typing import Any

import pytest

from operations.models import ModulePartner, OperationModule
from partnerships.models import Partnership
from tenants.context import enter
from tenants.models import Tenant
from tests.acceptance.brands import Brand, nora_opens
from tests.acceptance.conftest import Lumen, hidden_in, words
from tests.acceptance.test_parties import POLICY, Partnered
from tests.fixtures.sharing import agree

CHANGED = "Ce partenaire a changé depuis l’ouverture de cette page"


pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture
def partnered(lumen: Lumen) -> Partnered:
    """Brûlerie Noé is invited, and in no operation yet."""
    made = Partnered(lumen, Brand(lumen.tenant, "claire@maison-lumen.fr"))
    number = made.path.rpartition("/")[2]
    assert made.office.send(f"/partenaires/{number}/retirer").status_code == 302
    return made


def named(lumen: Lumen) -> list[str]:
    with enter(lumen.tenant):
        return list(ModulePartner.objects.values_list("name", flat=True))


def going(lumen: Lumen) -> list[str]:
    with enter(lumen.tenant):
        [module] = OperationModule.objects.all()
        return [row["name"] for row in module.fields if row["partners"]]


def number_of(partnered: Partnered) -> str:
    return partnered.path.rpartition("/")[2]


def ticked(partnered: Partnered, form: dict[str, Any]) -> dict[str, Any]:
    number = number_of(partnered)
    wanted = {"on": "on", "asks": "on", "policy_url": POLICY, "fields": ["email"]}
    return {**form, **{f"{number}-{name}": value for name, value in wanted.items()}}


def test_pa10_data_acquisition_that_showed_another_brand_is_read_again(
    partnered: Partnered, marins: Brand, lumen: Lumen
) -> None:
    """D1: Claire ticked Brûlerie Noé; she has said nothing of Atelier Marin."""
    office = partnered.office
    [module] = office.modules()
    form = ticked(partnered, office.acquisition(module))
    partnered.marin_joins(marins)
    answer = office.send(f"{module}/donnees", **{**form, "optin_fr": "Oui à Maison Lumen."})
    assert answer.status_code == 422 and named(lumen) == [] and going(lumen) == []
    page = answer.content.decode()
    assert CHANGED in words(page) and "Atelier Marin participe à ce module" in words(page)
    assert "Oui à Maison Lumen." in page and "Noé" not in words(page)
    # The page that answers shows who stands there, and may be sent.
    read = f"{number_of(partnered)}-read"
    again = office.send(f"{module}/donnees", **{**form, read: hidden_in(page, read)})
    assert again.status_code == 302
    assert (named(lumen), going(lumen)) == (["Atelier Marin"], ["email"])


def test_pa10_the_page_of_a_partner_that_showed_another_brand_is_read_again(
    partnered: Partnered, marins: Brand, lumen: Lumen
) -> None:
    office, path = partnered.office, f"/partenaires/{number_of(partnered)}"
    [module] = office.modules()
    page = office.client.get(f"{office.path}{path}").content.decode()
    form = {"modules": [module.rpartition("/")[2]], "asks": "on", "names": ["email"]}
    form |= {"policy_url": POLICY, "read": hidden_in(page, "read")}
    partnered.marin_joins(marins)
    answer = office.send(path, **form)
    assert answer.status_code == 422 and named(lumen) == []
    page = answer.content.decode()
    assert CHANGED in words(page) and "d’Atelier Marin" in words(page)
    assert office.send(path, **{**form, "read": hidden_in(page, "read")}).status_code == 302
    assert named(lumen) == ["Atelier Marin"]


def test_pa09_a_new_operation_names_no_partner_whom_its_page_did_not_show(
    partnered: Partnered, marins: Brand, lumen: Lumen
) -> None:
    client = partnered.office.client
    page = client.get("/operations/ajouter").content.decode()
    form = {"name": "Un hiver", "kind": "form", "partner": number_of(partnered)}
    form["shown"] = hidden_in(page, "shown")
    partnered.marin_joins(marins)
    answer = client.post("/operations/ajouter", form)
    assert answer.status_code == 422 and named(lumen) == []
    page = answer.content.decode()
    assert CHANGED in words(page) and "Atelier Marin" in words(page)
    again = client.post("/operations/ajouter", form | {"shown": hidden_in(page, "shown")})
    assert again.status_code == 302 and named(lumen) == ["Atelier Marin"]


def test_pa10_a_partner_called_otherwise_meanwhile_is_read_again(
    partnered: Partnered, lumen: Lumen
) -> None:
    """D2: the same brand, and the box would have borne a name that was not on the page."""
    nora = nora_opens(lumen)
    office = partnered.office
    [module] = office.modules()
    form = ticked(partnered, office.acquisition(module))
    settled = {"name": "Torréfaction Noé", "color": "#1F5C43", "policy_url": POLICY}
    assert nora.browser().post("/reglages/site", settled).status_code == 302
    answer = office.send(f"{module}/donnees", **form)
    assert answer.status_code == 422 and named(lumen) == []
    assert "Torréfaction Noé participe" in words(answer.content.decode())


def test_pa10_a_partner_whose_place_nobody_has_meanwhile_is_not_dropped_without_a_word(
    partnered: Partnered, marins: Brand, lumen: Lumen
) -> None:
    office = partnered.office
    [module] = office.modules()
    form = ticked(partnered, office.acquisition(module))
    done = partnered.lumens.browser().post(f"{partnered.path}/adresse", {"email": marins.owner})
    assert done.status_code == 302
    answer = office.send(f"{module}/donnees", **form)
    assert answer.status_code == 422 and named(lumen) == []
    assert "Un partenaire de cette page ne peut plus être choisi" in words(answer.content.decode())


def test_pa10_a_partner_who_came_after_the_page_was_opened_is_not_taken_out_by_it(
    partnered: Partnered, other_merchant: Tenant, lumen: Lumen
) -> None:
    """What the page did not show, it says nothing about."""
    office = partnered.office
    [module] = office.modules()
    form = office.acquisition(module)
    later = agree(lumen.tenant, other_merchant).public_id
    placed = {"modules": [module.rpartition("/")[2]], "asks": "on", "names": ["email"]}
    assert office.place(later, policy_url=POLICY, **placed).status_code == 302
    assert office.send(f"{module}/donnees", **form).status_code == 302
    assert (named(lumen), going(lumen)) == (["Atelier Marin"], ["email"])
    assert Partnership.objects.count() == 2
