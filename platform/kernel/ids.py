"""Identifiers: UUIDv7 inside, a prefix and 26 readable characters outside.

UUIDv7 (RFC 9562) starts with the time in milliseconds, so rows made one after the other lie
side by side in an index. Outside the house an id is written `ord_01jd…`: the prefix says what
it names, the rest is the same 128 bits in Crockford's base 32, lower case.
"""

import os
import threading
import time
import uuid

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUES = {char: value for value, char in enumerate(_ALPHABET)}
_LENGTH = 26
_lock = threading.Lock()
_last = (0, 0)


def uuid7() -> uuid.UUID:
    """A new UUIDv7; ids made by one process in one millisecond still rise."""
    global _last  # noqa: PLW0603
    milliseconds = time.time_ns() // 1_000_000
    with _lock:
        if milliseconds <= _last[0]:
            milliseconds = _last[0]
            sequence = _last[1] + 1
            if sequence > 0xFFF:
                milliseconds, sequence = milliseconds + 1, 0
        else:
            sequence = int.from_bytes(os.urandom(2), "big") & 0x7FF
        _last = (milliseconds, sequence)
    tail = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    number = (milliseconds << 80) | (7 << 76) | (sequence << 64) | (0b10 << 62) | tail
    return uuid.UUID(int=number)


def public_id(prefix: str, value: uuid.UUID) -> str:
    """`public_id("ord", row.id)` gives `ord_` and 26 characters."""
    number = value.int
    chars = []
    for _ in range(_LENGTH):
        chars.append(_ALPHABET[number & 31])
        number >>= 5
    return f"{prefix}_{''.join(reversed(chars))}"


def parse_public_id(prefix: str, text: str) -> uuid.UUID | None:
    """The UUID that `public_id` wrote, or None when the text is not one of this prefix."""
    head, _, body = text.partition("_")
    if head != prefix or len(body) != _LENGTH:
        return None
    number = 0
    for char in body:
        if char not in _VALUES:
            return None
        number = number << 5 | _VALUES[char]
    return uuid.UUID(int=number) if number < 1 << 128 else None


# The same in SQL, for rows that a statement makes out of others: within one millisecond unordered.
UUID7_SQL = (
    "encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) PLACING substring(int8send("
    "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),"
    " 52, 1), 53, 1), 'hex')::uuid"
)
