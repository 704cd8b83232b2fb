"""R3: one effect and one answer for each idempotency key.

The answer is written in the transaction of its effect: a crash or an error takes both back, so
that the same call can be made again. While a call runs, its key is locked until the transaction
ends, in whichever process it runs; nobody waits for it.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from api.models import IdempotencyRecord
from kernel.db import atomic_with_retry, gathered, insert_if_absent, prepared_cursor
from kernel.errors import ConflictError
from kernel.slices import delete_in_slices
from tenants.database.current import this_connection

# An answer names the customer: it is kept as long as somebody may still repeat the call.
KEPT_FOR = timedelta(days=7)


class KeyReusedError(ConflictError):
    """This Idempotency-Key was used for another request."""

    code = "idempotency_key_reused"


class InProgressError(ConflictError):
    """A request with this Idempotency-Key is still running."""

    code = "idempotency_in_progress"
    retry = True


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status and a JSON body; `replayed` says that nothing was done this time."""

    status: int
    body: dict[str, Any]
    replayed: bool = False


@atomic_with_retry
def once(*, key: str, fingerprint: str, effect: Callable[[], Answer], now: datetime) -> Answer:
    """Run `effect` unless this key was answered before; raises KeyReusedError, InProgressError."""
    with prepared_cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s), EXISTS"
            " (SELECT FROM api_idempotency WHERE key = %s)",
            [_lock_number(key), key],
        )
        free, answered = cursor.fetchone()
    if not free:
        raise InProgressError
    if answered:
        record = IdempotencyRecord.objects.get(key=key)
        if record.fingerprint != fingerprint:
            raise KeyReusedError(param="Idempotency-Key")
        return Answer(record.status, record.body, replayed=True)
    with gathered():
        answer = effect()
        record = IdempotencyRecord(
            key=key,
            fingerprint=fingerprint,
            status=answer.status,
            body=answer.body,
            created_at=now,
        )
        if not insert_if_absent([record]):
            # The lock's last holder committed while our statement was starting: its answer is
            # there now. Ours is rolled back, and the next try replays it.
            raise InProgressError
    return answer


def forget_old_records(now: datetime) -> int:
    """Delete the answers older than a week, a batch at a time; returns how many.

    Business ids (order, refund) stay unique for ever: what is forgotten here cannot count twice.
    """
    return delete_in_slices(IdempotencyRecord.objects.filter(created_at__lt=now - KEPT_FOR))


def _lock_number(key: str) -> int:
    text = f"{this_connection().schema_name}\0idempotency\0{key}"
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), signed=True)
