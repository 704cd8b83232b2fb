"""Making, rotating and revoking secret keys.

A key is 32 characters of 36 after its prefix, about 165 bits: it cannot be guessed, so its
SHA-256 needs neither salt nor stretching, and is what it is found by.
"""

import hashlib
import re
import secrets
import time
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _

from api.models import ApiKey, Mode
from api.scopes import SCOPES
from kernel.db import atomic_with_retry
from kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kernel.ids import uuid7
from tenants.database.current import this_connection

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
SHAPE = re.compile(r"rk_(live|test)_[0-9a-z]{32}\Z")
LONGEST_OVERLAP = timedelta(days=30)
# Set in place of a cached key that changed: who read the old row a moment ago cannot put it back.
CHANGED = "changed"
_CHANGED_SECONDS = 60
_TOUCH_EVERY = timedelta(minutes=1)
_touched: dict[str, float] = {}
_MOST_TOUCHED = 10_000


class InvalidKeyInputError(InvalidInputError):
    """A key needs a name, a mode and at least one scope of the list."""

    code = "invalid_key_settings"


class UnknownKeyError(NotFoundError):
    """There is no such key."""

    code = "unknown_key"


class KeyExistsError(ConflictError):
    """This key was made a moment ago: a key is shown once."""

    code = "key_exists"


class KeyIsOverError(ConflictError):
    """This key was revoked or replaced already."""

    code = "key_is_over"


def hash_of(secret: str) -> str:
    """What is stored of a key: 64 hexadecimal characters."""
    return hashlib.sha256(secret.encode()).hexdigest()


def cache_key(digest: str) -> str:
    """Where a key is cached; the cache adds the schema (R21)."""
    return f"api:key:{digest}"


@atomic_with_retry
def create_key(
    *,
    name: str,
    scopes: Iterable[str],
    mode: str,
    now: datetime,
    created_by: uuid.UUID | None = None,
    key_id: uuid.UUID | None = None,
) -> tuple[ApiKey, str]:
    """Make a key; returns (its row, the secret), and the secret is never seen again.

    `key_id` is chosen by a form that may be sent twice: KeyExistsError the second time.
    """
    wanted = sorted(set(scopes))
    if not name.strip() or len(name) > 80:
        raise InvalidKeyInputError(_("Nommez la clé en 80 caractères au plus."), param="name")
    if not wanted or not set(wanted) <= set(SCOPES):
        raise InvalidKeyInputError(_("Choisissez au moins un droit de la liste."), param="scopes")
    if mode not in Mode.values:
        raise InvalidKeyInputError(_("Choisissez production ou test."), param="mode")
    secret = f"rk_{mode}_" + "".join(secrets.choice(_ALPHABET) for _ in range(32))
    row = ApiKey(
        id=key_id or uuid7(),
        name=name.strip(),
        mode=mode,
        hash=hash_of(secret),
        last4=secret[-4:],
        scopes=wanted,
        created_by=created_by,
        created_at=now,
    )
    ApiKey.objects.bulk_create([row], ignore_conflicts=True)
    if not ApiKey.objects.filter(id=row.id, hash=row.hash).exists():
        raise KeyExistsError(_("Cette clé vient d’être créée : une clé ne s’affiche qu’une fois."))
    return row, secret


@atomic_with_retry
def rotate_key(
    *,
    key_id: uuid.UUID,
    overlap: timedelta,
    now: datetime,
    author_id: uuid.UUID | None = None,
) -> tuple[ApiKey, str]:
    """Make a key like this one, and let the old one work for `overlap` more (0 to 30 days).

    A key is rotated once: KeyIsOverError when it was revoked, or has its end set already.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise InvalidKeyInputError(_("Choisissez un délai de 30 jours au plus."), param="overlap")
    old = _locked(key_id)
    if old.revoked_at is not None or old.expires_at is not None:
        raise KeyIsOverError(_("Cette clé est déjà révoquée ou remplacée."))
    made = create_key(
        name=old.name, scopes=old.scopes, mode=old.mode, now=now, created_by=author_id
    )
    old.expires_at = now + overlap
    old.save(update_fields=["expires_at"])
    _forget(old)
    return made


@atomic_with_retry
def revoke_key(*, key_id: uuid.UUID, now: datetime) -> ApiKey:
    """End a key at once; again changes nothing."""
    row = _locked(key_id)
    if row.revoked_at is None:
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
        _forget(row)
    return row


def note_use(*, key: ApiKey, now: datetime) -> None:
    """Remember that a key was used, in one write a minute at most."""
    place = f"{this_connection().schema_name}:{key.id}"
    due = _touched.get(place, 0.0)
    if time.monotonic() < due:
        return
    if len(_touched) >= _MOST_TOUCHED:
        _touched.clear()
    _touched[place] = time.monotonic() + _TOUCH_EVERY.total_seconds()
    ApiKey.objects.filter(id=key.id).exclude(last_used_at__gt=now - _TOUCH_EVERY).update(
        last_used_at=now
    )


def _locked(key_id: uuid.UUID) -> ApiKey:
    row = ApiKey.objects.select_for_update().filter(id=key_id).first()
    if row is None:
        raise UnknownKeyError(_("Cette clé n’existe pas."))
    return row


def _forget(row: ApiKey) -> None:
    """Drop the key from the cache of every process, now and on commit."""

    def forget() -> None:
        cache.set(cache_key(row.hash), CHANGED, _CHANGED_SECONDS)

    forget()
    transaction.on_commit(forget, robust=True)
