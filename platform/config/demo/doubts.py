"""Two referrals that look odd, so that somebody has to say yes or no to them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tenants.activity.types import OrderInput
from tenants.profiles.models import Profile
from tenants.programme import conductor
from tenants.referrals import codes

_HOME = "14 rue du Port, 44000 Nantes"
_BROWSER = "demo-browser"
# Whoever orders: the same flat and browser as who invites, or an address that is thrown away.
_FRIENDS: tuple[tuple[dict[str, str], dict[str, Any]], ...] = (
    (
        {"first_name": "Lou", "email": "lou.port@exemple.fr"},
        {"shipping_address": _HOME, "device": _BROWSER},
    ),
    ({"first_name": "Max", "last_name": "Martin", "email": "max.martin@yopmail.com"}, {}),
)


def raise_some(
    *,
    referrers: tuple[Profile, Profile],
    order: Callable[..., OrderInput],
    now: datetime,
) -> None:
    """`order(person, moment, code=…)` is what the demo's shop sends."""
    first = referrers[0]
    person = {
        "first_name": first.first_name,
        "last_name": first.last_name,
        "email": first.email,
    }
    before = now - timedelta(days=6)
    bought = replace(order(person, before), shipping_address=_HOME, device=_BROWSER)
    conductor.order_received(order=bought, now=before)
    for referrer, (friend, facts) in zip(referrers, _FRIENDS, strict=True):
        code = codes.code_for(profile=referrer, now=now).code
        who = {"last_name": referrer.last_name, **friend}
        conductor.order_received(order=replace(order(who, now, code=code), **facts), now=now)
