"""Deleting much without holding much: a slice at a time, each in a transaction of its own."""

from typing import Any

from django.db.models import QuerySet

_SLICE = 5_000


def delete_in_slices(rows: QuerySet[Any], *, size: int | None = None) -> int:
    """Delete all of `rows`, the oldest ids first; returns how many.

    What is interrupted has deleted whole slices, and the next call goes on from there.
    """
    model, deleted = rows.model, 0
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[: size or _SLICE]):
        deleted += model._default_manager.filter(pk__in=ids).delete()[0]
    return deleted
