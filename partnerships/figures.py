"""The three figures that each partner shows (PA-07): whoever runs operations counts them."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class PartnerFigures:
    """For one partnership, as the current merchant sees it.

    - `profiles`: profiles brought by the partner: new to the current merchant, and come through
      that partner's link or widget
    - `operations`: operations that both run together, tests left out
    - `modules`: their modules in which the partner takes part
    """

    profiles: int = 0
    operations: int = 0
    modules: int = 0


@dataclass(frozen=True, slots=True)
class Joint:
    """An operation of two brands: name, a key of `shell.states`, days in words, page."""

    name: str
    state: str
    days: str
    url: str


def joint(*, partnership_id: uuid.UUID, most: int, now: datetime) -> list[Joint]:
    """The operations of one partnership in the current merchant's back office, `most` of them.

    `settings.PARTNER_JOINT` names who knows them; without one there are none.
    """
    path = getattr(settings, "PARTNER_JOINT", "")
    if not path:
        return []
    found: list[Joint] = import_string(path)(partnership_id=partnership_id, most=most, now=now)
    return found


def for_partners(*, partnership_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, PartnerFigures]:
    """The figures of these partnerships, nought where nothing was counted.

    `settings.PARTNER_FIGURES` names who counts: a function of the same shape, called in the
    current merchant's schema. Without one there are no operations.
    """
    ids = list(partnership_ids)
    path = getattr(settings, "PARTNER_FIGURES", "")
    counted = import_string(path)(partnership_ids=ids) if path and ids else {}
    return {number: counted.get(number, PartnerFigures()) for number in ids}
