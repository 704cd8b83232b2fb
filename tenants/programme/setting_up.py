"""The guided set-up: a draft that grows step by step and is published last (SP-12, O1)."""

import uuid
from collections.abc import Mapping
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
from tenants.rewards.models import Prize, PrizeKind
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
_WORTH_MONEY = (PrizeKind.DISCOUNT, PrizeKind.VOUCHER)
_AMOUNTS = ("referrer_amount", "referee_amount")
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
    prize_words: Mapping[str, Mapping[str, Any]]
    online: bool

    @property
    def first_reward(self) -> int:
        """What whoever is rewarded gets the first time; the smaller one where both are."""
        amounts = []
        if self.who != "referee":
            amounts.append(self.referrer_amount)
        if self.who != "referrer":
            amounts.append(self.referee_amount)
        return min((amount for amount in amounts if amount), default=0)


@dataclass(frozen=True, slots=True)
class PlannedPrize:
    """A first prize as it would be made. `cost` is in the wallet's unit, `value` in cents."""

    key: str
    name: str
    kind: PrizeKind
    cost: int
    value: int | None
    wanted: bool


def preferences() -> Preferences:
    """What the merchant told us; an empty row before they did."""
    return Preferences.objects.filter(id=1).first() or Preferences(id=1)


def draft(over: Mapping[str, Any] | None = None) -> Draft:
    """The draft: what was typed, else the trade's usual figures within the budget.

    `over` holds answers of the first step that are typed and not kept yet.
    """
    said = preferences()
    for name, value in (over or {}).items():
        setattr(said, name, value)
    typed = said.draft
    trade = trades.TRADES.get(said.trade, trades.DEFAULT)
    basket = said.average_basket or trade.basket
    margin = said.margin if said.margin is not None else trade.margin
    unit = typed.get("unit") or current_tenant().currency
    value = POINT_VALUE if unit == POINTS else 1
    reward, welcome = (
        cents // value
        for cents in trades.suggested(basket=basket, margin=margin, budget=said.ready_to_spend)
    )
    return Draft(
        trade=trade,
        basket=basket,
        margin=margin,
        ready_to_spend=said.ready_to_spend,
        unit=unit,
        name=typed.get("name") or "Ma cagnotte",
        who=typed.get("who", "both" if welcome else "referrer"),
        qualifying=typed.get("qualifying", trade.qualifying.value),
        referrer_amount=typed.get("referrer_amount", reward),
        referee_amount=typed.get("referee_amount", welcome),
        minimum_order=typed.get("minimum_order", 0),
        pending_days=typed.get("pending_days", trade.pending_days),
        prizes=tuple(typed.get("prizes", [idea.key for idea in trade.prizes])),
        prize_words=typed.get("prize_words", {}),
        online=typed.get("online", trade.online),
    )


@atomic_with_retry
def save_step(*, step: str, values: dict[str, Any]) -> None:
    """Keep what a step says, and that the next one is where to go on.

    What was only proposed is not kept as if it had been typed: another budget, trade or unit
    proposes anew.
    """
    row, _made = Preferences.objects.select_for_update().get_or_create(id=1)
    if values.get("unit", draft().unit) != draft().unit:
        # Eight euros are not eight hundred points.
        for name in (*_AMOUNTS, "prize_words"):
            row.draft.pop(name, None)
    for name in ("trade", "average_basket", "margin", "ready_to_spend"):
        if name in values:
            setattr(row, name, values.pop(name))
    row.draft = {**row.draft, **values}
    if set(_AMOUNTS) <= values.keys():
        _drop_proposals(row)
    at = STEPS.index(step)
    row.setup_step = STEPS[min(at + 1, len(STEPS) - 1)]
    row.save()


def _drop_proposals(row: Preferences) -> None:
    """Leave out the amounts where both are those that we proposed."""
    bare = {name: value for name, value in row.draft.items() if name not in (*_AMOUNTS, "who")}
    proposed = draft({"draft": bare})
    if all(row.draft[name] == getattr(proposed, name) for name in (*_AMOUNTS, "who")):
        row.draft = bare


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


def planned_prizes(plan: Draft) -> list[PlannedPrize]:
    """The trade's ideas as the merchant changed them; the cheapest is within the first reward."""
    cheapest = min((idea.share for idea in plan.trade.prizes), default=0)
    found = []
    for idea in plan.trade.prizes:
        cost = _in_unit(trades.round_amount(plan.basket * idea.share // 100), plan.unit)
        if idea.share == cheapest and plan.first_reward:
            cost = min(cost, plan.first_reward)
        words = plan.prize_words.get(idea.key, {})
        cost = words.get("cost", cost)
        found.append(
            PlannedPrize(
                key=idea.key,
                name=words.get("name") or str(idea.name),
                kind=idea.kind,
                cost=cost,
                # A discount gives what it costs: the estimate of a new customer rests on it.
                value=_in_cents(cost, plan.unit) if idea.kind in _WORTH_MONEY else None,
                wanted=idea.key in plan.prizes,
            )
        )
    return found


def _in_unit(cents: int, unit: str) -> int:
    return max(cents // POINT_VALUE, 1) if unit == POINTS else cents


def _in_cents(amount: int, unit: str) -> int:
    return amount * POINT_VALUE if unit == POINTS else amount


def _make_prizes(plan: Draft, now: datetime) -> None:
    there = set(Prize.objects.values_list("name", flat=True))
    for position, prize in enumerate(planned_prizes(plan)):
        if not prize.wanted or prize.name in there:
            continue
        save_prize(
            now=now,
            unit=plan.unit,
            name=prize.name,
            kind=prize.kind,
            cost=prize.cost,
            value=prize.value,
            position=position,
        )
