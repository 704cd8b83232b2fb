"""The pages about messages: the list, the editor, tests, what was sent, an address that bounced."""

import re

import pytest
from django.utils import timezone

from tenants.messaging import bouncing, permission, services
from tenants.messaging.models import Bounce, BounceSource, Email, EmailLook, EmailText, KindSwitch
from tenants.models import Tenant
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import asked

EDITOR = "/messages/textes/reward_posted/fr"
WORDS = {
    "subject": "Merci {{ first_name }}",
    "preheader": "",
    "body": "# Bravo\n\nVos {{ amount }} sont là.",
    "button": "Voir",
    "seen_version": "0",
}


@pytest.fixture
def nadia(merchant: Tenant) -> Profile:
    return profiles.create(
        now=timezone.now(), source="manual", email="nadia@exemple.fr", first_name="Nadia"
    )


def undo_token(html: str) -> str:
    found = re.search(r'name="undo" value="([^"]+)"', html)
    assert found is not None
    return found[1]


def test_the_list_says_what_was_changed_and_why_some_always_leave(claire: TenantClient) -> None:
    page = claire.get("/messages").content.decode()
    for words in ("À vos clients", "À leurs proches", "Récompense disponible", "D’origine"):
        assert words in page
    assert "Il parle de l’argent du client\u00a0: il part toujours." in page
    assert "Il protège un accès" in page
    claire.post(EDITOR, WORDS)
    assert "Modifié" in claire.get("/messages").content.decode()


def test_words_are_changed_in_both_languages_apart(claire: TenantClient) -> None:
    assert claire.post(EDITOR, WORDS).status_code == 302
    page = claire.get(EDITOR).content.decode()
    assert "Merci {{ first_name }}" in page
    assert 'data-draft-saved="text-reward_posted-fr"' in page
    assert "Merci" not in claire.get("/messages/textes/reward_posted/en").content.decode()
    row = EmailText.objects.get()
    assert (row.version, row.language, row.author_id is not None) == (1, "fr", True)


def test_a_loop_is_refused_with_its_line_and_every_value_stays(claire: TenantClient) -> None:
    """Bad input; B2: values stay, the title says that there is an error."""
    body = "Bonjour\n{% for x in amount %}{{ x }}{% endfor %}"
    answer = claire.post(EDITOR, {**WORDS, "body": body})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Erreur" in page
    assert "Ligne 2\u00a0: «\u00a0for\u00a0» répète un texte" in page
    assert "{% for x in amount %}" in page
    assert "Merci {{ first_name }}" in page
    assert EmailText.objects.count() == 0


def test_a_text_changed_meanwhile_is_not_lost(claire: TenantClient) -> None:
    claire.post(EDITOR, WORDS)
    late = {**WORDS, "subject": "Autre"}
    answer = claire.post(EDITOR, late)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Une autre version vient d’être enregistrée" in page
    assert 'value="Autre"' in page
    seen = re.search(r'name="seen_version" value="(\d+)"', page)
    assert seen is not None
    assert claire.post(EDITOR, {**late, "seen_version": seen[1]}).status_code == 302
    assert EmailText.objects.count() == 2


def test_the_preview_shows_what_is_typed_and_stores_nothing(claire: TenantClient) -> None:
    answer = claire.post(f"{EDITOR}/apercu", {**WORDS, "theme": "dark"})
    html = answer.content.decode()
    assert "Vos 8,00\u00a0€ sont là." in html
    assert "@media all {" in html
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("sandbox;")
    assert "script" not in policy
    words = claire.post(f"{EDITOR}/mots", WORDS).content.decode()
    assert "Merci Camille" in words
    assert "Voir\u00a0: http" in words
    wrong = claire.post(f"{EDITOR}/mots", {**WORDS, "subject": "{{ x }}"}).content.decode()
    assert "n’est pas une valeur" in wrong
    assert EmailText.objects.count() == Email.objects.count() == 0


def test_a_test_goes_to_the_member_and_to_nobody_else(claire: TenantClient) -> None:
    sent = claire.post(f"{EDITOR}/essai", {**WORDS, "to": "autre@exemple.fr"}).content.decode()
    assert "Essai envoyé à claire@maison-lumen.fr" in sent
    row = Email.objects.get()
    assert (row.to, row.is_test, row.kind) == ("claire@maison-lumen.fr", True, "reward_posted")
    for _more in range(10):
        answer = claire.post(f"{EDITOR}/essai", WORDS)
    assert answer.status_code == 429
    assert "Dix essais par heure" in answer.content.decode()
    assert Email.objects.count() == 10


def test_a_test_of_words_that_cannot_be_used_is_not_sent(claire: TenantClient) -> None:
    answer = claire.post(f"{EDITOR}/essai", {**WORDS, "body": "{{ x }}"})
    assert answer.status_code == 422
    assert Email.objects.count() == 0


def test_going_back_to_the_original_can_be_undone(claire: TenantClient) -> None:
    """B8."""
    claire.post(EDITOR, WORDS)
    page = claire.post(f"{EDITOR}/origine", follow=True).content.decode()
    assert "Texte d’origine repris" in page
    assert EmailText.objects.order_by("-version")[0].is_original
    claire.post("/messages/textes/annuler", {"undo": undo_token(page)})
    assert "Merci {{ first_name }}" in claire.get(EDITOR).content.decode()


def test_an_earlier_version_comes_back(claire: TenantClient) -> None:
    claire.post(EDITOR, WORDS)
    claire.post(EDITOR, {**WORDS, "subject": "Deuxième", "seen_version": "1"})
    claire.post(f"{EDITOR}/versions/1/reprendre")
    assert EmailText.objects.order_by("-version")[0].subject == "Merci {{ first_name }}"
    assert claire.post(f"{EDITOR}/versions/99/reprendre").status_code == 404


def test_what_may_be_turned_off_is_and_the_rest_is_refused(claire: TenantClient) -> None:
    assert claire.post("/messages/textes/cagnotte_opened/etat", {}).status_code == 302
    assert KindSwitch.objects.get().enabled is False
    assert "Désactivé" in claire.get("/messages").content.decode()
    refused = claire.post("/messages/textes/reward_posted/etat", {}, follow=True)
    assert "toast-bad" in refused.content.decode()
    assert KindSwitch.objects.count() == 1


def test_who_may_only_look_reads_words_and_preview(louis: TenantClient) -> None:
    page = louis.get(EDITOR).content.decode()
    assert "<textarea" not in page
    assert "Récompense disponible" in page
    assert louis.get(f"{EDITOR}/apercu").status_code == 200
    assert louis.post(EDITOR, WORDS).status_code == 403
    assert louis.post(f"{EDITOR}/apercu", WORDS).status_code == 403


def test_an_unknown_kind_or_language_is_not_there(claire: TenantClient) -> None:
    for path in ("/messages/textes/nothing/fr", "/messages/textes/reward_posted/de"):
        assert claire.get(path).status_code == 404


def test_the_look_is_saved_and_a_drawing_is_refused(claire: TenantClient, merchant: Tenant) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    fields = {"footer": "À bientôt", "address": "Lyon", "reply_to": "bonjour@maisonlumen.fr"}
    drawing = SimpleUploadedFile("logo.png", b"<svg onload='x'/>", content_type="image/png")
    refused = claire.post("/messages/presentation", {**fields, "logo": drawing})
    assert refused.status_code == 422
    assert "SVG ne sont pas acceptés" in refused.content.decode()
    assert not EmailLook.objects.exists()
    assert claire.post("/messages/presentation", fields).status_code == 302
    assert EmailLook.objects.get().footer == "À bientôt"
    merchant.refresh_from_db()
    assert merchant.contact_email == "bonjour@maisonlumen.fr"


def test_what_was_sent_is_found_and_opened(claire: TenantClient, nadia: Profile) -> None:
    services.queue(
        kind="prize_claimed",
        to=nadia.email,
        key="k1",
        context={"prize": "Bougie", "code": "ABC"},
        profile=nadia,
        now=timezone.now(),
    )
    row = Email.objects.get()
    empty = claire.get("/messages/envoyes?q=personne").content.decode()
    assert row.public_id not in empty
    for query in ("nadia@exemple", "Nadia"):
        assert row.public_id in claire.get(f"/messages/envoyes?q={query}").content.decode()
    page = claire.get(f"/messages/envoyes/{row.public_id}").content.decode()
    assert "Ce message attend son tour" in page
    assert claire.get(f"/messages/envoyes/{row.public_id}/copie").status_code == 404
    Email.objects.filter(id=row.id).update(
        state="sent", subject="Votre lot", html="<html><head></head><p>Bravo</p></html>"
    )
    copy = claire.get(f"/messages/envoyes/{row.public_id}/copie")
    assert "Bravo" in copy.content.decode()
    assert copy["Content-Security-Policy"].startswith("sandbox;")
    assert "<iframe" in claire.get(f"/messages/envoyes/{row.public_id}").content.decode()


def test_a_dead_address_is_told_on_the_record_and_tried_again_on_request(
    claire: TenantClient, louis: TenantClient, nadia: Profile
) -> None:
    record = f"/clients/{nadia.public_id}"
    assert "Nous n’écrivons plus" not in claire.get(record).content.decode()
    bouncing.note_bounce(
        hashed=permission.address_hash(nadia.email),
        source=BounceSource.SMTP,
        status="5.1.1",
        now=timezone.now(),
    )
    assert "Nous n’écrivons plus à nadia@exemple.fr" in claire.get(record).content.decode()
    lift = f"/messages/adresses/{nadia.public_id}/reprendre"
    assert louis.post(lift).status_code == 403
    page = claire.post(lift, follow=True).content.decode()
    assert "Envois repris vers nadia@exemple.fr" in page
    assert "Nous n’écrivons plus" not in claire.get(record).content.decode()
    claire.post("/messages/adresses/annuler", {"undo": undo_token(page)})
    assert Bounce.objects.filter(lifted_at=None).count() == 1


def test_the_list_of_emails_asks_little_of_the_database(
    claire: TenantClient, nadia: Profile
) -> None:
    """As much for many rows as for few."""

    def queue(numbers: range) -> None:
        drafts = [
            services.Draft(kind="reward_posted", to=nadia.email, key=f"n{i}", profile=nadia)
            for i in numbers
        ]
        services.queue_all(drafts=drafts, now=timezone.now())

    queue(range(2))
    claire.get("/messages/envoyes?lignes=25")
    few = asked(claire, "/messages/envoyes?lignes=25")
    queue(range(2, 25))
    assert len(asked(claire, "/messages/envoyes?lignes=25")) == len(few)
