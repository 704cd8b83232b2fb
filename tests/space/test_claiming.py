"""Choosing a prize in the customer's space."""

import re
from datetime import UTC, datetime

import pytest

from kernel.ledger import selectors as ledger
from tenants.profiles.models import Profile
from tenants.rewards import services as rewards
from tenants.rewards.models import Claim, Prize
from tests.fixtures.tenants import TenantClient
from tests.space.conftest import STARTED, Earns

NB = "\u00a0"
NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


def text_of(client: TenantClient, path: str = "/espace", *, status: int = 200) -> str:
    """What is read on a page: no markup, single spaces."""
    response = client.get(path)
    assert response.status_code == status
    return words(response.content.decode())


def words(html: str) -> str:
    body = re.sub(r"(?s)<(style|script|svg).*?</\1>|<[^>]+>", " ", html.partition("<main")[2])
    return re.sub(r"[ \n]+", " ", body)


def key_in(client: TenantClient, path: str) -> str:
    found = re.search(r'name="key" value="(\w+)"', client.get(path).content.decode())
    assert found
    return found[1]


def address_of(prize: Prize) -> str:
    return f"/espace/lots/{prize.public_id}"


def test_choosing_a_prize_says_the_consequence_and_gives_a_code(
    at_home: TenantClient, camille: Profile, camille_earns: Earns, candle: Prize
) -> None:
    """B8: the numbers first; then the code to show."""
    for friend in ("Thomas", "Awa", "Karim"):
        camille_earns(friend)
    assert "Encore" not in text_of(at_home)
    page = text_of(at_home, address_of(candle))
    assert f"Dans votre cagnotte 24,00{NB}€" in page
    assert f"Il vous restera 4,00{NB}€" in page
    answer = at_home.post(address_of(candle), {"key": key_in(at_home, address_of(candle))})
    assert answer["Location"] == "/espace?fait=lot#mes-lots"
    claim = Claim.objects.get()
    assert claim.code in text_of(at_home)
    assert ledger.balance(owner_id=camille.id, unit="EUR").available == 400


def test_a_double_click_claims_once(
    at_home: TenantClient, camille: Profile, camille_earns: Earns, candle: Prize
) -> None:
    """R3, B9: the form's own key makes two posts one claim."""
    for friend in ("Thomas", "Awa", "Karim", "Léa", "Inès"):
        camille_earns(friend)
    key = key_in(at_home, address_of(candle))
    for _ in range(2):
        assert at_home.post(address_of(candle), {"key": key}).status_code == 302
    assert Claim.objects.count() == 1
    assert ledger.balance(owner_id=camille.id, unit="EUR").available == 2000


def test_a_prize_out_of_reach_is_not_given(
    at_home: TenantClient, camille: Profile, camille_earns: Earns, candle: Prize
) -> None:
    """The refusal changes nothing, and says so."""
    camille_earns("Thomas")
    assert f"Encore 12,00{NB}€, soit 2 filleuls" in text_of(at_home)
    answer = at_home.post(address_of(candle), {"key": "0" * 32})
    assert answer.status_code == 409
    assert "Rien n’a été retiré." in answer.content.decode()
    assert Claim.objects.count() == 0
    assert ledger.balance(owner_id=camille.id, unit="EUR").available == 800


def test_a_prize_that_ran_out_is_refused_in_words(
    at_home: TenantClient, camille_earns: Earns, candle: Prize
) -> None:
    for friend in ("Thomas", "Awa", "Karim"):
        camille_earns(friend)
    rewards.save_prize(now=STARTED, unit="EUR", prize_id=candle.id, stock=0)
    answer = at_home.post(address_of(candle), {"key": "0" * 32})
    assert answer.status_code == 409
    assert "Le dernier exemplaire vient d’être choisi." in answer.content.decode()


@pytest.mark.parametrize("prize", ["prz_00000000000000000000000000", "prz_", "cus_x", "é"])
def test_an_unknown_prize_is_not_found(at_home: TenantClient, prize: str) -> None:
    assert at_home.get(f"/espace/lots/{prize}").status_code == 404
    assert at_home.post(f"/espace/lots/{prize}").status_code == 404
