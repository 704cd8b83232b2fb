"""Everything that writes keys and idempotency records."""

from api.services.idempotency import forget_old_records, once
from api.services.keys import create_key, note_use, revoke_key, rotate_key

__all__ = [
    "create_key",
    "forget_old_records",
    "note_use",
    "once",
    "revoke_key",
    "rotate_key",
]
