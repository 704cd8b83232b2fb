"""The guided set-up: a draft that grows step by step and is published last (SP-12, O1)."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kernel.db import atomic_with_retry
from kernel.money import POINTS
from tenants import features
from tenants.context import current_tenant
from tenants.features import Feature
from tenants.programme import trades, versions
from tenants.programme.models import Preferences, ProgrammeVersion, Qualifying
from tenants.programme.trades import Trade
from tenants.rewards.models import Prize
from tenants.rewards.services import save_prize

STEPS = (
    "objectif",
    "cagnotte",
    "recompenses",
    "lots",
    "messages",
    "boutique",
    "historique",
    "apercu",
)
# A point is worth this many cents where the merchant has not said otherwise.
POINT_VALUE = 5


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything the set-up asks, as it stands. Amounts are in the wallet's unit."""

    trade: Trade
    basket: int
    margin: int
    ready_to_spend: int | None
    unit: str
    name: str
    who: str
    qualifying: str
    referrer_amount: int
    referee_amount: int
    minimum_order: int
    pending_days: int
    prizes: tuple[str, ...]
    online: bool


def preferences() -> Preferences:
    """What the merchant told us; an empty row before they did."""
    return Preferences.objects.filter(id=1).first() or Preferences(id=1)


def draft() -> Draft:
    """The draft: what was typed, else the rules in force, else the trade's usual figures."""
    said = preferences()
    typed = said.draft
    trade = trades.TRADES.get(said.trade, trades.DEFAULT)
    basket = said.average_basket or trade.basket
    margin = said.margin if said.margin is not None else trade.margin
    unit = typed.get("unit") or current_tenant().currency
    value = POINT_VALUE if unit == POINTS else 1
    reward = trades.suggested_reward(basket=basket, margin=margin) // value
    welcome = trades.suggested_welcome(basket=basket, margin=margin) // value
    return Draft(
        trade=trade,
        basket=basket,
        margin=margin,
        ready_to_spend=said.ready_to_spend,
        unit=unit,
        name=typed.get("name") or "Ma cagnotte",
        who=typed.get("who", "both"),
        qualifying=typed.get("qualifying", trade.qualifying.value),
        referrer_amount=typed.get("referrer_amount", reward),
        referee_amount=typed.get("referee_amount", welcome),
        minimum_order=typed.get("minimum_order", 0),
        pending_days=typed.get("pending_days", trade.pending_days),
        prizes=tuple(typed.get("prizes", [idea.key for idea in trade.prizes])),
        online=typed.get("online", trade.online),
    )


@atomic_with_retry
def save_step(*, step: str, values: dict[str, Any]) -> None:
    """Keep what a step says, and that the next one is where to go on."""
    row, _made = Preferences.objects.select_for_update().get_or_create(id=1)
    for name in ("trade", "average_basket", "margin", "ready_to_spend"):
        if name in values:
            setattr(row, name, values.pop(name))
    row.draft = {**row.draft, **values}
    at = STEPS.index(step)
    row.setup_step = STEPS[min(at + 1, len(STEPS) - 1)]
    row.save()


@atomic_with_retry
def publish(*, author_id: uuid.UUID | None, now: datetime) -> ProgrammeVersion:
    """Put the draft in force: module on, rules published, ticked prizes made, each once.

    Raises the errors of `versions.publish`. Publishing twice publishes the same rules again.
    """
    row, _made = Preferences.objects.select_for_update().get_or_create(id=1)
    plan = draft()
    features.switch(tenant_id=current_tenant().id, on=[Feature.REFERRAL])
    version = versions.publish(now=now, author_id=author_id, **rules_of(plan))
    _make_prizes(plan, now)
    row.set_up_at, row.setup_step = now, ""
    row.save(update_fields=["set_up_at", "setup_step"])
    return version


def rules_of(plan: Draft) -> dict[str, Any]:
    """The rules that a draft makes, as `versions.publish` takes them."""
    return {
        "active": True,
        "name": plan.name,
        "unit": plan.unit,
        "qualifying": plan.qualifying,
        "referrer_amount": plan.referrer_amount if plan.who != "referee" else 0,
        "referee_amount": plan.referee_amount if plan.who != "referrer" else 0,
        "minimum_order": plan.minimum_order if plan.qualifying == Qualifying.ORDER else 0,
        "pending_days": plan.pending_days,
    }


def prize_cost(*, plan: Draft, share: int) -> int:
    """What an idea costs, in the wallet's unit."""
    cents = trades.round_amount(plan.basket * share // 100)
    return max(cents // POINT_VALUE, 1) if plan.unit == POINTS else cents


def _make_prizes(plan: Draft, now: datetime) -> None:
    there = set(Prize.objects.values_list("name", flat=True))
    for position, idea in enumerate(plan.trade.prizes):
        name = str(idea.name)
        if idea.key not in plan.prizes or name in there:
            continue
        cents = trades.round_amount(plan.basket * idea.share // 100)
        save_prize(
            now=now,
            unit=plan.unit,
            name=name,
            kind=idea.kind,
            cost=prize_cost(plan=plan, share=idea.share),
            value=cents if idea.kind in ("discount", "voucher") else None,
            position=position,
        )
