"""The merchant's own codes: lists of them, imported, counted, and renamed."""

import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.db import atomic_with_retry
from kernel.errors import InvalidInputError, NotFoundError
from kernel.ids import uuid7
from tenants.rewards.giving_codes import left
from tenants.rewards.models import Award, CodeList, ListedCode, Prize, Tier

MOST_CODES = 100_000
_LONGEST = 64
_SLICE = 5_000
_SHOWN = 50
_HEADERS = frozenset({"code", "codes", "code promo", "codes promo", "coupon", "voucher", "bon"})


class UnknownCodeListError(NotFoundError):
    """There is no such list."""

    code = "unknown_code_list"
    words = gettext_lazy("Cette liste de codes n’existe pas.")


class NoCodesError(InvalidInputError):
    """There is no code in what was sent."""

    code = "no_codes"
    words = gettext_lazy("Collez au moins un code, ou choisissez un fichier qui en contient.")


class TooManyCodesError(InvalidInputError):
    """More codes than one import takes."""

    code = "too_many_codes"
    words = gettext_lazy("Importez 100 000 codes au plus à la fois.")


class InvalidCodeListError(InvalidInputError):
    """A list needs a name, which no other one has."""

    code = "invalid_code_list"
    words = gettext_lazy("Donnez un nom à la liste, par exemple Bons Café Aurore.")


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that is no code: its number in what was sent, as it reads, and why."""

    line: int
    text: str
    why: str


@dataclass
class Imported:
    """What became of an import: how many are new, were known already, came twice, cannot be used.

    `rejected` holds the first of the lines that cannot; `rejected_count` counts them all.
    """

    new: int = 0
    known: int = 0
    twice: int = 0
    rejected_count: int = 0
    rejected: list[Rejected] = field(default_factory=list)


@atomic_with_retry
def save_list(
    *, name: str, warn_below: int, now: datetime, list_id: uuid.UUID, new: bool = False
) -> CodeList:
    """Make a list under this id, or rename it and move its mark; the same `list_id` makes one."""
    name = " ".join(name.split())
    if not name:
        raise InvalidCodeListError(param="name")
    if CodeList.objects.filter(name__iexact=name).exclude(id=list_id).exists():
        raise InvalidCodeListError(
            _("Une autre liste s’appelle déjà « %(name)s ». Choisissez un autre nom.")
            % {"name": name},
            param="name",
        )
    row = CodeList.objects.select_for_update().filter(id=list_id).first()
    if row is None and not new:
        raise UnknownCodeListError
    row = row or CodeList(id=list_id, created_at=now)
    row.name, row.warn_below = name, warn_below
    row.save()
    _rearm(row)
    return row


@atomic_with_retry
def import_codes(*, code_list_id: uuid.UUID, texts: Iterable[str], now: datetime) -> Imported:
    """Add codes to a list, one to a text. All good ones are taken; each other one says why.

    A code that this or another list has had already is not taken again, given out or not: two
    people would hold the same one. Raises NoCodesError or TooManyCodesError.
    """
    row = CodeList.objects.select_for_update().filter(id=code_list_id).first()
    if row is None:
        raise UnknownCodeListError
    found = Imported()
    codes = _read(texts, found)
    if not codes and not found.rejected_count:
        raise NoCodesError
    for start in range(0, len(codes), _SLICE):
        part = codes[start : start + _SLICE]
        taken = set(ListedCode.objects.filter(code__in=part).values_list("code", flat=True))
        fresh = [code for code in part if code not in taken]
        ListedCode.objects.bulk_create(
            [ListedCode(id=uuid7(), code_list=row, code=code) for code in fresh]
        )
        found.known += len(part) - len(fresh)
        found.new += len(fresh)
    _rearm(row)
    return found


def lists() -> Any:
    """Every list with `total`, `free`, and whether it is `low`; by name."""
    return (
        CodeList.objects.annotate(
            total=Count("codes"),
            free=Count("codes", filter=Q(codes__taken_at__isnull=True)),
        )
        .annotate(low=Q(free__lte=F("warn_below")), given=F("total") - F("free"))
        .order_by("name", "id")
    )


def low() -> list[CodeList]:
    """The lists in use that have run out, or soon will."""
    used = set(Prize.objects.filter(active=True).values_list("code_list_id", flat=True))
    used |= set(Tier.objects.filter(active=True).values_list("code_list_id", flat=True))
    used |= set(Award.objects.filter(waits_for_code=True).values_list("code_list_id", flat=True))
    used |= set(CodeList.objects.filter(in_use=True).values_list("id", flat=True))
    used.discard(None)
    if not used:
        return []
    return list(lists().filter(id__in=used, low=True))


def _rearm(row: CodeList) -> None:
    """Above the mark again: the next time it runs low is told again."""
    if row.warned_at is not None and left(code_list_id=row.id) > row.warn_below:
        row.warned_at = None
        row.save(update_fields=["warned_at"])


def _read(texts: Iterable[str], found: Imported) -> list[str]:
    """The codes in their order, each once."""
    seen: dict[str, None] = {}
    for number, raw in enumerate(texts, start=1):
        text = raw.strip().strip("\ufeff").strip()
        if not text or (number == 1 and text.casefold() in _HEADERS):
            continue
        if why := _wrong(text):
            found.rejected_count += 1
            if len(found.rejected) < _SHOWN:
                found.rejected.append(Rejected(line=number, text=text[:40], why=why))
        elif text in seen:
            found.twice += 1
        else:
            seen[text] = None
            if len(seen) > MOST_CODES:
                raise TooManyCodesError
    return list(seen)


def _wrong(text: str) -> str:
    if len(text) > _LONGEST:
        return _("plus de 64 caractères")
    if any(unicodedata.category(char)[0] in "CZ" for char in text):
        return _("contient un espace")
    if text[0] in "=+@" or (text[0] == "-" and len(text) == 1):
        return _("commence comme une formule")
    return ""
