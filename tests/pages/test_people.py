"""A customer's timeline, duplicates and own data, on the pages of the back office."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from tenants.loyalty import membership
from tenants.profiles.forgetting import is_erased
from tenants.profiles.models import Profile
from tenants.programme import erasing, merging, services, timeline
from tests.pages.conftest import _browser, customer, new_key, text_of


@pytest.fixture
def paula(merchant):
    """The owner's browser."""
    return _browser(merchant, "Paula", Role.OWNER)


# ------------------------------------------------------------------ timeline
def test_the_timeline_tells_of_everything_and_each_topic_of_its_own(claire, story):
    """FS-02, OF-02."""
    now = timezone.now()
    services.adjust(
        profile=story.thomas, amount=500, reason="Geste", key="k", author_id=None, now=now
    )
    membership.join(profile_id=story.thomas.id, source="manual", now=now)
    path = f"/clients/{story.thomas.public_id}/activite"
    text = text_of(claire.get(path))
    for words in (
        "A commandé pour 62,40 €",
        "Parrainage par Camille Rouvière",
        "Cagnotte corrigée de +5,00 €",
        "A rejoint le programme de fidélité",
        "Fiche créée",
    ):
        assert words in text, words
    text = text_of(claire.get(f"{path}?sujet=achats"))
    assert "A commandé pour 62,40 €" in text
    assert "Fiche créée" not in text
    assert "Rien sur ce sujet" in text_of(
        claire.get(f"/clients/{customer('Zoé', 'Petit').public_id}/activite?sujet=achats")
    )


@pytest.mark.parametrize("place", ["x", "~", "2026-01-01~1", "9999-99-99T00:00~0", "' OR 1=1~-5"])
def test_a_place_that_is_none_begins_at_the_latest(claire, story, place):
    """R37."""
    path = f"/clients/{story.thomas.public_id}/activite"
    answer = claire.get(path, {"avant": place, "sujet": "profile__email"})
    assert answer.status_code == 200
    assert "A commandé" in text_of(answer)


def test_pages_of_the_timeline_neither_repeat_nor_skip_events_of_one_moment(story, buy):
    at = timezone.now() - timedelta(days=3)
    for number in range(12):
        buy(story.thomas, f"N-{number}", at=at)
    seen, after = [], ""
    for _page in range(20):
        page = timeline.page(profile=story.thomas, after=after, limit=4)
        seen += [(event.at, event.text, event.detail) for event in page.shown]
        after = page.next
        if not after:
            break
    whole = timeline.page(profile=story.thomas, limit=500).shown
    assert len(seen) == len(whole) == len(set(seen))


# ------------------------------------------------------------------ duplicates
def test_two_records_are_compared_and_become_one(claire, louis, story):
    double = customer("Cam", "Rouvière", email="camille+boutique@exemple.fr", phone="0700000000")
    text = text_of(claire.get("/clients/doublons"))
    assert "Même adresse, alias compris" in text
    path = f"/clients/{story.camille.public_id}/reunir"
    assert "Cam Rouvière" in text_of(claire.get(path, {"q": "cam"}))
    text = text_of(claire.get(path, {"avec": double.public_id}))
    assert "Deux fiches réunies ne peuvent plus être séparées." in text
    assert "camille+boutique@exemple.fr" in text
    sent = {"other": double.public_id, "email": "gone", "first_name": "kept"}
    assert louis.post(path, sent).status_code == 403
    assert claire.post(path, sent).status_code == 302
    kept = Profile.objects.get(id=story.camille.id)
    assert (kept.email, kept.first_name) == ("camille+boutique@exemple.fr", "Camille")
    # The old address of the record leads to the one that stays; the form sent twice is one.
    answer = claire.get(f"/clients/{double.public_id}")
    assert answer["Location"] == f"/clients/{kept.public_id}"
    assert claire.post(path, sent).status_code == 302
    assert "Deux fiches de la même personne réunies" in text_of(
        claire.get(f"/clients/{kept.public_id}/activite")
    )


def test_the_page_says_which_referrals_end(claire, story):
    text = text_of(
        claire.get(f"/clients/{story.camille.public_id}/reunir", {"avec": story.thomas.public_id})
    )
    assert "personne ne se parraine soi-même, ce parrainage s’arrête" in text
    assert "8,00 € à Camille Rouvière" in text


def test_two_people_who_look_alike_are_suggested_no_more(claire, camille):
    other = customer("Camille", "Rouvière", email="autre@exemple.fr")
    assert "Même nom" in text_of(claire.get("/clients/doublons"))
    claire.post(f"/clients/{other.public_id}/distinguer", {"other": camille.public_id})
    assert "Aucun doublon en vue" in text_of(claire.get("/clients/doublons"))


# ------------------------------------------------------------------ a person's own data
def test_only_the_owner_gives_and_erases_a_persons_data(claire, paula, story):
    path = f"/clients/{story.thomas.public_id}"
    assert claire.get(f"{path}/donnees").status_code == 403
    assert claire.post(f"{path}/effacer", {"confirm": "effacer"}).status_code == 403
    assert "Effacer ses données" not in text_of(claire.get(path))
    assert "Effacer ses données" in text_of(paula.get(path))
    answer = paula.get(f"{path}/donnees")
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert b"thomas@exemple.fr" in packed.read("donnees.json")


def test_erasing_asks_for_the_word_and_then_nobody_is_named(paula, story):
    """B8."""
    path = f"/clients/{story.thomas.public_id}"
    answer = paula.post(f"{path}/effacer", {"confirm": "oui"})
    assert answer.status_code == 422
    assert "Écrivez « effacer » pour confirmer." in text_of(answer)
    assert Profile.objects.get(id=story.thomas.id).email
    assert paula.post(f"{path}/effacer", {"confirm": "Effacer"}).status_code == 302
    assert "Thomas" not in text_of(paula.get("/clients"))
    assert "Personne effacée" in text_of(paula.get(path))
    assert "Personne effacée" in text_of(paula.get(f"/commandes/{story.order.public_id}"))
    for page in ("/", "/commandes", "/parrainage", f"/clients/{story.camille.public_id}"):
        assert "Guérin" not in text_of(paula.get(page)), page


def test_who_was_erased_is_added_again_only_on_purpose(paula, story):
    """D4."""
    erasing.erase(profile_id=story.thomas.id, author_id=None, now=timezone.now())
    assert is_erased(address="thomas@exemple.fr")
    form = {"key": new_key(), "first_name": "Thomas", "email": "thomas@exemple.fr"}
    answer = paula.post("/clients/ajouter", form)
    assert "Ses données ont été effacées" in text_of(answer)
    assert not Profile.objects.filter(email_key="thomas@exemple.fr").exists()
    assert paula.post("/clients/ajouter", {**form, "sure": "1"}).status_code == 302
    assert Profile.objects.filter(email_key="thomas@exemple.fr").exists()


def test_a_request_to_be_forgotten_waits_in_the_list_of_work(claire, paula, story):
    erasing.ask(profile=story.thomas, now=timezone.now())
    erasing.ask(profile=story.thomas, now=timezone.now())
    assert "1 personne demande l’effacement de ses données" in text_of(claire.get("/"))
    assert "Effacements demandés" in text_of(paula.get("/a-traiter"))
    erasing.erase(profile_id=story.thomas.id, author_id=None, now=timezone.now())
    assert "Effacements demandés" not in text_of(paula.get("/a-traiter"))


# ------------------------------------------------------------------ lists
@pytest.mark.parametrize(
    "query",
    [
        {"tri": "merged_into__email"},
        {"tri": "-referral_code__profile__notes"},
        {"tri": "email; DROP TABLE profiles_profile"},
        {"etat": "active' OR '1'='1"},
        {"vue": "__class__"},
        {"notes__icontains": "VIP"},
        {"look__in": "active"},
        {"page": "-1"},
        {"page": "9" * 40},
        {"lignes": "100000"},
        {"q": "\x00'%_\\"},
        {"export": "csv", "tri": "password"},
    ],
)
def test_names_in_the_address_come_from_lists_only(claire, story, query):
    """R37: what is not declared changes nothing."""
    answer = claire.get("/clients", query)
    assert answer.status_code == 200
    if "q" not in query and "export" not in query:
        assert "Camille" in text_of(answer)
        assert "Thomas" in text_of(answer)


def test_old_names_stay_out_of_lists_after_a_merger(claire, story):
    double = customer("Dédé", "Double", email="dede@exemple.fr")
    merging.merge(
        kept_id=story.thomas.id, gone_id=double.id, from_gone=(), author_id=None, now=timezone.now()
    )
    assert "Dédé" not in text_of(claire.get("/clients"))
