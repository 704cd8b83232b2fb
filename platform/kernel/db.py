"""R13: a deadlock or a serialisation failure is tried again, a bounded number of times."""

import functools
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

P = ParamSpec("P")
R = TypeVar("R")

_TRANSIENT = {"40P01", "40001"}  # deadlock_detected, serialization_failure
_TRIES = 4


def is_transient(error: BaseException | None) -> bool:
    """True for an error after which the same transaction can succeed."""
    return getattr(getattr(error, "__cause__", None), "sqlstate", None) in _TRANSIENT


def atomic_with_retry(function: Callable[P, R]) -> Callable[P, R]:
    """Run `function` in a transaction of its own, and again when PostgreSQL chose it as victim.

    Inside somebody else's transaction it only opens a savepoint: the outermost caller retries.
    """

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            with transaction.atomic():
                return function(*args, **kwargs)
        for attempt in range(1, _TRIES + 1):
            try:
                with transaction.atomic():
                    return function(*args, **kwargs)
            except OperationalError as error:
                if not is_transient(error) or attempt == _TRIES:
                    raise
                time.sleep(random.uniform(0.005, 0.03) * attempt)  # noqa: S311
        raise AssertionError("unreachable")

    return wrapper
