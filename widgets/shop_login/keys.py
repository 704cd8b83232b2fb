"""Making, rotating and revoking the keys with which a shop signs its customers' links."""

import time
import uuid
from datetime import datetime, timedelta

from django.db import connection
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from kernel.db import atomic_with_retry
from kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kernel.ids import parse_public_id, uuid7
from widgets.models import ShopKey

PREFIX = "rs_"
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LETTERS = 40  # of 32: two hundred bits
LONGEST_OVERLAP = timedelta(days=30)
_TOUCH_EVERY = timedelta(minutes=1)
_touched: dict[str, float] = {}
_MOST_TOUCHED = 10_000


class InvalidShopKeyError(InvalidInputError):
    """A key needs a name of 80 characters at most, and an overlap of 30 days at most."""

    code = "invalid_key_settings"


class UnknownShopKeyError(NotFoundError):
    """There is no such key."""

    code = "unknown_key"


class ShopKeyExistsError(ConflictError):
    """This key was made a moment ago: a key is shown once."""

    code = "key_exists"


class ShopKeyIsOverError(ConflictError):
    """This key was revoked or replaced already."""

    code = "key_is_over"


def secret_of(*, key_id: uuid.UUID) -> str:
    """What signs: derived from the platform's secret for this row of this schema, never stored."""
    schema = str(getattr(connection, "schema_name", "") or "public")
    digest = salted_hmac(f"widgets.shop_login:{schema}", str(key_id), algorithm="sha256").digest()
    number = int.from_bytes(digest, "big")
    return PREFIX + "".join(_ALPHABET[number >> (5 * n) & 31] for n in range(_LETTERS))


def find(*, public_id: str) -> ShopKey | None:
    """The key of this public id, valid or not."""
    key_id = parse_public_id("shk", public_id)
    return ShopKey.objects.filter(id=key_id).first() if key_id else None


@atomic_with_retry
def create_key(
    *,
    name: str,
    now: datetime,
    created_by: uuid.UUID | None = None,
    key_id: uuid.UUID | None = None,
) -> tuple[ShopKey, str]:
    """Make a key; returns (its row, the secret), which is shown this once.

    `key_id` is chosen by a form that may be sent twice: ShopKeyExistsError the second time.
    """
    if not name.strip() or len(name) > 80:
        raise InvalidShopKeyError(_("Nommez la clé en 80 caractères au plus."), param="name")
    row_id = key_id or uuid7()
    secret = secret_of(key_id=row_id)
    row, made = ShopKey.objects.get_or_create(
        id=row_id,
        defaults={
            "name": name.strip(),
            "last4": secret[-4:],
            "created_by": created_by,
            "created_at": now,
        },
    )
    if not made:
        raise ShopKeyExistsError(
            _("Cette clé vient d’être créée : une clé ne s’affiche qu’une fois.")
        )
    return row, secret


@atomic_with_retry
def rotate_key(
    *, key_id: uuid.UUID, overlap: timedelta, now: datetime, author_id: uuid.UUID | None = None
) -> tuple[ShopKey, str]:
    """Make the next key, and let the old one sign for `overlap` more (0 to 30 days)."""
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise InvalidShopKeyError(_("Choisissez un délai de 30 jours au plus."), param="overlap")
    old = _locked(key_id)
    if old.revoked_at is not None or old.expires_at is not None:
        raise ShopKeyIsOverError(_("Cette clé est déjà révoquée ou remplacée."))
    made = create_key(name=old.name, now=now, created_by=author_id)
    old.expires_at = now + overlap
    old.save(update_fields=["expires_at"])
    return made


@atomic_with_retry
def revoke_key(*, key_id: uuid.UUID, now: datetime) -> ShopKey:
    """End a key at once; again changes nothing."""
    row = _locked(key_id)
    if row.revoked_at is None:
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
    return row


def note_use(*, key: ShopKey, now: datetime) -> None:
    """Remember that a link of this key was taken, in one write a minute at most."""
    if _is_due(f"{key.id}"):
        ShopKey.objects.filter(id=key.id).update(last_used_at=now)


def note_refusal(*, key: ShopKey, reason: str, now: datetime) -> None:
    """Remember why a link that named this key was refused: the browser is not told."""
    if _is_due(f"{key.id}:{reason}"):
        ShopKey.objects.filter(id=key.id).update(refusal=reason, refused_at=now)


def _is_due(place: str) -> bool:
    if time.monotonic() < _touched.get(place, 0.0):
        return False
    if len(_touched) >= _MOST_TOUCHED:
        _touched.clear()
    _touched[place] = time.monotonic() + _TOUCH_EVERY.total_seconds()
    return True


def _locked(key_id: uuid.UUID) -> ShopKey:
    row = ShopKey.objects.select_for_update().filter(id=key_id).first()
    if row is None:
        raise UnknownShopKeyError(_("Cette clé n’existe pas."))
    return row
