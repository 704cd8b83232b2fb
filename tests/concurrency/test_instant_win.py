"""R1: prizes are exact when everybody plays at once; codes, too."""

import pytest

from kernel.errors import RicochetError
from operations.mechanics.coupon.codes import AllGivenError
from operations.models import OperationModule, Participation, WinningMoment
from tenants.messaging.models import Email
from tenants.rewards.models import ListedCode
from tests.concurrency.conftest import Race
from tests.fixtures.effort import effort
from tests.fixtures.mechanics import LAMP, make_live
from tests.fixtures.operations import BEGINS, Taken, take

PRIZES = 10


@pytest.fixture
def module(lumen: object) -> OperationModule:
    made = make_live("instant_win", settings={"prizes": [{**LAMP, "stock": PRIZES}]})
    WinningMoment.objects.update(at=BEGINS)
    return made


def outcomes(kind: str) -> int:
    return Participation.objects.filter(outcome__kind=kind).count()


def test_ten_prizes_and_a_crowd_at_once_make_exactly_ten_winners(
    module: OperationModule, race: Race
) -> None:
    """1,000 players, 10 prizes, all of them due: exactly 10 (R1; `make soak` has the thousand)."""
    crowd = effort(short=120, soak=1_000)
    answers = race(
        [lambda n=n: take(module, f"joueur{n}@exemple.fr") for n in range(crowd)]  # type: ignore[misc]
    )
    assert all(isinstance(answer, Taken) for answer in answers)
    assert (outcomes("won"), outcomes("lost")) == (PRIZES, crowd - PRIZES)
    rows = WinningMoment.objects.filter(participation__isnull=False)
    assert rows.count() == PRIZES
    assert rows.filter(participation__outcome__kind="won").count() == PRIZES
    assert Email.objects.filter(kind="operation_won").count() == PRIZES


def test_one_person_with_fifty_forms_wins_once(module: OperationModule, race: Race) -> None:
    OperationModule.objects.filter(id=module.id).update(rule="times", times=50)
    answers = race([lambda: take(module) for _n in range(50)])
    assert len([a for a in answers if isinstance(a, Taken)]) == 50
    assert outcomes("won") == 1
    assert WinningMoment.objects.filter(participation__isnull=False).count() == 1


def test_ten_codes_and_a_crowd_at_once_give_each_code_once(lumen: object, race: Race) -> None:
    """R1: the losers get 409, and nothing of them stays."""
    module = make_live("coupon", settings={"count": 10})
    crowd = effort(short=60, soak=1_000)
    answers = race(
        [lambda n=n: take(module, f"p{n}@exemple.fr") for n in range(crowd)]  # type: ignore[misc]
    )
    refused = [answer for answer in answers if isinstance(answer, RicochetError)]
    assert len(refused) == crowd - 10
    assert {type(error) for error in refused} == {AllGivenError}
    given = Participation.objects.values_list("outcome__code", flat=True)
    assert (len(given), len(set(given))) == (10, 10)
    assert ListedCode.objects.filter(taken_at__isnull=True).count() == 0
