"""Visits that are too many to be people's: the page is shown, and no row is kept of them.

Counted in this process alone, so that a good link asks nothing of the cache: with several
processes a few more are stored, and all of it is forgotten within a minute.
"""

import time

A_MINUTE = 60
_MOST_KEPT = 20_000
_counts: dict[tuple[str, str], int] = {}
_minute = [0]


def is_flood(*, host: str, caller: str, code: str) -> bool:
    """Count one visit of this caller to this link; whether a minute held too many of them."""
    minute = int(time.time() // 60)
    if _minute[0] != minute or len(_counts) >= _MOST_KEPT:
        _counts.clear()
        _minute[0] = minute
    key = (caller, f"{host}/{code}")
    _counts[key] = _counts.get(key, 0) + 1
    return _counts[key] > A_MINUTE


def forget() -> None:
    """Begin anew, as a new process does."""
    _counts.clear()
