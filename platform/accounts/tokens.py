"""Tokens of links: 256 bits that are never stored.

A token is derived from its row's id and version with the platform's secret, so that an email
that is sent twice carries the same link, and a copy of the database opens nothing.
"""

import base64
import hashlib
import uuid

from django.utils.crypto import salted_hmac


def token_for(row_id: uuid.UUID, version: int = 1) -> str:
    """The token of a row, 43 characters that fit into a path."""
    digest = salted_hmac("accounts.tokens", f"{row_id}:{version}", algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def hash_of(token: str) -> str:
    """What is stored of a token, and looked up."""
    return hashlib.sha256(token.encode()).hexdigest()
