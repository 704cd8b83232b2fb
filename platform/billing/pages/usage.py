"""What a merchant has of what its plan counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from billing.allowing import entitlements
from billing.plans import Limit


@dataclass(frozen=True, slots=True)
class Usage:
    """One limit: how much there is, how much there may be (None: as much as one likes)."""

    label: str | Promise
    used: int
    most: int | None

    @property
    def full(self) -> bool:
        """Whether there is no room left."""
        return self.most is not None and self.used >= self.most


def usage_of(tenant: Any, now: datetime) -> list[Usage]:
    """Every limit of this merchant, counted now by the floor above."""
    counts: Mapping[Limit, Callable[[Any, datetime], int]] = import_string(settings.USAGE)
    found = entitlements(tenant_id=tenant.id, now=now)
    limits = found.limits if found else {}
    return [Usage(limit.label, counts[limit](tenant, now), limits.get(limit)) for limit in Limit]
