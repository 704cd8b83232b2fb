"""Reading keys."""

import hashlib
import hmac
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet

from api.models import ApiKey
from api.services.keys import CHANGED, SHAPE, cache_key, hash_of

_CACHED_SECONDS = 30
# Plain values are cached, not rows: two versions of the code share the cache during a roll-out.
_FIELDS = [field.attname for field in ApiKey._meta.concrete_fields]
_VERSION = hashlib.sha256(",".join(_FIELDS).encode()).hexdigest()[:8]


def keys() -> QuerySet[ApiKey]:
    """Every key, the newest first; revoked ones too."""
    return ApiKey.objects.all()


def valid_key(*, secret: str, now: datetime) -> ApiKey | None:
    """The key that this secret opens at `now`, or None.

    A known key is read from the cache for half a minute; a change takes effect at once, unless
    the cache was away at that moment. The last use of a cached row is out of date.
    """
    if not SHAPE.match(secret):
        return None
    digest = hash_of(secret)
    row = _from_cache_or_stored(digest)
    if row is None or not hmac.compare_digest(row.hash, digest):
        return None
    return row if row.is_valid(now=now) else None


def _from_cache_or_stored(digest: str) -> ApiKey | None:
    place = cache_key(digest)
    cached = cache.get(place)
    if isinstance(cached, dict) and cached.get("version") == _VERSION:
        return _row(cached["values"])
    row = ApiKey.objects.filter(hash=digest).first()
    if row is not None and cached != CHANGED:
        values = [getattr(row, name) for name in _FIELDS]
        cache.add(place, {"version": _VERSION, "values": values}, _CACHED_SECONDS)
    return row


def _row(values: list[Any]) -> ApiKey:
    return ApiKey.from_db("default", _FIELDS, values)
