"""When a winning moment falls, from the seed and the rounds of dates alone.

Nothing here reads the database: whoever holds the record makes every moment again. What is done,
step by step, is said in `HOW`: it stands in every record, and on the public page.
"""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

FORMAT = "ricochet-moments/1"
HOW: dict[str, tuple[str, ...]] = {
    "fr": (
        "Le secret est une suite de 32 octets tirée au hasard à la mise en ligne, écrite en"
        " hexadécimal. Son empreinte SHA-256, publiée aussitôt, est la promesse : elle le fixe sans"
        " le révéler. Il est révélé une fois l’opération terminée.",
        "Chaque pièce d’un lot a son moment : les 8 premiers octets de HMAC-SHA256, avec pour clé"
        " les octets du secret et pour message le numéro des dates, deux-points, le numéro du lot,"
        " deux-points, le numéro de la pièce. Ce nombre, divisé par 2 puissance 64, est la part du"
        " temps écoulée entre le début (ou la mise en ligne, si elle est plus tardive) et la fin,"
        " à la microseconde inférieure.",
        "Tant que l’opération n’a pas commencé, d’autres dates tirent les moments à nouveau, sous"
        " leur propre numéro : personne n’a encore pu jouer.",
        "Dès qu’elle a commencé, aucun moment n’avance. Une fin plus proche n’en déplace aucun :"
        " les lots dont le moment tombe après elle ne sont pas gagnés.",
        "Une fin plus lointaine que toutes celles d’avant étire ce qui reste à venir : la distance"
        " entre l’instant du changement et le moment est multipliée par la nouvelle durée restante,"
        " puis divisée par l’ancienne, à la microseconde inférieure.",
    ),
    "en": (
        "The secret is 32 bytes drawn at random when the operation went live, written in"
        " hexadecimal. Its SHA-256, published at once, is the promise: it fixes the secret without"
        " revealing it. It is revealed once the operation has ended.",
        "Each piece of a prize has its moment: the first 8 bytes of HMAC-SHA256, with the bytes of"
        " the secret as key and, as message, the number of the dates, a colon, the number of the"
        " prize, a colon, the number of the piece. That number, divided by 2 to the power of 64, is"
        " the share of the time between the start (or going live, where that is later) and the"
        " end, rounded down to the microsecond.",
        "As long as the operation has not begun, other dates draw the moments again, under their"
        " own number: nobody could play yet.",
        "Once it has begun no moment comes sooner. A nearer end moves none: the prizes whose moment"
        " falls after it are not won.",
        "An end that is later than all before it stretches what is still to come: the distance"
        " between the change and the moment is multiplied by the new time left, then divided by"
        " the old one, rounded down to the microsecond.",
    ),
}
_MICRO = timedelta(microseconds=1)


class Dates(NamedTuple):
    """One round: the dates of the operation from `changed_at` on."""

    number: int
    begins_at: datetime
    ends_at: datetime
    changed_at: datetime


def moment(*, seed: str, rounds: Sequence[Dates], prize: int, unit: int) -> datetime:
    """The moment of one piece of a prize, under all rounds in order; there is one at least.

    It may lie after the present end: then it is not won.
    """
    first, *later = rounds
    begins, at = _drawn(seed, first, prize, unit)
    spread_to = first.ends_at
    for one in later:
        if one.changed_at < begins:
            begins, at = _drawn(seed, one, prize, unit)
            spread_to = one.ends_at
        elif one.ends_at > spread_to:
            if at > one.changed_at:
                left = (one.ends_at - one.changed_at) // _MICRO
                before = (spread_to - one.changed_at) // _MICRO
                at = one.changed_at + (at - one.changed_at) // _MICRO * left // before * _MICRO
            spread_to = one.ends_at
    return at


def _drawn(seed: str, dates: Dates, prize: int, unit: int) -> tuple[datetime, datetime]:
    # What would lie in the past would all be won by the first who come.
    begins = max(dates.begins_at, dates.changed_at)
    told = f"{dates.number}:{prize}:{unit}".encode()
    share = hmac.new(bytes.fromhex(seed), told, hashlib.sha256).digest()[:8]
    whole = (dates.ends_at - begins) // _MICRO
    return begins, begins + (int.from_bytes(share, "big") * whole >> 64) * _MICRO
