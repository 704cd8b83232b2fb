"""The pages that take a file of customers in: choose, name, try out, take in, take back."""

import csv
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from kernel.ids import parse_public_id
from kernel.jobs import services as jobs
from kernel.jobs.models import Job
from tenants.features import Feature, switch
from tenants.loyalty import membership
from tenants.profiles.models import CustomerImport, Profile
from tests.pages.conftest import customer, new_key, text_of

TEXT = "E-mail;Prénom;Nom\nlea@exemple.fr;Léa;Marchand\nfaux;Zoé;=1+1\n"


def work(response) -> Job:
    """Do the work that a page led to, as a worker would."""
    assert response.status_code == 302, text_of(response)
    number = parse_public_id("job", response["Location"].rpartition("/")[2])
    job = Job.objects.get(id=number)
    for _step in range(100):
        if not job.is_open:
            break
        jobs.run_step(job_id=job.id, step=job.step, now=timezone.now())
        job.refresh_from_db()
    return job


def send(client, data: bytes | str, name="clients.csv"):
    content = data.encode() if isinstance(data, str) else data
    return client.post(
        "/clients/importer", {"key": new_key(), "file": SimpleUploadedFile(name, content)}
    )


def take_in(client, data: bytes | str, name="clients.csv") -> str:
    """From the file to the end of the import; the address of its page."""
    path = send(client, data, name)["Location"]
    page = client.get(path).content.decode()
    chosen = re.findall(r'<select[^>]*name="(column_\d+)".*?</select>', page, re.DOTALL)
    fields = {}
    for column in chosen:
        select = re.search(rf'name="{column}".*?</select>', page, re.DOTALL)[0]
        found = re.search(r'value="(\w*)" selected', select)
        fields[column] = found[1] if found else ""
    if 'name="bought" value="' in page and not re.search(r'name="bought"[^>]*checked', page):
        fields["bought"] = "no"
    assert work(client.post(path, fields)).state == "done"
    assert work(client.post(f"{path}/importer", {"whole": "good"})).state == "done"
    return path


def test_a_file_is_named_tried_out_taken_in_and_taken_back(claire, merchant):
    path = send(claire, TEXT)["Location"]
    text = text_of(claire.get(path))
    assert "clients.csv, 2 lignes" in text
    assert "lea@exemple.fr · faux" in text
    named = {"column_0": "email", "column_1": "first_name", "column_2": "last_name"}
    job = work(claire.post(path, {**named, "bought": "no"}))
    # No page between the work's end and what came of it.
    assert claire.get(f"/travaux/{job.public_id}")["Location"] == path
    part = claire.get(f"/travaux/{job.public_id}/etat", headers={"HX-Request": "true"})
    assert part["HX-Redirect"] == path
    text = text_of(claire.get(path))
    assert "1 nouveau client et 1 ligne refusée." in text
    assert "Rien n’a encore changé" in text
    assert "3 Zoé =1+1 E-mail « faux » : Écrivez une adresse complète" in text
    assert "Nom « =1+1 » : Cette cellule contient une formule." in text
    assert not Profile.objects.exists()

    answer = claire.post(f"{path}/importer", {"whole": "all"}, follow=True)
    assert "rien n’a été importé" in text_of(answer)
    assert not Profile.objects.exists()
    work(claire.post(f"{path}/importer", {"whole": "good"}))
    assert Profile.objects.get().name == "Léa Marchand"

    assert "Annuler cet import ?" in text_of(claire.get(f"{path}/annuler"))
    job = work(claire.post(f"{path}/annuler"))
    assert "1 fiche retirée." in text_of(claire.get(f"/travaux/{job.public_id}", follow=True))
    assert not Profile.objects.exists()
    assert "Cet import a été annulé" in text_of(claire.get(path))


def test_the_rejected_lines_come_as_a_file_to_mend(claire, merchant):
    """R39: what came in as a formula does not go out as one."""
    path = take_in(claire, TEXT)
    response = claire.get(f"{path}/lignes-refusees")
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "E-mail;Prénom;Nom;Ligne;Pourquoi"
    assert lines[1].startswith("faux;Zoé;'=1+1;3;")
    assert len(lines) == 2


def test_the_same_upload_twice_is_one_import(claire, merchant):
    key = new_key()
    answers = [
        claire.post(
            "/clients/importer",
            {"key": key, "file": SimpleUploadedFile("a.csv", b"email\na@b.fr\n")},
        )
        for _ in range(2)
    ]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert CustomerImport.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "n’a aucune ligne sous ses titres"),
        (b"%PDF-1.4 x", "ni un CSV ni un classeur Excel"),
        (b"\xd0\xcf\x11\xe0aaaa", "Enregistrez-le en .xlsx ou en CSV"),
        (b"PK\x03\x04aaaa", "abîmé ou protégé"),
        (b"email\n" + b"a@b.fr\n" * 200_001, "dépasse 200 000 lignes"),
        (b"x" * 21_000_000, "dépasse 20 Mo"),
        (b"x" * 26_000_000, "dépasse 20 Mo"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_what_to_do(claire, merchant, data, words):
    """R40, B4."""
    answer = send(claire, data)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not CustomerImport.objects.exists()


def test_a_wrong_encoding_is_seen_and_another_can_be_chosen(claire, merchant):
    data = "E-mail;Prénom\nlea@exemple.fr;Léa\n".encode("mac_roman")
    path = send(claire, data)["Location"]
    assert "Léa" not in text_of(claire.get(path))
    claire.post(f"{path}/encodage", {"encoding": "macroman"})
    assert "Léa" in text_of(claire.get(path))
    answer = claire.post(f"{path}/encodage", {"encoding": "utf-8"}, follow=True)
    assert "ne se lit pas avec cet encodage" in text_of(answer)


def test_columns_without_anybodys_name_are_refused(claire, merchant):
    path = send(claire, TEXT)["Location"]
    answer = claire.post(path, {"column_1": "first_name", "bought": "no"})
    assert answer.status_code == 422
    assert "Désignez au moins la colonne de l’e-mail" in text_of(answer)
    answer = claire.post(path, {"column_0": "balance"})
    assert answer.status_code == 422


def test_whether_they_bought_before_is_asked_where_no_column_tells_it(claire, merchant):
    """SP-22: without an answer nothing is tried out, and what was chosen stays."""
    path = send(claire, "E-mail\nlea@exemple.fr\nzoe@exemple.fr\n")["Location"]
    assert "Ces personnes ont-elles déjà acheté chez vous" in text_of(claire.get(path))
    answer = claire.post(path, {"column_0": "email"})
    assert answer.status_code == 422
    assert "aucune colonne du fichier ne donne de commande" in text_of(answer)
    assert 'value="email" selected' in answer.content.decode()
    work(claire.post(path, {"column_0": "email", "bought": "yes"}))
    assert "Toutes ces personnes sont comptées comme vos clients" in text_of(claire.get(path))
    # The answer can be another: the same file is tried out again.
    work(claire.post(f"{path}?colonnes", {"column_0": "email", "bought": "no"}))
    assert "personne n’a encore acheté chez vous" in text_of(claire.get(path))


def test_a_column_of_orders_answers_by_itself(claire, merchant):
    path = send(claire, "E-mail;Commandes\nlea@exemple.fr;2\nzoe@exemple.fr;0\n")["Location"]
    work(claire.post(path, {"column_0": "email", "column_1": "order_count"}))
    text = text_of(claire.get(path))
    assert "1 a déjà acheté" in text and "Prospects : 1." in text


def test_a_file_can_be_thrown_away(claire, merchant):
    path = send(claire, TEXT)["Location"]
    assert claire.post(f"{path}/jeter").status_code == 302
    assert claire.get(path).status_code == 404


def test_who_may_only_look_takes_nothing_in(claire, louis, merchant):
    path = send(claire, TEXT)["Location"]
    assert louis.get("/clients/importer").status_code == 403
    assert louis.get(path).status_code == 403
    assert louis.post(f"{path}/importer").status_code == 403


def exported(client, kind="csv", view="tous") -> list[dict[str, str]]:
    response = client.get(f"/clients?export={kind}&vue={view}")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def written(rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys(), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def test_what_was_exported_and_not_changed_changes_nothing(claire, story):
    """R39, and the way back: a guarded text is the text again."""
    customer("Zoé", "Petit", phone="+33 6 12 34 56 78", notes="=pas une formule", shop="-20 %")
    rows = exported(claire)
    assert next(r for r in rows if r["Prénom"] == "Zoé")["Notes"] == "'=pas une formule"
    path = send(claire, written(rows))["Location"]
    found = CustomerImport.objects.get(id=parse_public_id("imp", path.rpartition("/")[2]))
    mapping = {f"column_{number}": key for number, key in found.mapping.items()}
    work(claire.post(path, mapping))
    found.refresh_from_db()
    assert found.counts == {"new": 0, "updated": 0, "unchanged": 3, "rejected": 0}


def test_membership_in_bulk_by_export_and_import(claire, merchant):
    """SO-11, as its words say."""
    lea, zoe = customer("Léa", "Marchand"), customer("Zoé", "Petit")
    rows = exported(claire)
    for row in rows:
        assert row["Membre du programme de fidélité"] == "0"
        row["Membre du programme de fidélité"] = "1" if row["Prénom"] == "Léa" else "0"
    take_in(claire, written(rows))
    assert membership.members_among(profile_ids=[lea.id, zoe.id]) == {lea.id}
    assert [row["Prénom"] for row in exported(claire, view="membres")] == ["Léa"]


def test_a_workbook_goes_out_and_comes_back(claire, merchant):
    customer("Léa", "Marchand", phone="+33612345678")
    book = claire.get("/clients?export=xlsx").content
    take_in(claire, book, "clients.xlsx")
    assert CustomerImport.objects.get().counts["unchanged"] == 1


def test_loyaltys_column_is_there_where_loyalty_is_on(claire, merchant):
    """OF-07."""
    customer("Léa", "Marchand")
    switch(tenant_id=merchant.id, off=[Feature.LOYALTY])
    assert "Membre du programme de fidélité" not in exported(claire)[0]
    path = send(claire, "email;loyalty_member\nlea@exemple.fr;1\n")["Location"]
    assert claire.post(path, {"column_0": "email", "column_1": "loyalty_member"}).status_code == 422
