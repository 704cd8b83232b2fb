"""The pages of campaigns: write, count, confirm in numbers, plan, copy (OF-06, B8, R37)."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tenants import features, lookup
from tenants.features import Feature
from tenants.messaging import campaigns as stored
from tenants.messaging.models import Campaign, CampaignState, Email
from tenants.messaging.render import render
from tenants.messaging.wording import text_of as text_of_kind
from tenants.models import Tenant
from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import Story, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_remembered(merchant: Tenant) -> Iterator[None]:
    """A module that one test switches off is on again for the next, also in the caches."""
    yield
    lookup.forget(merchant)
    lookup.forget_locally()


FORM = {
    "name": "Rentrée",
    "subject": "Bonjour {{ first_name }}",
    "preheader": "",
    "body": "Merci.",
    "button": "Inviter un proche",
    "target": "referral_url",
}


def make(client: TenantClient, **more: str) -> str:
    answer = client.post("/campagnes/ajouter")
    assert answer.status_code == 302
    edit = answer["Location"]
    assert client.get(edit).status_code == 200
    saved = client.post(edit, {**FORM, **more})
    assert saved.status_code == 302, text_of(saved)
    return str(saved["Location"])


def test_a_campaign_is_written_and_sent_after_a_confirmation_in_numbers(
    claire: TenantClient, story: Story
) -> None:
    address = make(claire)
    page = claire.get(address).content.decode()
    assert "1 personne recevra ce message" in text_of(claire.get(address))
    expected = re.search(r'name="expected" value="(\d+)"', page)
    assert expected is not None
    claire.post(f"{address}/envoyer", {"expected": "7"})
    assert Campaign.objects.get().state == CampaignState.DRAFT
    claire.post(f"{address}/envoyer", {"expected": expected[1]})
    assert Campaign.objects.get().state == CampaignState.SENDING
    page = text_of(claire.get(address))
    assert "Messages envoyés" in page
    assert "Nous ne comptons les ouvertures que des lecteurs qui l’acceptent" in page
    assert "Rentrée" in text_of(claire.get("/campagnes?q=rentr"))


def test_the_count_says_who_is_left_out(claire: TenantClient, story: Story) -> None:
    address = make(claire)
    counted = text_of(claire.post(f"{address}/compter", FORM))
    assert "1 personne recevra ce message" in counted
    assert "n’a encore rien acheté" in counted
    nobody = text_of(claire.post(f"{address}/compter", {**FORM, "language": "en"}))
    assert re.search(r"\b0 personnes? (recevra|recevront) ce message", nobody)


def test_wrong_words_are_not_saved(claire: TenantClient, story: Story) -> None:
    edit = claire.post("/campagnes/ajouter")["Location"]
    answer = claire.post(edit, {**FORM, "body": "{{ inconnu }}"})
    assert answer.status_code == 422
    assert Campaign.objects.get().name == "Nouvelle campagne"


def test_the_preview_and_a_test_show_the_words(claire: TenantClient, story: Story) -> None:
    make(claire)
    kind = Campaign.objects.get().kind
    frame = claire.get(f"/messages/textes/{kind}/fr/apercu")
    assert frame.status_code == 200
    assert "Merci." in frame.content.decode()
    assert claire.post(f"/messages/textes/{kind}/fr/essai", FORM).status_code == 200
    assert Email.objects.get(kind=kind).is_test
    # The editor of automatic messages does not know campaigns.
    assert claire.get(f"/messages/textes/{kind}/fr").status_code == 404


def test_a_moment_is_planned_on_the_merchants_clock(claire: TenantClient, story: Story) -> None:
    address = make(claire)
    past = claire.post(f"{address}/planifier", {"at": "2020-01-01T10:00"})
    assert past.status_code == 422
    day = (timezone.now() + timedelta(days=3)).date()
    claire.post(f"{address}/planifier", {"at": f"{day}T10:00"})
    row = Campaign.objects.get()
    assert row.state == CampaignState.SCHEDULED
    assert row.scheduled_at is not None
    assert timezone.localtime(row.scheduled_at).utcoffset() is not None
    claire.post(f"{address}/brouillon")
    assert Campaign.objects.get().state == CampaignState.DRAFT


def test_a_copy_is_a_new_draft_and_a_draft_can_be_deleted(
    claire: TenantClient, story: Story
) -> None:
    address = make(claire, language="fr")
    claire.post(f"{address}/copier")
    copied = Campaign.objects.get(name="Rentrée (copie)")
    assert copied.segment == {"language": "fr"}
    claire.post(f"{address}/supprimer")
    assert [row.name for row in Campaign.objects.all()] == ["Rentrée (copie)"]


def test_a_viewer_looks_and_sends_nothing(
    claire: TenantClient, louis: TenantClient, story: Story
) -> None:
    address = make(claire)
    assert louis.get("/campagnes").status_code == 200
    assert louis.get(address).status_code == 200
    assert louis.post(f"{address}/envoyer", {"expected": "1"}).status_code == 403
    assert Campaign.objects.get().state == CampaignState.DRAFT


def test_nothing_of_it_is_reachable_while_the_module_is_off(
    claire: TenantClient, merchant: Tenant, story: Story
) -> None:
    address = make(claire)
    features.switch(tenant_id=merchant.id, off=[Feature.CAMPAIGNS])
    assert claire.get("/campagnes").status_code == 404
    assert claire.post(f"{address}/envoyer", {"expected": "1"}).status_code == 404
    assert "Campagnes" not in text_of(claire.get("/messages"))


def test_a_campaign_has_words_for_readers_of_the_other_language(
    claire: TenantClient, story: Story
) -> None:
    """Like every other email: French and English, each with its preview and test."""
    address = make(claire)
    edit = f"{address}/modifier"
    page = text_of(claire.get(f"{edit}?langue=en"))
    assert "ses lecteurs reçoivent celui du premier onglet" in page
    english = {**FORM, "subject": "Hello {{ first_name }}", "body": "Thank you."}
    refused = claire.post(f"{edit}?langue=en", {**english, "subject": ""})
    assert refused.status_code == 422 and Campaign.objects.get().words == {}
    assert claire.post(f"{edit}?langue=en", english).status_code == 302
    row = Campaign.objects.get()
    assert (row.subject, row.body) == ("Bonjour {{ first_name }}", "Merci.")
    kind = stored.kind_of_campaign(row)
    said = {lang: text_of_kind(kind=kind, language=lang) for lang in ("fr", "en")}
    assert (said["fr"].body, said["en"].body) == ("Merci.", "Thank you.")
    address_of = reverse("messaging:preview", args=[kind.name, "en"], urlconf="config.urls_tenant")
    preview = claire.get(address_of).content.decode()
    assert "Thank you." in preview
    copied = claire.post(f"{address}/copier", follow=True)
    assert copied.status_code == 200
    assert [row.words["en"]["body"] for row in Campaign.objects.all()] == ["Thank you."] * 2
    # Without it, everybody reads the same again.
    claire.post(f"{edit}?langue=en", {"drop": "1"})
    row.refresh_from_db()
    assert row.words == {} and text_of_kind(kind=kind, language="en").body == "Merci."


def test_each_reader_gets_the_words_of_their_language(
    claire: TenantClient, story: Story, merchant: Tenant
) -> None:
    address = make(claire)
    english = {**FORM, "subject": "Hello", "body": "Thank you."}
    claire.post(f"{address}/modifier?langue=en", english)
    kind = Campaign.objects.get().kind
    for language, words in (("fr", "Merci."), ("en", "Thank you.")):
        email = Email(kind=kind, language=language, context={"first_name": "Zoé", "unit": "EUR"})
        assert words in render(email=email, tenant=merchant).text
