"""What the team reads before it ends an operation, and what everybody reads afterwards."""

import html
import re
from datetime import timedelta

import pytest
import time_machine

from operations import running
from operations.mechanics import MECHANICS, mechanic_of
from operations.models import Operation, WinningMoment
from tests.fixtures.mechanics import CANDLE, LAMP, make_live
from tests.fixtures.operations import BEGINS, NOW, make_module, take
from tests.fixtures.programme import publish
from tests.fixtures.tenants import TenantClient


@pytest.fixture(autouse=True)
def at_noon(lumen):
    publish()
    with time_machine.travel(NOW, tick=False):
        yield


def words_of(response, part: str = "") -> str:
    page = response.content.decode()
    if part:
        found = re.search(part, page, re.DOTALL)
        page = found[0] if found else ""
    page = re.sub(r"(?s)<style.*?</style>|<[^>]+>", " ", page)
    return " ".join(html.unescape(page).split())


def confirmation(client, operation: Operation) -> str:
    page = client.get(f"/operations/{operation.public_id}")
    return words_of(page, r'<dialog[^>]*id="stop".*?</dialog>')


def test_before_the_end_the_team_reads_how_many_prizes_nobody_won(claire):
    module = make_live("instant_win")
    assert "5 lots sur 5 n’ont pas de gagnant" in confirmation(claire, module.operation)
    WinningMoment.objects.update(at=BEGINS)
    for number in range(4):
        take(module, f"p{number}@exemple.fr")
    told = confirmation(claire, module.operation)
    assert "4 personnes ont participé" in told
    assert "1 lot sur 5 n’a pas de gagnant. Il ne pourra plus être gagné" in told
    assert "sauf si votre règlement en dispose autrement" in told
    take(module, "p4@exemple.fr")
    told = confirmation(claire, module.operation)
    assert "Tous les lots ont été gagnés." in told and "règlement" not in told


@pytest.mark.parametrize("chances", ["person", "each"])
def test_of_a_draw_it_says_that_it_takes_place_and_what_is_left(claire, chances):
    """Each person wins one prize at most, with however many chances."""
    settings = {"prizes": [LAMP, CANDLE], "chances": chances}
    module = make_live("draw", settings=settings, rule="times", times=3)
    for email in ("a@exemple.fr", "a@exemple.fr", "b@exemple.fr"):
        take(module, email)
    told = confirmation(claire, module.operation)
    assert "Le tirage a lieu aussitôt" in told
    assert "3 lots sur 5 n’ont pas de gagnant" in told
    running.stop(operation_id=module.operation_id, now=NOW)
    (figure,) = mechanic_of(module).figures(module=module)
    assert (figure.value, figure.context) == (2, "sur 5")
    assert mechanic_of(module).ending(module=module) == "", "it is drawn"


def test_a_draw_with_enough_people_leaves_nothing(claire):
    module = make_live("draw")
    for number in range(2):
        take(module, f"p{number}@exemple.fr")
    told = confirmation(claire, module.operation)
    assert "Le tirage a lieu aussitôt" in told and "gagnant" not in told


@pytest.mark.parametrize("kind", sorted(set(MECHANICS) - {"draw", "instant_win"}))
def test_where_nothing_is_won_by_chance_nothing_is_said_of_prizes(claire, kind):
    module = make_module(kind="form") if kind == "form" else make_live(kind)
    told = confirmation(claire, module.operation)
    assert "l’opération ne se rouvre pas" in told and "lot" not in told
    assert "0 personne" not in told


def test_what_is_over_promises_nothing_to_win_any_more(lumen, claire):
    module = make_live("draw")
    Operation.objects.update(prizes={"fr": "Cinq bougies."}, prize_count=5, prize_value=8900)
    office, page = f"/operations/{module.operation.public_id}", f"/o/{module.operation.slug}"
    told = words_of(TenantClient(lumen).get(page))
    # The module's own prizes, said where they are won.
    assert all(words in told for words in ("2 lots", "2 × Lampe Halo", "Gagnez une lampe"))
    assert "À partager telle quelle" in words_of(claire.get(office))

    Operation.objects.update(ends_at=NOW - timedelta(hours=1))  # its day has come
    over = TenantClient(lumen).get(page)
    told = words_of(over)
    assert "og:description" not in over.content.decode()
    assert "Un automne à la maison" in told
    assert "L’opération est terminée" in told and "fin des participations" in told
    assert not any(word in told for word in ("lots", "agne", "Cinq bougies", "Halo"))
    told = words_of(claire.get(office))
    assert "la page le dit à qui l’ouvre encore" in told and "À partager" not in told

    Operation.objects.update(archived_at=NOW)
    assert "cette adresse ne répond plus" in words_of(claire.get(office))
    assert TenantClient(lumen).get(page).status_code == 404
