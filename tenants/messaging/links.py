"""Links that an email carries: bound to tenant, purpose and one row, and stored nowhere (R24).

A token is a row's id and its signature. The signature covers the purpose and the schema, so a
token of one merchant or one purpose is nothing anywhere else, and a copy of the database opens
nothing. How long it holds, and whether it was used, is the row's to say.
"""

import base64
import binascii
import hmac
import uuid
from enum import StrEnum
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils.crypto import salted_hmac

from tenants.addresses import absolute_url
from tenants.models import Tenant

_CODE_DIGITS = 6


class Purpose(StrEnum):
    """What a link is for. The row it names: a link that was asked for, or the email itself."""

    ASKED = "space-link"
    EMAIL = "space-email"
    UNSUBSCRIBE = "unsubscribe"
    OPEN = "open"


def token_for(*, purpose: Purpose, row_id: uuid.UUID) -> str:
    """65 characters that fit into a path; the same each time, so a retried email is the same."""
    return f"{_b64(row_id.bytes)}{_b64(_signature(purpose, row_id))}"


def read_token(*, purpose: Purpose, token: str) -> uuid.UUID | None:
    """The id of the row that a token names here, or None for any other text."""
    try:
        row_id = uuid.UUID(bytes=base64.urlsafe_b64decode(token[:22] + "=="))
    except (ValueError, binascii.Error):
        return None
    expected = token_for(purpose=purpose, row_id=row_id)
    return row_id if hmac.compare_digest(token.encode(), expected.encode()) else None


def code_for(*, row_id: uuid.UUID) -> str:
    """The six digits that do what the link does, on whatever device they are typed."""
    digest = salted_hmac(f"messaging.code:{_schema()}", str(row_id), algorithm="sha256").digest()
    return str(int.from_bytes(digest[:8], "big") % 10**_CODE_DIGITS).zfill(_CODE_DIGITS)


def space_url(*, tenant: Tenant, purpose: Purpose, row_id: uuid.UUID) -> str:
    """The page that asks for one more tap, then opens the customer's space."""
    token = token_for(purpose=purpose, row_id=row_id)
    return _url(tenant, "widgets:space_enter", token)


def unsubscribe_url(*, tenant: Tenant, email_id: uuid.UUID) -> str:
    """The page, and the one-click address (RFC 8058), that ends marketing to this address."""
    token = token_for(purpose=Purpose.UNSUBSCRIBE, row_id=email_id)
    return _url(tenant, "widgets:unsubscribe", token)


def picture_url(*, tenant: Tenant, email_id: uuid.UUID) -> str:
    """The picture that tells that an email was opened, where its reader agreed."""
    token = token_for(purpose=Purpose.OPEN, row_id=email_id)
    return _url(tenant, "messaging:opened", token)


def referral_url(*, tenant: Tenant, code: str, channel: str, invitation: str = "") -> str:
    """A referrer's link, marked with the way it was passed on."""
    marks = {"s": channel} | ({"i": invitation} if invitation else {})
    return f"{_url(tenant, 'widgets:link', code)}?{urlencode(marks)}"


def _url(tenant: Tenant, name: str, *args: str) -> str:
    return absolute_url(tenant, reverse(name, urlconf=settings.ROOT_URLCONF, args=args))


def _signature(purpose: Purpose, row_id: uuid.UUID) -> bytes:
    salt = f"messaging.links:{purpose}:{_schema()}"
    return salted_hmac(salt, str(row_id), algorithm="sha256").digest()


def _b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _schema() -> str:
    return str(getattr(connection, "schema_name", "") or "public")
