"""Taking in the merchant's codes, pasted or from a file, and serving who waited for one."""

import uuid
from collections.abc import Iterator
from datetime import datetime

from kernel.db import atomic_with_retry
from tenants.profiles.importing import opening, texts, workbooks
from tenants.programme import awarding
from tenants.rewards import awards
from tenants.rewards.code_lists import Imported, TooManyCodesError, import_codes, save_list
from tenants.rewards.models import CodeList

# A hundred thousand codes of sixty-four letters, and some room.
_MOST_BYTES = 8_000_000
_MOST_SERVED = 1_000


@atomic_with_retry
def make_list(
    *,
    list_id: uuid.UUID,
    name: str,
    warn_below: int,
    pasted: str,
    file: bytes | None,
    now: datetime,
) -> tuple[CodeList, Imported]:
    """A new list with its first codes; nothing is kept when the codes cannot be read."""
    row = save_list(list_id=list_id, name=name, warn_below=warn_below, now=now, new=True)
    return row, import_into(list_id=row.id, pasted=pasted, file=file, now=now)


@atomic_with_retry
def import_into(*, list_id: uuid.UUID, pasted: str, file: bytes | None, now: datetime) -> Imported:
    """Add codes to a list, then give theirs to the awards that waited, the oldest first."""
    found = import_codes(code_list_id=list_id, texts=_lines(pasted, file), now=now)
    for award_id in awards.waiting_for_code(code_list_id=list_id, limit=_MOST_SERVED):
        awarding.make_available(award_id=award_id, now=now)
    return found


def _lines(pasted: str, file: bytes | None) -> Iterator[str]:
    yield from pasted.splitlines()
    if not file:
        return
    if len(file) > _MOST_BYTES:
        raise TooManyCodesError(param="file")
    yield from _cells(file)


def _cells(data: bytes) -> Iterator[str]:
    """The first cell of every line of a CSV or a workbook."""
    kind = opening.kind_of(data)
    if kind == "xlsx":
        source = workbooks.lines(data)
    else:
        encoding = texts.detect_encoding(data)
        delimiter = texts.detect_delimiter(data, encoding)
        source = texts.lines(data, encoding=encoding, delimiter=delimiter)
    for _number, cells in source:
        yield cells[0] if cells else ""
