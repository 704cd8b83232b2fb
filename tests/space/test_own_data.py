"""A customer's own data: a copy at once, and asking to be forgotten."""

import io
import json
import zipfile

from django.utils import timezone

from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tenants.programme import erasing
from tests.fixtures.tenants import TenantClient
from tests.space.test_space import text_of


def test_a_customer_takes_a_copy_of_their_data_and_of_nobody_elses(
    at_home: TenantClient, camille: Profile
) -> None:
    """R23. The merchant's own notes are theirs to give."""
    profiles.update(profile_id=camille.id, notes="Cliente difficile")
    profiles.create(email="lea@exemple.fr", source="manual", now=timezone.now())
    answer = at_home.get("/espace/donnees")
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        text = packed.read("donnees.json").decode()
    assert json.loads(text)["fiche"][0]["email"] == "camille@exemple.fr"
    assert "difficile" not in text
    assert "lea@" not in text


def test_a_customer_asks_to_be_forgotten_and_is_told_so(
    at_home: TenantClient, camille: Profile
) -> None:
    assert "Demander l’effacement de mes données" in text_of(at_home)
    assert "sous un mois" in text_of(at_home, "/espace/donnees/effacer")
    for _twice in range(2):
        assert at_home.post("/espace/donnees/effacer").status_code == 302
    assert "Vous avez demandé leur effacement" in text_of(at_home)
    assert list(erasing.asked()) == [camille]


def test_after_the_erasure_the_space_is_closed(at_home: TenantClient, camille: Profile) -> None:
    erasing.erase(profile_id=camille.id, author_id=None, now=timezone.now())
    assert "Camille" not in text_of(at_home)
    assert at_home.get("/espace/donnees").status_code in (302, 401, 403, 404)


def test_a_stranger_gets_nothing(visitor: TenantClient) -> None:
    assert visitor.get("/espace/donnees").status_code in (302, 401, 403)
    assert visitor.post("/espace/donnees/effacer").status_code in (302, 401, 403)
