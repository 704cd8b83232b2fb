"""The record of winning moments: every point is checked from the document alone, by a command."""

import copy
import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from operations import running
from operations.mechanics.draw import signing
from operations.mechanics.draw.checking import UnreadableRecordError
from operations.mechanics.instant_win import checking, moments, record
from operations.models import WinningPlan
from tests.fixtures.mechanics import make_live
from tests.fixtures.operations import BEGINS, ENDS, NOW, take

LAMPS = {"number": 1, "name": {"fr": "Lampe Halo"}, "stock": 6}
CANDLES = {"number": 2, "name": {"fr": "Bougie Aube"}, "stock": 3}
OVER = ENDS + timedelta(days=9)


@pytest.fixture
def document(lumen, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Some wins, then another end, then the end: as anybody downloads it.

    The secret is a fixed one, under which some moments come before the change and some after.
    """
    monkeypatch.setattr(moments.secrets, "token_hex", lambda _length: "5e" * 32)
    module = make_live("instant_win", settings={"prizes": [LAMPS, CANDLES]})
    late = ENDS - timedelta(days=9)
    for n in range(4):
        take(module, f"p{n}@exemple.fr", now=late)
    with time_machine.travel(late, tick=False):
        ends = ENDS + timedelta(days=4)
        running.set_dates(
            operation_id=module.operation_id, starts_at=BEGINS, ends_at=ends, now=late
        )
    plan = WinningPlan.objects.select_related("module__operation").get()
    told = json.loads(json.dumps(record.document(plan, now=OVER)))
    found = told["record"]["moments"]
    assert sum(bool(one["participation"]) for one in found) >= 2
    assert sum(one["at"] > late.isoformat() for one in found) >= 2
    return told


def holding(document: dict[str, Any]) -> dict[str, bool]:
    return {point.code: point.holds for point in checking.check(document)}


def test_every_point_of_the_record_holds(document):
    points = holding(document)
    assert set(points) == {"signature", "key", "dates", "commitment", "moments", "wins"}
    assert set(points.values()) == {True}


def _later(told: dict[str, Any]) -> None:
    told["moments"][-1]["at"] = "2026-11-08T10:00:00.000000+00:00"


def _early(told: dict[str, Any]) -> None:
    won = next(one for one in told["moments"] if one["participation"])
    won["won_at"] = "2026-11-07T07:00:00.000000+00:00"


def _twice(told: dict[str, Any]) -> None:
    first, second = [one for one in told["moments"] if one["participation"]][:2]
    second["participation"] = first["participation"]


def _one_less(told: dict[str, Any]) -> None:
    told["moments"].pop()


def _other_unit(told: dict[str, Any]) -> None:
    told["moments"][0]["unit"] = 99


def _another_stock(told: dict[str, Any]) -> None:
    told["prizes"][0]["stock"] = 7


def _no_other_dates(told: dict[str, Any]) -> None:
    told["rounds"].pop()


def _dates_turned(told: dict[str, Any]) -> None:
    told["rounds"].reverse()


def _promised_late(told: dict[str, Any]) -> None:
    told["commitment"]["published_at"] = "2027-01-01T00:00+00:00"


def _another_secret(told: dict[str, Any]) -> None:
    told["seed"] = "00" * 32


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        (_later, "moments"),
        (_one_less, "moments"),
        (_other_unit, "moments"),
        (_another_stock, "moments"),
        (_no_other_dates, "moments"),
        (_another_secret, "commitment"),
        (_dates_turned, "dates"),
        (_promised_late, "dates"),
        (_early, "wins"),
        (_twice, "wins"),
    ],
)
def test_what_was_touched_does_not_hold_even_signed_anew(
    document, change: Callable[[dict[str, Any]], None], broken: str
):
    """Whoever holds the key changes nothing unseen, either: the promise was published before."""
    touched = copy.deepcopy(document)
    change(touched["record"])
    assert holding(touched)["signature"] is False
    touched["signature"] = signing.sign(touched["record"])
    points = holding(touched)
    assert points["signature"] is True and points[broken] is False


def test_before_the_end_nothing_is_told_and_that_holds(lumen):
    make_live("instant_win", settings={"prizes": [LAMPS]})
    plan = WinningPlan.objects.select_related("module__operation").get()
    told = record.document(plan, now=NOW)
    assert holding(told) == {"signature": True, "key": True, "dates": True, "sealed": True}
    told["record"]["moments"] = [{"prize": 1, "unit": 1}]
    assert holding(told)["sealed"] is False


@pytest.mark.parametrize(
    "changed",
    [
        {"rounds": None},
        {"rounds": []},
        {"rounds": [{"number": 1, "changed_at": "hier", "begins_at": "", "ends_at": "demain"}]},
        {"moments": 7},
        {"format": "ricochet-draw/1"},
    ],
)
def test_what_is_no_record_is_said_to_be_none(document, changed):
    document["record"].update(changed)
    with pytest.raises(UnreadableRecordError):
        checking.check(document)


def test_the_command_tells_a_record_of_moments_from_that_of_a_draw(document, tmp_path: Path):
    file = tmp_path / "releve.json"
    file.write_text(json.dumps(document))
    told = StringIO()
    call_command("draws", "verify", str(file), stdout=told)
    assert told.getvalue().count("ok  ") == 6
    document["record"]["moments"][0]["at"] = "2026-11-08T10:00:00.000000+00:00"
    file.write_text(json.dumps(document))
    told = StringIO()
    with pytest.raises(CommandError, match="does not hold"):
        call_command("draws", "verify", str(file), stdout=told)
    assert "FAIL  moments" in told.getvalue() and "FAIL  signature" in told.getvalue()


def test_the_command_reads_a_merchants_own_moments_too(document, lumen):
    told = StringIO()
    plan = WinningPlan.objects.get().public_id
    call_command("draws", "verify", tenant=lumen.slug, moments=plan, stdout=told)
    assert told.getvalue() and "FAIL" not in told.getvalue()
    for given in ({"moments": "wpl_nothing"}, {"moments": plan, "draw": "drw_" + plan[4:]}, {}):
        with pytest.raises(CommandError, match="Name a file"):
            call_command("draws", "verify", tenant=lumen.slug, **given)
