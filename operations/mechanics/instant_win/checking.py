"""Checking a record of winning moments from its document alone: each moment is made again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from operations.mechanics.draw import signing
from operations.mechanics.draw.checking import (
    Check,
    UnreadableRecordError,
    as_promised,
    of_our_key,
)
from operations.mechanics.instant_win import algorithm
from operations.mechanics.instant_win.algorithm import Dates


def check(document: Mapping[str, Any]) -> list[Check]:
    """Every point of a document `{"record", "signature"}`.

    While the operation goes on neither the secret nor a moment is told, and that is the point.
    Raises UnreadableRecordError where something of it is not there, or is of another shape.
    """
    try:
        return _check(document["record"], document["signature"])
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise UnreadableRecordError from error


def _check(record: Mapping[str, Any], signature: Mapping[str, Any]) -> list[Check]:
    if record["format"] != algorithm.FORMAT:
        raise UnreadableRecordError
    seed, told = str(record["seed"]), list(record["moments"])
    found = [
        Check(
            "signature",
            _("La signature est celle de ce relevé"),
            signing.is_signed(record, signature),
        ),
        of_our_key(signature),
        Check(
            "dates",
            _("Les dates se suivent, et aucune n’est antérieure à la promesse"),
            _in_order(record),
        ),
    ]
    if not seed:
        words = _("L’opération n’est pas terminée : aucun instant n’est révélé")
        return [*found, Check("sealed", words, not told)]
    return [
        *found,
        as_promised(seed, record),
        Check(
            "moments",
            _("Chaque pièce de chaque lot a l’instant que le secret lui donne"),
            _are_those_drawn(record, seed, told),
        ),
        Check(
            "wins",
            _("Aucun lot n’est gagné avant son instant, ni deux par la même participation"),
            _are_fair(told),
        ),
    ]


def _in_order(record: Mapping[str, Any]) -> bool:
    rounds = record["rounds"]
    published = datetime.fromisoformat(record["commitment"]["published_at"])
    changed = [published, *(datetime.fromisoformat(one["changed_at"]) for one in rounds)]
    numbers = [int(one["number"]) for one in rounds]
    return changed == sorted(changed) and numbers == sorted(set(numbers))


def _are_those_drawn(record: Mapping[str, Any], seed: str, told: list[Any]) -> bool:
    # Counted first: nobody has a check work through a stock that the record does not hold.
    if sum(int(prize["stock"]) for prize in record["prizes"]) != len(told):
        return False
    rounds = [
        Dates(
            int(one["number"]), *(datetime.fromisoformat(one[name]) for name in Dates._fields[1:])
        )
        for one in record["rounds"]
    ]
    drawn = {
        (prize["number"], unit): algorithm.moment(
            seed=seed, rounds=rounds, prize=prize["number"], unit=unit
        )
        for prize in record["prizes"]
        for unit in range(1, int(prize["stock"]) + 1)
    }
    return drawn == {(one["prize"], one["unit"]): datetime.fromisoformat(one["at"]) for one in told}


def _are_fair(told: list[Any]) -> bool:
    won = [one for one in told if one["participation"]]
    in_time = all(
        datetime.fromisoformat(one["won_at"]) >= datetime.fromisoformat(one["at"]) for one in won
    )
    return in_time and len({one["participation"] for one in won}) == len(won)
