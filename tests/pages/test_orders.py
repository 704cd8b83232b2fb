"""Orders: what became of them, confirming, refunding."""

from collections.abc import Callable

from django.utils import timezone

from kernel.ledger.selectors import balance
from tenants.activity.models import Order, OrderState, Source
from tenants.activity.services import record_refusal
from tenants.profiles.models import Profile
from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import Story, customer, new_key, text_of


def test_sp23_the_page_of_incoming_orders_says_what_became_of_each(
    claire: TenantClient, story: Story, buy: Callable[..., Order]
) -> None:
    buy(customer("Zoé", "Mathis"), "LUM-3")
    page = text_of(claire.get("/reglages/trackers"))
    assert "Parrainage de Camille Rouvière. 8,00 € disponibles le" in page
    assert "Rien ne relie cette commande à un parrain" in page and "Boutique (API)" in page


def test_a_refused_order_shows_what_to_mend(claire: TenantClient, story: Story) -> None:
    record_refusal(
        source=Source.API, external_id="LUM-9", code="wrong_currency", param="currency",
        now=timezone.now(),
    )  # fmt: skip
    page = text_of(claire.get("/commandes/refusees"))
    assert "Sa devise n’est pas celle de votre programme" in page
    assert "1 commande refusée à l’entrée" in text_of(claire.get("/a-traiter")) or "LUM-9" in page


def test_why_no_reward_is_answered_in_one_sentence(
    claire: TenantClient, story: Story, buy: Callable[..., Order]
) -> None:
    """O5."""
    first = buy(customer("Zoé", "Mathis"), "LUM-3")
    page = text_of(claire.get(f"/commandes/{first.public_id}"))
    assert "Pourquoi pas de récompense ?" in page
    assert "Rien ne relie cette commande à un parrain" in page
    again = buy(story.thomas, "LUM-4")
    assert "Ce n’est pas une première commande" in text_of(
        claire.get(f"/commandes/{again.public_id}")
    )


def test_a_reported_order_waits_until_the_merchant_confirms_it(
    claire: TenantClient, camille: Profile, buy: Callable[..., Order], story: Story
) -> None:
    """What only a browser said is held; confirming it twice is confirming it once."""
    awa = customer("Awa", "Diallo")
    order = buy(awa, "LUM-5", code=camille.referral_code.code, source=Source.TRACKER)
    assert "1 commande à confirmer" in text_of(claire.get("/"))
    url = f"/commandes/{order.public_id}/confirmer"
    assert "Confirmer la commande n° LUM-5 ?" in text_of(claire.get(url))
    for _ in range(2):
        assert claire.post(url).status_code == 302
    order.refresh_from_db()
    awa.refresh_from_db()
    assert order.state == OrderState.CONFIRMED and awa.order_count == 1


def test_a_refund_reverses_what_the_order_granted_once(claire: TenantClient, story: Story) -> None:
    """The amount is prefilled with what is left; the same form twice is one refund."""
    url = f"/commandes/{story.order.public_id}/rembourser"
    assert 'value="62,40"' in claire.get(url).content.decode()
    form = {"key": new_key(), "amount": "31,20"}
    for _ in range(2):
        assert claire.post(url, form).status_code == 302
    story.order.refresh_from_db()
    assert story.order.refunded == 3120
    assert balance(owner_id=story.camille.id, unit="EUR").pending == 400
    page = text_of(claire.get(f"/commandes/{story.order.public_id}"))
    assert "4,00 € repris à Camille Rouvière" in page


def test_a_refund_beyond_what_is_left_is_refused(claire: TenantClient, story: Story) -> None:
    url = f"/commandes/{story.order.public_id}/rembourser"
    response = claire.post(url, {"key": new_key(), "amount": "62,41"})
    assert response.status_code == 422
    assert "entre 0,01 € et 62,40 €" in text_of(response)
    story.order.refresh_from_db()
    assert story.order.refunded == 0


def test_the_list_of_referrals_explains_each(claire: TenantClient, story: Story) -> None:
    page = text_of(claire.get("/parrainage", {"vue": "en-attente"}))
    assert "Thomas Guérin" in page and "Code saisi" in page
    assert "une fois le délai de retour passé" in page
    exported = b"".join(claire.get("/parrainage", {"export": "csv"}).streaming_content).decode()
    assert "Camille Rouvière" in exported


def test_the_palette_finds_orders_and_customers(claire: TenantClient, story: Story) -> None:
    """B18."""
    assert "Commande LUM-1" in text_of(claire.get("/search", {"q": "lum-1"}))
    assert "Camille Rouvière" in text_of(claire.get("/search", {"q": "rouvi"}))
