"""Codes for what is given: made here, impossible to guess, or the next of the merchant's list."""

import secrets
import uuid
from datetime import datetime

from django.utils.translation import gettext_lazy

from kernel.errors import ConflictError
from kernel.outbox.services import emit
from tenants.rewards.models import CodeList, ListedCode

LOW_EVENT = "rewards.codes_low"
# Can be read aloud: no 0 and O, 1, I and L, 2 and Z, 5 and S, 8 and B. 25 letters, ten of them:
# 46 bits, too many to try behind a throttle (R32).
ALPHABET = "34679ACDEFGHJKMNPQRTUVWXY"
LENGTH = 10


class NoCodeLeftError(ConflictError):
    """The merchant's list of codes has been given out."""

    code = "no_code_left"
    words = gettext_lazy("Il ne reste aucun code. Votre cagnotte n’a pas changé.")


def generate() -> str:
    """A code that nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def take_code(*, code_list: CodeList | None, taken_by: str, now: datetime) -> str:
    """A code for `taken_by` ("claim:<uuid>", "award:<uuid>"), in the caller's transaction.

    From a list each code goes out once, whoever asks at the same time, and is not put back when
    what it was for is cancelled: it may have been read. Raises NoCodeLeftError.
    """
    if code_list is None:
        return generate()
    free = ListedCode.objects.filter(code_list=code_list, taken_at__isnull=True).order_by("id")
    row = free.select_for_update(skip_locked=True).first()
    # Those that others hold at this moment come back where their transaction fails: wait for it.
    row = row or free.select_for_update().first()
    if row is None:
        raise NoCodeLeftError
    row.taken_at, row.taken_by = now, taken_by
    row.save(update_fields=["taken_at", "taken_by"])
    _warn_when_low(code_list.id, now)
    return row.code


def left(*, code_list_id: uuid.UUID) -> int:
    """How many codes of a list nobody has yet."""
    return ListedCode.objects.filter(code_list_id=code_list_id, taken_at__isnull=True).count()


def _warn_when_low(code_list_id: uuid.UUID, now: datetime) -> None:
    """Tell the team once that a list runs out; an import above the mark arms it again."""
    armed = CodeList.objects.filter(id=code_list_id, warned_at__isnull=True)
    found = armed.values_list("warn_below", flat=True).first()
    if found is None:
        return
    free = ListedCode.objects.filter(code_list_id=code_list_id, taken_at__isnull=True)
    # No more is counted than is asked: a list may hold a hundred thousand.
    if len(free.values_list("id")[: found + 1]) > found:
        return
    if armed.update(warned_at=now):
        emit(kind=LOW_EVENT, payload={"code_list_id": str(code_list_id)}, now=now)
