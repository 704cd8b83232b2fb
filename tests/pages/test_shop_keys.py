"""Réglages › Clés d’API › Connexion depuis la boutique (B8, B9, D2)."""

import re
from datetime import UTC, datetime

from django.utils import timezone

from tenants.models import Tenant
from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import text_of
from widgets.models import ShopKey
from widgets.shop_login import keys

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LIST = "/reglages/cles/boutique"
SECRET = re.compile(r"rs_[0-9a-z]{40}")


def token_in(client: TenantClient) -> str:
    found = re.search(r'name="token" value="([^"]+)"', client.get(f"{LIST}/creer").content.decode())
    assert found
    return found[1]


def test_a_key_is_made_shown_once_and_listed_without_its_secret(
    owner: TenantClient, merchant: Tenant
) -> None:
    assert "Créer la clé de connexion" in text_of(owner.get(LIST))
    form = {"token": token_in(owner), "name": "Boutique"}
    made = owner.post(f"{LIST}/creer", form)
    shown = SECRET.findall(made.content.decode())
    row = ShopKey.objects.get()
    assert set(shown) == {keys.secret_of(key_id=row.id)}
    assert made["Cache-Control"] == "no-store, private"
    assert row.public_id in made.content.decode()
    again = owner.post(f"{LIST}/creer", form, follow=True)
    assert "vient d’être créée" in text_of(again) and ShopKey.objects.count() == 1
    listed = owner.get(LIST).content.decode()
    assert not SECRET.search(listed) and row.shown in listed


def test_the_snippet_is_ready_to_be_copied_with_the_merchants_own_address(
    owner: TenantClient, merchant: Tenant
) -> None:
    html = owner.get(LIST).content.decode()
    assert f"{merchant.slug}.ricochet.localhost" in html and "/espace/boutique" in html


def test_a_key_is_rotated_and_revoked_once_its_name_is_typed(
    owner: TenantClient, merchant: Tenant
) -> None:
    row, _secret = keys.create_key(name="Boutique", now=NOW)
    place = f"{LIST}/{row.public_id}"
    wrong = owner.post(f"{place}/renouveler", {"overlap": "24", "confirm": "boutique"})
    assert wrong.status_code == 422 and "Écrivez le nom de la clé" in text_of(wrong)
    done = owner.post(f"{place}/renouveler", {"overlap": "24", "confirm": "Boutique"})
    assert "fonctionne encore jusqu’au" in text_of(done) and SECRET.search(done.content.decode())
    twice = owner.post(f"{place}/renouveler", {"overlap": "24", "confirm": "Boutique"}, follow=True)
    assert "déjà révoquée ou remplacée" in text_of(twice) and ShopKey.objects.count() == 2
    assert owner.post(f"{place}/revoquer", {"confirm": ""}).status_code == 422
    owner.post(f"{place}/revoquer", {"confirm": "Boutique"})
    row.refresh_from_db()
    assert row.revoked_at and not row.is_valid(now=timezone.now())


def test_the_page_says_why_the_last_link_was_refused(owner: TenantClient, merchant: Tenant) -> None:
    """D1: the browser is told nothing, the developer is."""
    row, _secret = keys.create_key(name="Boutique", now=NOW)
    keys.note_refusal(key=row, reason="too_long", now=timezone.now())
    assert "le lien durait plus de 15 minutes" in text_of(owner.get(LIST))


def test_a_manager_looks_and_changes_nothing(claire: TenantClient, merchant: Tenant) -> None:
    row, _secret = keys.create_key(name="Boutique", now=NOW)
    page = text_of(claire.get(LIST))
    assert "Boutique" in page and "Renouveler" not in page
    for path in ("creer", f"{row.public_id}/renouveler", f"{row.public_id}/revoquer"):
        answer = claire.post(f"{LIST}/{path}", {"confirm": "Boutique", "overlap": "0"})
        assert answer.status_code == 403
    assert ShopKey.objects.get().revoked_at is None
