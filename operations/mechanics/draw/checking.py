"""Checking a draw from its document alone: each point by itself, nothing taken on trust."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.errors import InvalidInputError
from operations.mechanics.draw import algorithm, replacing, signing
from operations.mechanics.shape import Words


class UnreadableRecordError(InvalidInputError):
    """This is no document of a draw, nor of winning moments."""

    code = "unreadable_draw_record"
    words = _("Ce fichier n’est ni le procès-verbal d’un tirage, ni le relevé d’instants gagnants.")


@dataclass(frozen=True, slots=True)
class Check:
    """One point: what was checked, and whether it holds."""

    code: str
    label: Words
    holds: bool


def read(data: bytes) -> dict[str, Any]:
    """A document that somebody brings; UnreadableRecordError where it is none."""
    try:
        found = json.loads(data)
    except ValueError as error:
        raise UnreadableRecordError from error
    if not isinstance(found, dict):
        raise UnreadableRecordError
    return found


def check(document: Mapping[str, Any]) -> list[Check]:
    """Every point of a document `{"record", "signature", "entries"}`.

    Raises UnreadableRecordError where something of it is not there, or is of another shape.
    """
    try:
        found = _check(document["record"], document["signature"], str(document["entries"]))
        if document.get("addenda"):
            words = _("Les remplacements sont signés, et suivent l’ordre des suppléants")
            found.append(Check("addenda", words, replacing.hold(document)))
        return found
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableRecordError from error


def of_our_key(signature: Mapping[str, Any]) -> Check:
    """Of a record of either kind: whoever signed it is this installation."""
    words = _("La clé de signature est celle de cette plateforme")
    return Check("key", words, signature["public_key"] == signing.public_key())


def as_promised(seed: str, record: Mapping[str, Any]) -> Check:
    """Of a record of either kind: its secret is the one whose hash was published."""
    words = _("Le secret révélé est celui qui avait été promis avant")
    kept = algorithm.commit(seed) == record["commitment"]["sha256"]
    return Check("commitment", words, kept)


def _check(record: Mapping[str, Any], signature: Mapping[str, Any], text: str) -> list[Check]:
    if record["format"] != algorithm.FORMAT:
        raise UnreadableRecordError
    seed, entries = str(record["seed"]), algorithm.from_text(text)
    winners, substitutes = record["winners"], record["substitutes"]
    wanted = sum(int(prize["stock"]) for prize in record["prizes"]) + int(record["asked"])
    drawn = algorithm.ranking(seed=seed, text=text, most=wanted)
    again = algorithm.places(prizes=record["prizes"], drawn=drawn)
    told = record["list"]
    return [
        Check(
            "signature",
            _("La signature est celle de ce procès-verbal"),
            signing.is_signed(record, signature),
        ),
        of_our_key(signature),
        as_promised(seed, record),
        Check(
            "before",
            _("La promesse est antérieure au tirage"),
            str(record["commitment"]["published_at"]) < str(record["drawn_at"]),
        ),
        Check(
            "list",
            _("La liste est celle du tirage, ligne pour ligne"),
            algorithm.hash_of(text) == told["sha256"] and algorithm.as_text(entries) == text,
        ),
        Check(
            "count",
            _("Le nombre de chances et de personnes est exact"),
            (len(entries), len({entry.person for entry in entries}))
            == (told["chances"], told["people"]),
        ),
        Check(
            "winners", _("Le tirage refait désigne les mêmes gagnants"), again["winners"] == winners
        ),
        Check(
            "substitutes",
            _("Le tirage refait désigne les mêmes suppléants, dans le même ordre"),
            again["substitutes"] == substitutes,
        ),
    ]
