"""How many requests a key may make in a second (D6), at almost no cost.

A process takes a share of the second's allowance from the cache at once, and counts it down by
itself: a twentieth, so one round trip in fifty requests where the limit is a thousand. With the
cache down each process counts alone, and nothing is refused that it did not hand out twice.
"""

import threading
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from kernel.errors import RicochetError
from tenants.database.current import this_connection

PER_SECOND = 1_000
_SHARES = 20
_MOST = 10_000
_lock = threading.Lock()


class TooManyRequestsError(RicochetError):
    """Too many requests in this second: wait for the time in Retry-After."""

    code = "too_many_requests"
    status = 429
    retry = True

    def __init__(self, *, limit: int) -> None:
        super().__init__(
            _("Au plus %(limit)s requêtes par seconde pour une clé.") % {"limit": limit}
        )
        self.headers = {
            "Retry-After": "1",
            "RateLimit-Limit": str(limit),
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": "1",
        }


@dataclass(slots=True)
class _Share:
    """What is left in this process of one second's allowance."""

    second: int
    left: int


_shares: dict[str, _Share] = {}


def count(*, name: str) -> None:
    """Count one request of a key; TooManyRequestsError when the second is used up."""
    limit = int(getattr(settings, "API_REQUESTS_PER_SECOND", PER_SECOND))
    second = int(time.time())
    place = f"{this_connection().schema_name}:{name}"
    with _lock:
        share = _shares.get(place)
        if share is not None and share.second == second and share.left > 0:
            share.left -= 1
            return
    granted = _take(name, second, limit)
    if granted == 0:
        raise TooManyRequestsError(limit=limit)
    with _lock:
        if len(_shares) >= _MOST:
            _shares.clear()
        _shares[place] = _Share(second, granted - 1)


def _take(name: str, second: int, limit: int) -> int:
    """A share of the second from what all processes have in common; 0 when nothing is left."""
    wanted = max(1, limit // _SHARES)
    key = f"api:rate:{name}:{second}"
    if cache.add(key, wanted, 5):
        return min(wanted, limit)
    try:
        used = int(cache.incr(key, wanted))
    except ValueError:
        used = wanted  # the entry went between the two calls
    return max(0, min(wanted, limit - used + wanted))
