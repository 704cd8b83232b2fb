"""Every table that points at a customer, of whatever room, and moving what it holds."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet, UniqueConstraint

from tenants.profiles.models import DistinctPair, Profile

Key = models.ForeignKey[Any, Any]


def keys_to_profiles() -> Iterator[tuple[type[models.Model], Key]]:
    """The models and their foreign keys that name a customer, without the profile's own."""
    for model in apps.get_models():
        if model in (Profile, DistinctPair):
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey) and field.related_model is Profile:
                yield model, field


def move(*, gone: uuid.UUID, kept: uuid.UUID, freely: frozenset[str] = frozenset()) -> None:
    """Give all that points at one customer to another.

    What would collide with a row that the other has already (one code each, one membership each)
    stays where it is. `freely` names tables that are moved whatever their constraints: the caller
    has seen to them.
    """
    for model, key in keys_to_profiles():
        rows = model._base_manager.filter(**{key.attname: gone})
        if model._meta.db_table not in freely:
            rows = _without_collisions(rows, model, key, kept)
        rows.update(**{key.attname: kept})


def _without_collisions(
    rows: QuerySet[Any], model: type[models.Model], key: Key, kept: uuid.UUID
) -> QuerySet[Any]:
    for names in _unique_sets(model, key):
        same = {name: OuterRef(name) for name in names if name != key.name}
        taken = model._base_manager.filter(**{key.attname: kept}, **same)
        rows = rows.filter(~Exists(taken))
    return rows


def _unique_sets(model: type[models.Model], key: Key) -> Iterator[tuple[str, ...]]:
    """The sets of columns, with this one among them, of which a table has each once."""
    if key.unique:
        yield (key.name,)
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and key.name in constraint.fields:
            yield tuple(constraint.fields)
