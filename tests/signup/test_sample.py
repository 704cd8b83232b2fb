"""The sample that visitors try: the real templates, a made-up merchant, and no database."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.fixtures.tenants import TenantClient
from widgets.models import WidgetKind
from widgets.sample import story
from widgets.shown.bundle import current

SPACE = "/exemple/cagnotte"
PAGES = [SPACE, f"{SPACE}/regles", f"{SPACE}/qr", "/exemple/boutique"]


def text(visitor: TenantClient, path: str) -> str:
    response = visitor.get(path)
    assert response.status_code == 200, path
    return re.sub(r"[\s\u00a0\u202f]+", " ", response.content.decode())


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("partage", ["16,00 €", "a ouvert votre lien"]),
        ("commande", ["8,00 € grâce à Thomas", "une fois son délai de retour passé"]),
        ("credit", ["24,00 €", "wallet-credited", "Vous pouvez l’avoir"]),
        ("lot", ["4,00 €", "BOUGIE-4T9M", "Votre lot est réservé"]),
        ("retour", ["16,00 €", "Remboursé", "Parrainage de Thomas annulé"]),
        ("<script>", ["24,00 €"]),
    ],
)
@pytest.mark.django_db
def test_each_moment_of_the_story_shows_its_cagnotte(
    visitor: TenantClient, moment: str, words: list[str]
) -> None:
    html = text(visitor, f"{SPACE}?moment={moment}")
    assert "Un exemple à essayer" in html
    for word in words:
        assert word in html, word
    assert "<script>&" not in html


def test_the_books_of_the_story_add_up() -> None:
    """Each moment's balance is what its history says."""
    now = timezone.now()
    for name in story.MOMENTS:
        space = story.space(story.moment(name, now=now), now=now)
        assert sum(line.amount for line in space.history) == space.balance.available, name
        assert space.history[0].balance == space.balance.available


@pytest.mark.django_db
def test_a_prize_can_be_chosen_and_nothing_is_asked_of_the_database(
    visitor: TenantClient,
) -> None:
    candle, voucher = (prize.public_id for prize in story.prizes())
    with CaptureQueriesContext(connection) as queries:
        assert "Il vous restera" in text(visitor, f"{SPACE}/lots/{candle}")
        assert "Il manque 6,00 €" in text(visitor, f"{SPACE}/lots/{voucher}")
        chosen = visitor.post(f"{SPACE}/lots/{candle}")
        for path in PAGES:
            text(visitor, path)
    assert chosen.status_code == 302
    assert chosen["Location"] == f"{SPACE}?moment=lot#mes-lots"
    assert [query["sql"] for query in queries if "SET search_path" not in query["sql"]] == []
    assert visitor.post(f"{SPACE}/lots/{voucher}").status_code == 200
    assert visitor.get(f"{SPACE}/lots/prz_00000000000000000000000009").status_code == 404


@pytest.mark.django_db
def test_what_would_send_or_store_leads_back(visitor: TenantClient) -> None:
    for path in ("inviter", "choix", "sortir", "donnees", "effacement", "carte"):
        response = visitor.post(f"{SPACE}/{path}", {"email": "thomas@exemple.fr"})
        assert (response.status_code, response["Location"]) == (302, SPACE), path


@pytest.mark.django_db
def test_the_shop_loads_the_very_script_that_shops_load(visitor: TenantClient) -> None:
    html = visitor.get("/exemple/boutique").content.decode()
    bundle = current(WidgetKind.LAUNCHER)
    assert f'integrity="{bundle.integrity}"' in html
    src = re.search(r'<script defer src="([^"]+)"', html)
    assert src is not None
    assert visitor.get(src[1]).content == bundle.body


@pytest.mark.django_db
def test_only_our_own_pages_may_frame_the_sample(visitor: TenantClient) -> None:
    """R35; and nothing else of the site may be framed at all."""
    for path in PAGES:
        response = visitor.get(path)
        assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
        assert response["X-Frame-Options"] == "SAMEORIGIN"
        assert "noindex" in response.content.decode()
    home = visitor.get("/")
    assert "frame-ancestors 'none'" in home["Content-Security-Policy"]
    assert "frame-src 'self'" in home["Content-Security-Policy"]
