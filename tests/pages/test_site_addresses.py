"""Settings › Site: the allowed addresses, for a merchant and for a partner who is none."""

import pytest
from django.conf import settings

from tenants import lookup
from tenants.models import Tenant
from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import text_of
from widgets.models import Site
from widgets.site.services import MOST
from widgets.tracker.selectors import origin_is_allowed

FORM = {"name": "Maison Lumen", "site_url": "https://lumen.example/fr", "color": "#E5A83B"}


@pytest.fixture
def limited(merchant: Tenant) -> Tenant:
    """The merchant as a partner who is none."""
    Tenant.objects.filter(id=merchant.id).update(partner_only=True, kind="Torréfacteur")
    merchant.refresh_from_db()
    lookup.forget_hosts([f"{merchant.slug}.{settings.PLATFORM_DOMAIN}"])
    return merchant


def add(browser: TenantClient, address: str) -> int:
    return browser.post("/reglages/site/adresses", {"address": address}).status_code


def origins() -> list[str]:
    return [row.origin for row in Site.objects.all()]


def test_another_address_is_allowed_and_taken_away_again(
    claire: TenantClient, merchant: Tenant
) -> None:
    claire.post("/reglages/site", FORM)
    assert add(claire, "blog.lumen.example/accueil") == 302
    assert add(claire, "https://blog.lumen.example") == 302
    assert origins() == ["https://lumen.example", "https://blog.lumen.example"]
    assert origin_is_allowed(tenant=merchant, origin="https://blog.lumen.example")
    page = text_of(claire.get("/reglages/site"))
    assert "Retirer https://blog.lumen.example ?" in page
    assert "Retirer https://lumen.example ?" not in page
    blog = Site.objects.get(origin="https://blog.lumen.example")
    gone = claire.post(f"/reglages/site/adresses/{blog.public_id}/retirer")
    assert gone.status_code == 302
    assert not origin_is_allowed(tenant=merchant, origin="https://blog.lumen.example")
    assert claire.post(f"/reglages/site/adresses/{blog.public_id}/retirer").status_code == 404


def test_the_own_address_is_changed_and_not_taken_away(
    claire: TenantClient, merchant: Tenant
) -> None:
    claire.post("/reglages/site", FORM)
    own = Site.objects.get()
    kept = claire.post(f"/reglages/site/adresses/{own.public_id}/retirer", follow=True)
    assert "changez-la dans le formulaire du haut" in text_of(kept)
    assert origins() == ["https://lumen.example"]


@pytest.mark.parametrize("address", ["", "pas une adresse", "ftp://lumen.example", "https://"])
def test_what_is_no_address_is_said_at_its_field(claire: TenantClient, address: str) -> None:
    """B2, B4: the whole page stays, with what was typed."""
    answer = claire.post("/reglages/site/adresses", {"address": address})
    assert answer.status_code == 422
    assert "comme https://www.exemple.fr" in text_of(answer)
    assert "Erreur" in answer.content.decode().split("</title>", maxsplit=1)[0]
    assert not Site.objects.exists()


def test_there_is_an_end_to_addresses(claire: TenantClient, merchant: Tenant) -> None:
    for number in range(MOST):
        assert add(claire, f"https://s{number}.lumen.example") == 302
    assert add(claire, "https://s0.lumen.example") == 302
    answer = claire.post("/reglages/site/adresses", {"address": "https://de-trop.example"})
    assert answer.status_code == 422
    assert "Vingt adresses sont autorisées au plus" in text_of(answer)
    assert Site.objects.count() == MOST


def test_who_may_only_look_finds_no_button(louis: TenantClient, merchant: Tenant) -> None:
    Site.objects.create(origin="https://blog.lumen.example")
    page = text_of(louis.get("/reglages/site"))
    assert "https://blog.lumen.example" in page
    assert "Retirer" not in page and "Autoriser" not in page
    assert add(louis, "https://autre.example") == 403


def test_a_limited_partner_names_its_site_and_finds_nothing_of_a_merchants(
    claire: TenantClient, limited: Tenant
) -> None:
    """PA-16: before there is an address, the page says where it goes."""
    page = text_of(claire.get("/reglages/site"))
    assert "Aucune adresse autorisée" in page
    for word in ("boutique", "parrainage", "Script", "Activité"):
        assert word not in page, word
    answer = claire.post("/reglages/site", {**FORM, "name": "Brûlerie Noé"}, follow=True)
    assert "Site et marque enregistrés." in text_of(answer)
    limited.refresh_from_db()
    assert (limited.name, limited.kind) == ("Brûlerie Noé", "Torréfacteur")
    assert add(claire, "https://noe.example") == 302
    assert origins() == ["https://lumen.example", "https://noe.example"]
    assert "https://noe.example" in text_of(claire.get("/reglages/site"))
    assert claire.post("/reglages/site/mise-en-avant", {}).status_code == 404


def test_the_address_that_the_inviting_brand_gave_is_shown_as_allowed(
    claire: TenantClient, limited: Tenant
) -> None:
    Tenant.objects.filter(id=limited.id).update(site_url="https://noe.example/cafes")
    lookup.forget_hosts([f"{limited.slug}.{settings.PLATFORM_DOMAIN}"])
    page = text_of(claire.get("/reglages/site"))
    assert "https://noe.example Votre adresse principale" in page
    assert "Aucune adresse" not in page and "Retirer" not in page
    assert not Site.objects.exists()


def test_a_limited_partner_whose_address_is_none_reads_what_to_type(
    claire: TenantClient, limited: Tenant
) -> None:
    for address in ("https://user@lumen.example", "n’importe quoi"):
        answer = claire.post("/reglages/site", {**FORM, "site_url": address})
        assert answer.status_code == 422
        assert "boutique" not in text_of(answer)
    assert not Site.objects.exists()


def test_a_public_address_is_given_and_taken_away_and_no_other_one_is_kept(
    claire: TenantClient, merchant: Tenant
) -> None:
    for given in ("bonjour@lumen.example", ""):
        assert claire.post("/reglages/site", {**FORM, "public_email": given}).status_code == 302
        merchant.refresh_from_db()
        assert merchant.public_email == given
    refused = claire.post("/reglages/site", {**FORM, "public_email": "bonjour"})
    assert refused.status_code == 422
