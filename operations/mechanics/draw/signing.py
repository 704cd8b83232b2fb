"""The signature under a draw's record: Ed25519, by a key of this installation.

Whoever has the public key checks it with any tool; it stands in the record and on the public page.
The key follows from SECRET_KEY: where that changes, older records go on being checked with the key
that they carry, and only say that it is not the present one.
"""

import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from django.utils.crypto import salted_hmac

ALGORITHM = "Ed25519"


def canonical(record: Mapping[str, Any]) -> bytes:
    """The bytes that are signed: JSON without spaces, keys in order, UTF-8."""
    text = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def public_key() -> str:
    """The present key, in hexadecimal."""
    return _key().public_key().public_bytes_raw().hex()


def sign(record: Mapping[str, Any]) -> dict[str, str]:
    """The signature of a record, with the key that checks it."""
    return {
        "algorithm": ALGORITHM,
        "public_key": public_key(),
        "value": _key().sign(canonical(record)).hex(),
    }


def is_signed(record: Mapping[str, Any], signature: Mapping[str, Any]) -> bool:
    """Whether the signature is this record's, by the key that it names."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(str(signature.get("public_key"))))
        key.verify(bytes.fromhex(str(signature.get("value"))), canonical(record))
    except (InvalidSignature, ValueError):
        return False
    return True


def _key() -> Ed25519PrivateKey:
    seed = salted_hmac("operations.draw.signing", "1", algorithm="sha256").digest()
    return Ed25519PrivateKey.from_private_bytes(seed)
