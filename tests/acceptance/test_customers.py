"""The customers a merchant brings along, and what a record tells of one (issue: customers)."""

import csv
import io
import re

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.acceptance.conftest import Lumen, hidden_in, words


def take_in(lumen: Lumen, data: str, name: str = "clients.csv", bought: str = "") -> str:
    """Import a file as its pages lead one; what the end of the work says."""
    client = lumen.office()
    page = client.get("/clients/importer").content.decode()
    file = SimpleUploadedFile(name, data.encode())
    path = client.post("/clients/importer", {"key": hidden_in(page, "key"), "file": file})[
        "Location"
    ]
    columns = client.get(path).content.decode()
    chosen = {
        name: found[1] if (found := re.search(r'value="(\w+)" selected', select)) else ""
        for name, select in re.findall(
            r'<select[^>]*name="(column_\d+)"(.*?)</select>', columns, re.DOTALL
        )
    }
    if bought:
        chosen["bought"] = bought
    assert client.post(path, chosen)["Location"].startswith("/travaux/job_")
    lumen.later(seconds=1)
    assert "Rien n’a encore changé" in words(client.get(path).content.decode())
    job = client.post(f"{path}/importer", {"whole": "good"})["Location"]
    lumen.later(seconds=1)
    return words(client.get(job, follow=True).content.decode())


def exported(lumen: Lumen) -> list[dict[str, str]]:
    """The list of customers as its CSV file."""
    answer = lumen.office().get("/clients?export=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def written(rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys(), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def test_sp22_past_buyers_of_the_uploaded_history_are_known_and_cannot_be_referred(
    lumen: Lumen, camille: str
) -> None:
    """SP-22: the customer history is uploaded so that past buyers are known."""
    ended = take_in(
        lumen,
        "Adresse e-mail;Nombre de commandes;Dernière commande\n"
        "ancienne@exemple.fr;3;12/05/2024\ninscrite@exemple.fr;0;\n",
    )
    assert "2 nouveaux clients" in ended
    code = lumen.code_of(camille)
    known = lumen.order("H-1", "ancienne@exemple.fr", referral_code=code)
    assert known["rewards"] == []
    new = lumen.order("H-2", "inscrite@exemple.fr", referral_code=code)
    assert {reward["side"] for reward in new["rewards"]} == {"referrer", "referee"}
    record = lumen.page(lumen.record("ancienne@exemple.fr"))
    assert "déjà client" in record
    assert "12 mai 2024" in record


def test_sp22_who_bought_before_is_asked_of_a_file_without_orders(
    lumen: Lumen, camille: str
) -> None:
    """SP-22: without a column of orders, the answer makes past buyers or prospects of them."""
    assert "1 nouveau client" in take_in(lumen, "E-mail\nfidele@exemple.fr\n", bought="yes")
    take_in(lumen, "E-mail\ncurieuse@exemple.fr\n", bought="no")
    code = lumen.code_of(camille)
    assert lumen.order("H-1", "fidele@exemple.fr", referral_code=code)["rewards"] == []
    new = lumen.order("H-2", "curieuse@exemple.fr", referral_code=code)
    assert {reward["side"] for reward in new["rewards"]} == {"referrer", "referee"}


def test_so11_membership_is_switched_on_for_many_by_export_and_import(
    lumen: Lumen, camille: str
) -> None:
    """SO-11: export, set the column to 1, import the file again."""
    for number, name in enumerate(("lea", "zoe", "max")):
        lumen.order(f"M-{number}", f"{name}@exemple.fr")
    rows = exported(lumen)
    column = "Membre du programme de fidélité"
    assert {row[column] for row in rows} == {"0"}
    for row in rows:
        if row["E-mail"] in ("lea@exemple.fr", "zoe@exemple.fr"):
            row[column] = "1"
    assert "2 fiches mises à jour" in take_in(lumen, written(rows), bought="no")
    members = {row["E-mail"] for row in exported(lumen) if row[column] == "1"}
    assert members == {"lea@exemple.fr", "zoe@exemple.fr"}
    # And off again, the same way.
    rows = exported(lumen)
    for row in rows:
        row[column] = "0"
    take_in(lumen, written(rows))
    assert {row[column] for row in exported(lumen)} == {"0"}
