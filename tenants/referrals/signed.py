"""Links that prove themselves: `?ref=<code>&rc=<click>&rs=<signature>`.

Where nothing may be stored in the visitor's browser, the shop's own server can keep the address by
which somebody came and send it with the order. The signature is this merchant's, names code and
click, and is as old as the click: nobody can put another code into such an address.
"""

import hmac
import uuid
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.db import connection

from tenants.referrals.codes import normalise

# 96 bits: nobody tries them all, and the address stays short.
_LENGTH = 24


def signature(*, code: str, click: str) -> str:
    """The `rs` of a link. `click` is the click's id as text."""
    schema = str(getattr(connection, "schema_name", "public"))
    made = hmac.new(_key(schema, settings.SECRET_KEY), f"{code}:{click}".encode(), sha256)
    return made.hexdigest()[:_LENGTH]


def read(link: str) -> tuple[str, uuid.UUID] | None:
    """The code and the click of a signed address (or of its query alone); None for any other."""
    try:
        parts = urlsplit(link.strip()[:2000])
        found = dict(parse_qsl(parts.query or parts.path.lstrip("?")))
        code, click = normalise(found["ref"]), uuid.UUID(found["rc"])
    except (KeyError, ValueError):
        return None
    expected = signature(code=code, click=str(click))
    given = found.get("rs", "")
    return (code, click) if hmac.compare_digest(expected.encode(), given.encode()) else None


def made_at(click: uuid.UUID) -> datetime:
    """When a click was stored, by its own id (UUIDv7)."""
    return datetime.fromtimestamp((click.int >> 80) / 1000, tz=UTC)


@lru_cache(maxsize=4096)
def _key(schema: str, secret: str) -> bytes:
    return sha256(f"referrals.signed:{schema}:{secret}".encode()).digest()
