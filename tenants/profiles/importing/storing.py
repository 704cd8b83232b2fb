"""Where a file's content lies: in the tenant's own tables, so that any worker can read it."""

import json
import uuid
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from django.db.models import Q

from tenants.profiles.importing.opening import Line
from tenants.profiles.models import CustomerImport, ImportChunk, ImportRow
from tenants.profiles.models.imports import ChunkPart

_PIECE = 1 << 20
LINES_A_CHUNK = 2_500


def keep_file(customer_import: CustomerImport, data: bytes) -> None:
    """Store the file as it came, in pieces."""
    for number, start in enumerate(range(0, len(data), _PIECE)):
        ImportChunk.objects.create(
            customer_import=customer_import,
            part=ChunkPart.FILE,
            number=number,
            data=data[start : start + _PIECE],
        )


def read_file(customer_import: CustomerImport) -> bytes:
    """The file as it came; empty once it is forgotten."""
    pieces = ImportChunk.objects.filter(customer_import=customer_import, part=ChunkPart.FILE)
    rows = pieces.order_by("number").values_list("data", flat=True)
    return b"".join(bytes(data) for data in rows.iterator(chunk_size=1))


def keep_lines(customer_import: CustomerImport, lines: Iterable[Line]) -> int:
    """Store the lines in chunks that a step can clean; returns how many there are."""
    ImportChunk.objects.filter(customer_import=customer_import, part=ChunkPart.LINES).delete()
    count = chunks = 0
    waiting: list[str] = []
    for line in lines:
        count += 1
        waiting.append(json.dumps(line, ensure_ascii=False, separators=(",", ":")))
        if len(waiting) == LINES_A_CHUNK:
            _keep_chunk(customer_import, chunks, waiting)
            chunks, waiting = chunks + 1, []
    if waiting:
        _keep_chunk(customer_import, chunks, waiting)
    return count


def _keep_chunk(customer_import: CustomerImport, number: int, lines: list[str]) -> None:
    ImportChunk.objects.create(
        customer_import=customer_import,
        part=ChunkPart.LINES,
        number=number,
        data="\n".join(lines).encode(),
    )


def read_chunk(customer_import: CustomerImport, number: int) -> list[Line]:
    """The lines of one chunk; none past the last."""
    chunk = ImportChunk.objects.filter(
        customer_import=customer_import, part=ChunkPart.LINES, number=number
    ).first()
    if chunk is None:
        return []
    return [(line, cells) for line, cells in map(json.loads, bytes(chunk.data).splitlines())]


def read_lines(customer_import: CustomerImport) -> Iterator[Line]:
    """Every stored line, a chunk at a time."""
    number = 0
    while lines := read_chunk(customer_import, number):
        yield from lines
        number += 1


def cells_of(customer_import: CustomerImport, *, lines: Collection[int]) -> dict[int, list[str]]:
    """The cells of some lines as they came, by their number."""
    wanted = set(lines)
    found: dict[int, list[str]] = {}
    if wanted:
        for number, cells in read_lines(customer_import):
            if number in wanted:
                found[number] = cells
                if len(found) == len(wanted):
                    break
    return found


def forget_due(*, now: datetime) -> int:
    """Delete what files held, a week after they came; what became of them stays (D6)."""
    over = Q(customer_import__forget_at__lte=now)
    chunks, _kinds = ImportChunk.objects.filter(over).delete()
    rows, _kinds = ImportRow.objects.filter(over).delete()
    return chunks + rows


def forget_person(*, profile_id: uuid.UUID, email_key: str | None) -> None:
    """Delete the lines about one person, refused ones too, and the files that hold them."""
    known = Q(profile_id=profile_id)
    rows = ImportRow.objects.filter(known | Q(email_key=email_key) if email_key else known)
    named = list(rows.values_list("customer_import_id", flat=True).distinct())
    ImportChunk.objects.filter(customer_import_id__in=named).delete()
    rows.delete()
