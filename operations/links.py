"""Links of a participation: bound to tenant, purpose and one row, and stored nowhere (R24)."""

import base64
import binascii
import hmac
import uuid
from enum import StrEnum

from django.db import connection
from django.utils.crypto import salted_hmac


class Purpose(StrEnum):
    """What a link is for; the row it names is a participation."""

    CONFIRM = "operation-confirm"
    CHOICES = "operation-choices"
    THANKS = "operation-thanks"


def token_for(*, purpose: Purpose, row_id: uuid.UUID) -> str:
    """65 characters that fit into a path; the same each time."""
    return f"{_b64(row_id.bytes)}{_b64(_signature(purpose, row_id))}"


def read_token(*, purpose: Purpose, token: str) -> uuid.UUID | None:
    """The id of the row that a token names here, or None for any other text."""
    try:
        row_id = uuid.UUID(bytes=base64.urlsafe_b64decode(token[:22] + "=="))
    except (ValueError, binascii.Error):
        return None
    expected = token_for(purpose=purpose, row_id=row_id)
    return row_id if hmac.compare_digest(token.encode(), expected.encode()) else None


def _signature(purpose: Purpose, row_id: uuid.UUID) -> bytes:
    schema = str(getattr(connection, "schema_name", "") or "public")
    salt = f"operations.links:{purpose}:{schema}"
    return salted_hmac(salt, str(row_id), algorithm="sha256").digest()


def _b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
