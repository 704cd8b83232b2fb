"""PA-10: who takes part in an operation, from the partner's page to every module."""

import re
from datetime import timedelta
from typing import Any

import pytest

from operations.models import ModulePartner, Operation, OperationModule
from partnerships.models import Partnership, State
from tenants.models import Tenant
from tests.acceptance.conftest import Lumen
from tests.acceptance.test_operations import POLICY, PUBLIC, Office
from tests.fixtures.sharing import agree
from tests.fixtures.tenants import TenantClient


@pytest.fixture
def office(lumen: Lumen) -> Office:
    return Office(lumen)


@pytest.fixture
def marin(lumen: Lumen, other_merchant: Tenant) -> str:
    """Atelier Marin is a partner; the outside id of the partnership."""
    return agree(lumen.tenant, other_merchant).public_id


def partners(module: OperationModule) -> list[str]:
    return list(module.partners.values_list("name", flat=True))


def going(module: OperationModule) -> dict[str, int]:
    """How many partners each field of a module goes to."""
    fields: list[dict[str, Any]] = OperationModule.objects.get(id=module.id).fields
    return {row["name"]: len(row["partners"]) for row in fields}


def test_pa10_an_operation_begun_from_the_partners_page_has_them_in_every_module(
    lumen: Lumen, office: Office, marin: str
) -> None:
    page = office.client.get(f"/partenariats/{marin}").content.decode()
    assert "Créer une opération avec lui" in page
    [way] = set(re.findall(r'href="(/operations/ajouter\?partenaire=[^"]+)"', page))
    form = office.client.get(way).content.decode()
    assert f'<option value="{marin}" selected' in form
    office.create(partner=marin, policy_url=POLICY)
    [module] = OperationModule.objects.all()
    assert partners(module) == ["Atelier Marin"]
    assert going(module) == {"first_name": 1, "email": 1}
    # What is added later is theirs as well, and is said.
    assert office.send("/modules/ajouter", kind="instant_win").status_code == 302
    second = OperationModule.objects.get(kind="instant_win")
    assert partners(second) == ["Atelier Marin"]
    assert going(second) == {"first_name": 1, "email": 1}
    told = office.read("/partenaires")
    assert "Atelier Marin" in told and "Participe aux 2 modules" in told and "Actif" in told
    assert "J’accepte de recevoir les offres d’Atelier Marin par e-mail." in told
    assert "Prénom et adresse e-mail" in told


def test_whoever_changes_the_only_module_keeps_its_partner(
    lumen: Lumen, office: Office, marin: str
) -> None:
    office.create(partner=marin, policy_url=POLICY)
    [path] = office.modules()
    assert office.send(f"{path}/retirer").status_code == 302
    assert office.send("/modules/ajouter", kind="quiz").status_code == 302
    assert partners(OperationModule.objects.get(kind="quiz")) == ["Atelier Marin"]


def test_pa10_a_partner_is_added_to_the_modules_that_are_ticked(
    lumen: Lumen, office: Office, marin: str
) -> None:
    office.create()
    office.send("/modules/ajouter", kind="instant_win")
    form, win = OperationModule.objects.order_by("position")
    assert "Personne d’autre ne participe" in office.read("/partenaires")
    # Nothing ticked: told, and nobody is in.
    assert office.place(marin, asks="on", policy_url=POLICY).status_code == 422
    assert not ModulePartner.objects.exists()
    sent = {"asks": "on", "policy_url": POLICY, "names": ["email"]}
    assert office.place(marin, modules=[win.public_id], **sent).status_code == 302
    assert (partners(form), partners(win)) == ([], ["Atelier Marin"])
    assert going(win) == {"first_name": 0, "email": 1}
    told = office.read("/partenaires")
    assert "Participe à 1 module sur 2" in told
    both = [form.public_id, win.public_id]
    assert office.place(marin, modules=both, **sent).status_code == 302
    assert (partners(form), partners(win)) == (["Atelier Marin"], ["Atelier Marin"])


def test_what_one_module_gave_alone_stays_its_own(lumen: Lumen, office: Office, marin: str) -> None:
    """Saving the page as it stands sends nothing more than before."""
    office.create(partner=marin, policy_url=POLICY)
    office.send("/modules/ajouter", kind="form")
    first, second = OperationModule.objects.order_by("position")
    number = str(Partnership.objects.get().id)
    phone = {"name": "phone", "required": False}
    for module, to in ((first, [number]), (second, [])):
        module.fields = [*module.fields, {**phone, "partners": to}]
        module.save()
    sent = {"asks": "on", "policy_url": POLICY, "names": ["first_name", "email", "phone"]}
    both = [first.public_id, second.public_id]
    assert office.place(marin, modules=both, **sent).status_code == 302
    assert going(first)["phone"] == 1 and going(second)["phone"] == 0
    sent["names"] = ["email"]
    assert office.place(marin, modules=both, **sent).status_code == 302
    assert going(first) == {"first_name": 0, "email": 1, "phone": 0}


def test_a_live_operation_takes_no_partner_whose_policy_cannot_be_read(
    lumen: Lumen, office: Office, marin: str
) -> None:
    """D1: nobody is asked for a yes to a brand without a link to its policy."""
    office.create()
    [module] = OperationModule.objects.all()
    assert office.send("/en-ligne").status_code == 302
    form = {"modules": [module.public_id], "asks": "on", "names": ["email"]}
    answer = office.place(marin, **form)
    assert answer.status_code == 422
    assert "Indiquez où lire la politique de confidentialité" in answer.content.decode()
    assert not ModulePartner.objects.exists() and going(module)["email"] == 0
    assert office.place(marin, **form, policy_url=POLICY).status_code == 302
    page = TenantClient(lumen.tenant).get(PUBLIC).content.decode()
    assert "<b>Atelier Marin</b>" in page and f'href="{POLICY}"' in page


def test_a_partner_who_is_taken_out_is_asked_for_no_more(
    lumen: Lumen, office: Office, marin: str
) -> None:
    office.create(partner=marin, policy_url=POLICY)
    assert office.send("/en-ligne").status_code == 302
    [module] = OperationModule.objects.all()
    assert office.send(f"/partenaires/{marin}/retirer").status_code == 302
    assert partners(module) == [] and going(module) == {"first_name": 0, "email": 0}
    assert "Atelier Marin" not in TenantClient(lumen.tenant).get(PUBLIC).content.decode()
    assert Partnership.objects.get().state == State.ACTIVE
    # Twice is once: there is nobody to take out.
    assert office.send(f"/partenaires/{marin}/retirer").status_code == 404


def test_another_merchants_partner_cannot_be_named(
    lumen: Lumen, office: Office, other_merchant: Tenant
) -> None:
    """R23: a partnership in which Maison Lumen is the minor is not one to invite into its own."""
    theirs = agree(other_merchant, lumen.tenant).public_id
    office.create()
    assert office.send(f"/partenaires/{theirs}", modules="x").status_code == 404
    answer = office.client.post(
        "/operations/ajouter", {"name": "Deux", "kind": "form", "partner": theirs}
    )
    # There is nobody to choose, so that the field is not read.
    assert answer.status_code == 302 and not ModulePartner.objects.exists()
    assert Operation.objects.count() == 2


def test_what_going_live_needs_says_so(lumen: Lumen, office: Office, marin: str) -> None:
    form = lumen.page("/operations/ajouter", office.client)
    assert form.count("Nécessaire pour mettre en ligne") == 2
    office.create(partner=marin, starts_at="", ends_at="")
    told = office.read()
    assert "Choisissez le début et la fin." in told
    assert "Indiquez où lire la politique de confidentialité d’Atelier Marin." in told
    page = office.client.get(office.path).content.decode()
    # The way to what is missing ends at the very field.
    field = re.search(rf'href="({office.path}/partenaires/{marin})#(id_policy_url)"', page)
    assert field
    assert f'id="{field[2]}"' in office.client.get(field[1]).content.decode()


def test_participants_that_differ_from_one_brand_to_the_other_are_explained(
    lumen: Lumen, office: Office, marin: str
) -> None:
    """The figures have their definitions at hand, and say why they do not add up."""
    office.create()
    office.send("/modules/ajouter", kind="form")
    _first, second = OperationModule.objects.order_by("position")
    sent = {"asks": "on", "policy_url": POLICY, "names": ["email"]}
    office.place(marin, modules=[second.public_id], **sent)
    assert office.send("/en-ligne").status_code == 302
    shopper = TenantClient(lumen.tenant)
    [seal, _other] = re.findall(
        r'name="form" value="([^"]+)"', shopper.get(PUBLIC).content.decode()
    )
    lumen.clock.shift(timedelta(seconds=20))
    form = {"form": seal, "first_name": "Zoé", "email": "zoe@exemple.fr"}
    assert shopper.post(PUBLIC, form).status_code == 302
    told = office.read("/resultats")
    assert "Participants : 1 chez vous, 0 chez Atelier Marin, qui est dans 1 module sur 2" in told
    assert "Ce que compte chaque chiffre" in told
    assert "ce chiffre peut dépasser les accords" in told
