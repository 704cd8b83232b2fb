"""How a draw is made, and checked. Nothing here reads the database: the record alone is enough.

What it does, step by step, is said in `HOW`: it stands in every record, and on the public page.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

FORMAT = "ricochet-draw/1"
HOW: dict[str, tuple[str, ...]] = {
    "fr": (
        "Le secret est une suite de 32 octets tirée au hasard à la mise en ligne, écrite en"
        " hexadécimal. Son empreinte SHA-256, publiée aussitôt, est la promesse : elle le fixe sans"
        " le révéler.",
        "La liste compte une ligne par chance : le numéro de la participation, une espace, le"
        " numéro de la première participation de la même personne. Les lignes sont dans l’ordre"
        " alphabétique, chacune suivie d’un saut de ligne, en UTF-8. L’empreinte de la liste est"
        " son SHA-256.",
        "Le billet d’une ligne est HMAC-SHA256, avec pour clé les octets du secret et pour message"
        " l’empreinte de la liste, deux-points, le numéro de la participation. Les lignes sont"
        " classées par billet, du plus petit au plus grand.",
        "En descendant ce classement, chaque personne compte une fois. Les premières gagnent, un"
        " lot chacune, dans l’ordre des lots ; les suivantes sont suppléantes, dans l’ordre.",
        "Le procès-verbal est signé en Ed25519 : le message est son JSON sans espaces, clés dans"
        " l’ordre alphabétique, en UTF-8.",
        "Un gagnant remplacé ensuite fait l’objet d’un additif, signé de même : il dit quand,"
        " pourquoi, et quel suppléant a le lot. Il porte l’empreinte SHA-256 du procès-verbal, ou"
        " de l’additif d’avant, pris dans la même forme que pour la signature.",
    ),
    "en": (
        "The secret is 32 bytes drawn at random when the operation went live, written in"
        " hexadecimal. Its SHA-256, published at once, is the promise: it fixes the secret without"
        " revealing it.",
        "The list has one line for each chance: the number of the entry, a space, the number of the"
        " first entry of the same person. Lines are in alphabetical order, each ended by a line"
        " feed, in UTF-8. The hash of the list is its SHA-256.",
        "The ticket of a line is HMAC-SHA256, with the bytes of the secret as key and, as message,"
        " the hash of the list, a colon, the number of the entry. Lines are ranked by ticket, the"
        " smallest first.",
        "Down that ranking each person counts once. The first ones win a prize each, in the order"
        " of the prizes; the next ones are substitutes, in order.",
        "The record is signed with Ed25519: the message is its JSON without spaces, keys in"
        " alphabetical order, in UTF-8.",
        "A winner who is replaced afterwards makes an addendum, signed alike: it says when, why,"
        " and which substitute has the prize. It bears the SHA-256 of the record, or of the"
        " addendum before it, in the form that is signed.",
    ),
}


class Entry(NamedTuple):
    """One chance: the participation, and the first participation of the same person."""

    participation: str
    person: str


def commit(seed: str) -> str:
    """What is shown before: it fixes the seed, and tells nothing of it."""
    return hashlib.sha256(bytes.fromhex(seed)).hexdigest()


def as_text(entries: Iterable[Entry]) -> str:
    """The list as it is hashed and kept."""
    return "".join(sorted(f"{entry.participation} {entry.person}\n" for entry in entries))


def from_text(text: str) -> list[Entry]:
    """The other way; ValueError for a line that is none."""
    return [Entry(*line.split(" ")) for line in text.split("\n") if line]


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def ticket(*, seed: str, list_hash: str, participation: str) -> str:
    told = f"{list_hash}:{participation}".encode()
    return hmac.new(bytes.fromhex(seed), told, hashlib.sha256).hexdigest()


def ranking(*, seed: str, text: str, most: int) -> list[str]:
    """The participations that were drawn, in order, each person once, `most` of them."""
    list_hash = hash_of(text)
    ordered = sorted(
        from_text(text),
        key=lambda entry: ticket(seed=seed, list_hash=list_hash, participation=entry.participation),
    )
    found: list[str] = []
    seen: set[str] = set()
    for entry in ordered:
        if entry.person in seen:
            continue
        if len(found) == most:
            break
        seen.add(entry.person)
        found.append(entry.participation)
    return found


def places(*, prizes: Iterable[Mapping[str, Any]], drawn: list[str]) -> dict[str, Any]:
    """Winners, a piece each in the order of the prizes, then substitutes, as a record has them."""
    pieces = [prize for prize in prizes for _piece in range(int(prize["stock"]))]
    winners = [
        {"rank": rank, "participation": who, "prize": prize["number"]}
        for rank, (who, prize) in enumerate(zip(drawn, pieces, strict=False), start=1)
    ]
    substitutes = [
        {"rank": rank, "participation": who}
        for rank, who in enumerate(drawn[len(pieces) :], start=len(winners) + 1)
    ]
    return {"winners": winners, "substitutes": substitutes}
