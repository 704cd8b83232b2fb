"""What the pages of "Récompenses" share."""

from typing import Any

from django.http import HttpRequest

from tenants.features import Feature, is_on
from tenants.programme.views.common import can_change


def rewards_context(request: HttpRequest, current: str) -> dict[str, Any]:
    """What every page of "Récompenses" draws: which one it is, and what else there is."""
    return {
        "can_change": can_change(request),
        "current": current,
        "tiers_on": is_on(Feature.TIERS),
    }


def masked(code: str) -> str:
    """A code for who may only look: it can be told from others, and not used."""
    return f"{code[:2]}{'•' * max(len(code) - 2, 4)}" if code else ""
