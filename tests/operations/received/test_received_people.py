"""A person asks the minor: found, corrected, given their data, erased; the major keeps its own."""

import io
import json
import zipfile
from datetime import timedelta

import pytest

from operations import withdrawing
from operations.models import OperationModule, Participation, ReceivedParticipation, Share
from operations.received import figures
from partnerships.models import Partnership
from tenants.context import enter
from tenants.models import Tenant
from tenants.profiles import consents
from tenants.profiles.models import Consent, Profile
from tenants.profiles.services import Identity, find_or_create
from tests.fixtures.operations import NOW, make_operation, take
from tests.fixtures.sharing import deliver, shared_module
from tests.fixtures.tenants import TenantClient
from tests.operations.received.conftest import LIST, path_of
from tests.pages.conftest import text_of


@pytest.mark.usefixtures("thomas")
@pytest.mark.parametrize("typed", ["thomas@exemple.fr", "THOMAS", "exemple.fr thomas"])
def test_somebody_is_found_by_what_they_write_and_nobody_else_is(
    nora: TenantClient, typed: str
) -> None:
    page = text_of(nora.get(LIST, {"q": typed}))
    assert "Thômas" in page and "thomas@exemple.fr" in page
    assert "Guérin" not in page
    assert "Zoé" not in text_of(nora.get(LIST))
    assert "zoe@" not in text_of(nora.get(LIST, {"q": "zoe"}))


def test_whoever_gave_no_name_is_called_by_an_address_that_stands_there_once(
    nora: TenantClient, partnership: Partnership, marin: Tenant
) -> None:
    fields = {"email": "zoe@exemple.fr"}
    take(shared_module(partnership), fields=fields, boxes=frozenset({str(partnership.id)}))
    deliver()
    page = nora.get(LIST).content.decode()
    assert "zoe@exemple.fr</span>" in page and "<small>zoe@exemple.fr</small>" not in page
    assert "zoe@exemple.fr" in text_of(nora.get(path_of(marin)))


@pytest.mark.usefixtures("thomas")
def test_their_page_says_what_is_known_and_by_which_yes(nora: TenantClient, marin: Tenant) -> None:
    """D2: the words that they read, when, and the proof's number."""
    page = text_of(nora.get(path_of(marin)))
    assert "Prénom Thômas" in page and "Adresse e-mail thomas@exemple.fr" in page
    assert "J’accepte de recevoir les offres d’Atelier Marin par e-mail." in page
    assert "preuve cst_" in page and "Un automne à la maison" in page
    assert "Guérin" not in page
    assert ("Ouvrir sa fiche client" in page) is not marin.partner_only


@pytest.mark.usefixtures("thomas")
def test_a_correction_reaches_the_record_the_answers_and_the_export(
    nora: TenantClient, marin: Tenant, lumen: Tenant
) -> None:
    """What was not asked for Marin is not taken, even when it is sent (D3, R26)."""
    path = path_of(marin)
    form = {"first_name": "Tom", "email": "Tom@exemple.fr", "last_name": "Volé", "phone": "0600"}
    assert nora.post(f"{path}/corriger", form).status_code == 302
    with enter(marin):
        person = Profile.objects.get()
        assert (person.first_name, person.email) == ("Tom", "Tom@exemple.fr")
        assert (person.last_name, person.phone) == ("", "")
        row = ReceivedParticipation.objects.get(proof__isnull=False)
        assert row.fields == {"first_name": "Tom", "email": "Tom@exemple.fr"}
        consent = consents.in_force(profile_id=person.id).get()
        operation = row.operation.public_id
    assert consent.text.endswith("par e-mail.")
    file = b"".join(
        nora.get(f"/operations/recues/{operation}/donnees?export=csv").streaming_content
    )
    assert "Tom@exemple.fr" in file.decode() and "thomas@" not in file.decode()
    # The major's own participation is what the person told the major.
    assert Participation.objects.order_by("id")[0].fields["email"] == "thomas@exemple.fr"
    assert Profile.objects.filter(email="thomas@exemple.fr").exists()


@pytest.mark.usefixtures("thomas")
@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"first_name": "Tom", "email": ""}, "Indiquez une adresse e-mail"),
        ({"first_name": "Tom", "email": "tom"}, "adresse"),
        ({"first_name": "www.exemple.fr", "email": "tom@exemple.fr"}, "adresse web"),
        ({"first_name": "Tom", "email": "deja@exemple.fr"}, "a déjà cette adresse"),
    ],
)
def test_a_correction_that_cannot_be_is_said_and_changes_nothing(
    nora: TenantClient, marin: Tenant, form: dict[str, str], said: str
) -> None:
    with enter(marin):
        find_or_create(identity=Identity(email="deja@exemple.fr"), source="api", now=NOW)
        before = list(ReceivedParticipation.objects.order_by("id").values("fields"))
    answer = nora.post(f"{path_of(marin)}/corriger", form)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert f'value="{form["first_name"]}"' in answer.content.decode()
    with enter(marin):
        assert list(ReceivedParticipation.objects.order_by("id").values("fields")) == before
        assert Profile.objects.filter(email="thomas@exemple.fr", first_name="Thômas").exists()


@pytest.mark.usefixtures("thomas")
def test_what_was_taken_back_stays_blank_under_a_correction(
    nora: TenantClient, marin: Tenant
) -> None:
    withdrawing.withdraw(consent=Consent.objects.get(), how="link", now=NOW)
    deliver()
    path = path_of(marin)
    nora.post(f"{path}/corriger", {"first_name": "Tom", "email": "tom@exemple.fr"})
    with enter(marin):
        assert Profile.objects.get().email == "tom@exemple.fr"
        assert ReceivedParticipation.objects.get(proof__isnull=False).fields == {}
    assert "Retiré" in text_of(nora.get(path))


@pytest.mark.usefixtures("thomas")
def test_their_data_are_one_file_with_nothing_of_anybody_else(
    nora: TenantClient, marin: Tenant
) -> None:
    answer = nora.get(f"{path_of(marin)}/donnees")
    assert answer["Content-Type"] == "application/zip" and answer["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        whole = json.loads(file.read("donnees.json"))
    [row] = whole["participations-recues"]
    assert row["fields"] == {"first_name": "Thômas", "email": "thomas@exemple.fr"}
    assert whole["accords"][0]["text"].endswith("par e-mail.")
    assert "Guérin" not in json.dumps(whole, ensure_ascii=False)
    assert "zoe@" not in json.dumps(whole)


@pytest.mark.usefixtures("thomas")
def test_erased_here_they_are_gone_counted_and_not_added_again(
    nora: TenantClient, marin: Tenant, lumen: Tenant, partnership: Partnership
) -> None:
    """D4: asked first, the word typed; the major's own record is the major's to erase."""
    path = path_of(marin)
    wrong = nora.post(f"{path}/effacer", {"confirm": "oui"})
    assert wrong.status_code == 422 and "Écrivez « effacer »" in text_of(wrong)
    with enter(marin):
        assert Profile.objects.get().erased_at is None
    assert "Rien ne change pour Maison Lumen" in text_of(nora.get(f"{path}/effacer"))
    for _twice in range(2):
        done = nora.post(f"{path}/effacer", {"confirm": "Effacer"})
        assert done.status_code == 302 and done["Location"] == LIST
    assert nora.get(path).status_code == 404
    assert "thomas@" not in nora.get(LIST).content.decode()
    with enter(marin):
        person = Profile.objects.get()
        assert (person.email, person.first_name) == ("", "") and person.erased_at is not None
        row = ReceivedParticipation.objects.get(proof__isnull=False)
        assert row.fields == {} and not consents.in_force(profile_id=person.id).exists()
        assert figures.total(operation=row.operation).participants == 2
        operation = row.operation.public_id
    ended = nora.get(f"/operations/recues/{operation}/donnees", {"vue": "retires"})
    assert "Effacé" in text_of(ended)
    assert Profile.objects.filter(email="thomas@exemple.fr", erased_at=None).exists()
    # Sent once more (a mend), nobody comes back.
    Share.objects.update(state="pending")
    deliver()
    with enter(marin):
        assert not Profile.objects.filter(email="thomas@exemple.fr").exists()


def test_several_operations_are_one_person(
    nora: TenantClient, module: OperationModule, partnership: Partnership, marin: Tenant
) -> None:
    boxes = frozenset({str(partnership.id)})
    take(module, fields={"first_name": "Thomas", "email": "thomas@exemple.fr"}, boxes=boxes)
    winter = make_operation(slug="hiver", name="Hiver (copie)", title={"fr": "Un hiver"})
    second = shared_module(partnership, operation=winter)
    later = NOW + timedelta(hours=1)
    take(second, fields={"email": "thomas@exemple.fr"}, boxes=boxes, now=later)
    deliver()
    page = text_of(nora.get(path_of(marin)))
    assert "Un automne à la maison" in page and "Un hiver" in page
    assert "(copie)" not in page  # what the other brand calls it among themselves
    assert nora.get(f"{LIST}/rcp_{'0' * 26}").status_code == 404
