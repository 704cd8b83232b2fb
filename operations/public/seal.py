"""The seal of a form: which module it is, as it read, for whom it was drawn and when.

One seal is one participation: its nonce is the participation's key. It is bound to the merchant
and the module, grows stale after a day, and a form that comes back at once was filled in by nobody.
"""

import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core import signing
from django.db import connection

from operations import optins, sources
from operations.errors import ForgedFormError, StaleFormError
from operations.models import OperationModule
from operations.participating import Source

HOLDS = timedelta(hours=24)
# Nobody reads a form, types an address and presses the button within two seconds.
QUICKEST = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Seal:
    """What a form says of itself."""

    key: str
    module_id: uuid.UUID
    version: str
    source: Source
    drawn_at: datetime


def draw(*, module: OperationModule, source: Source, now: datetime) -> str:
    """A fresh seal, as the form's hidden field holds it."""
    said = [
        secrets.token_hex(16),
        str(module.id),
        optins.form_version(module),
        sources.token_of(source),
        int(now.timestamp()),
    ]
    return signing.dumps(said, salt=_salt())


def read(text: str, *, now: datetime) -> Seal:
    """ForgedFormError where it is none of this merchant's, StaleFormError where it is too old."""
    try:
        key, module, version, source, drawn = signing.loads(text[:2_000], salt=_salt())
        seal = Seal(
            key=key,
            module_id=uuid.UUID(module),
            version=version,
            source=sources.read(source),
            drawn_at=datetime.fromtimestamp(drawn, UTC),
        )
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise ForgedFormError from error
    if now - seal.drawn_at > HOLDS:
        raise StaleFormError
    return seal


def _salt() -> str:
    return f"operations.form:{getattr(connection, 'schema_name', '') or 'public'}"
