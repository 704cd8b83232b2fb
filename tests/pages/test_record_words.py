"""How a customer's record speaks of whom it is about."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from tenants.activity.models import Order
from tenants.profiles.models import Profile
from tenants.programme.models import ProgrammeVersion
from tenants.referrals import codes
from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import Story, customer, text_of


def record(profile: Profile) -> str:
    return f"/clients/{profile.public_id}"


def test_a_record_shows_who_brought_whom_and_why_one_was_refused(
    claire: TenantClient, story: Story, buy: Callable[..., Order]
) -> None:
    """OF-02, OF-03, SP-19: both panels, and the reason of a refusal."""
    code = story.camille.referral_code.code
    buy(story.thomas, "LUM-2", code=code)
    page = text_of(claire.get(record(story.camille)))
    assert "Marraine" in page and "Thomas Guérin" in page and "Refusé" in page
    assert "déjà cliente ou client depuis le" in page
    assert "8,00 € en attente" in page
    assert "Grâce à Camille Rouvière" in text_of(claire.get(record(story.thomas)))


def test_a_record_agrees_with_whom_it_is_about(
    claire: TenantClient, story: Story, buy: Callable[..., Order]
) -> None:
    code = story.camille.referral_code.code
    buy(story.thomas, "LUM-2", code=code)
    words = {"f": ("Nouvelle", "Venue par"), "m": ("Nouveau", "Venu par"), "": ("", "Grâce à")}
    for gender, (look, came) in words.items():
        Profile.objects.filter(id=story.thomas.id).update(gender=gender)
        page = text_of(claire.get(record(story.thomas)))
        assert f"{came} Camille Rouvière" in page and look in page, gender
        assert look in text_of(claire.get("/clients"))


def test_nobody_is_an_empty_cell_in_a_file(claire: TenantClient, camille: Profile) -> None:
    """A dash on screen; a spreadsheet counts it as text."""
    assert "—" in text_of(claire.get("/clients"))
    file = b"".join(claire.get("/clients?export=csv").streaming_content).decode()
    assert "Camille" in file and "—" not in file


@pytest.mark.parametrize(
    ("gender", "words"),
    [("f", "déjà cliente depuis"), ("m", "déjà client depuis"), ("", "déjà cliente ou client")],
)
def test_a_refusal_agrees_with_the_gender_of_the_record(
    claire: TenantClient, camille: Profile, buy: Callable[..., Order], gender: str, words: str
) -> None:
    code = codes.code_for(profile=camille, now=timezone.now()).code
    thomas = customer("Dominique", "Test", gender=gender)
    buy(thomas, "LUM-1", at=timezone.now() - timedelta(days=30))
    buy(thomas, "LUM-2", code=code)
    assert f"Refusé : {words}" in text_of(claire.get(record(thomas)))


def test_a_title_elides_before_a_vowel(claire: TenantClient, rules: ProgrammeVersion) -> None:
    ines = customer("Inès", "O'Brien")
    page = text_of(claire.get(record(ines) + "/cagnotte"))
    assert "Cagnotte d’Inès O'Brien" in page and "de Inès" not in page
    assert "La cagnotte d’Inès" in text_of(claire.get(record(ines) + "/cagnotte/corriger"))
