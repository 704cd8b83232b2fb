"""What facts earn: the only writer of the automatic points of single facts.

A fact earns under the rules in force on its own date (an order's date, the day an invoice was
fully paid, the day a session was validated), whenever it is told: a rule published later never
reaches back (FS-21), and a recalculation of an untouched past finds nothing to change.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kernel.db import insert
from kernel.ids import uuid7
from kernel.ledger import services as ledger
from kernel.ledger.accounts import lock_wallet
from tenants.activity.models import Invoice, Order, Session
from tenants.features import Feature, is_on
from tenants.loyalty import points, versions
from tenants.loyalty.models import Earning, FactKind
from tenants.loyalty.recalculation.backing import credits_of
from tenants.loyalty.versions import Rule
from tenants.profiles.models import Profile
from tenants.programme import decisions
from tenants.programme.dates import months_after
from tenants.programme.decisions import Code
from tenants.programme.models import Decision
from tenants.programme.tiers import settle_tiers


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that can earn. `cents` is what was paid, and 0 for a session."""

    kind: FactKind
    id: uuid.UUID
    at: datetime
    number: str
    profile: Profile
    cents: int = 0
    type_id: uuid.UUID | None = None
    label: str = ""
    order: Order | None = None


def of_order(order: Order, profile: Profile) -> Fact:
    """A confirmed order: its own date says which rule holds."""
    return Fact(
        kind=FactKind.ORDER,
        id=order.id,
        at=order.ordered_at,
        number=order.external_id,
        profile=profile,
        cents=order.amount,
        order=order,
    )


def of_invoice(invoice: Invoice, profile: Profile) -> Fact:
    """A fully paid invoice (FS-05)."""
    return Fact(
        kind=FactKind.INVOICE,
        id=invoice.id,
        at=invoice.paid_at or invoice.issued_at,
        number=invoice.external_id,
        profile=profile,
        cents=invoice.total,
        label=invoice.label,
    )


def of_session(session: Session, profile: Profile) -> Fact:
    """A validated session (FS-06)."""
    return Fact(
        kind=FactKind.SESSION,
        id=session.id,
        at=session.validated_at or session.booked_at,
        number=session.external_id,
        profile=profile,
        type_id=session.type_id,
        label=session.type.name,
    )


def earn(*, fact: Fact, now: datetime) -> Earning | None:
    """Credit what a new fact earns, with the reason; None where it earns nothing.

    The caller holds the fact's lock and knows that it counts from now on. Three statements, then
    the tiers'.
    """
    if not is_on(Feature.LOYALTY):
        return None
    # A clock that is a little ahead of ours does not reach a rule of tomorrow.
    at = min(fact.at, now)
    rule = versions.rule_for(profile_id=fact.profile.id, at=at, session_type_id=fact.type_id)
    if rule is None or not _promises(rule, fact):
        return None
    amount = _amount(rule, fact)
    if not rule.admits or not amount:
        code = Code.NOT_A_MEMBER if not rule.admits else Code.EARNED_NOTHING
        insert([_decision(fact, code, now, rule=rule)])
        return None
    version = rule.version
    earning = Earning(
        profile=fact.profile,
        fact_kind=fact.kind,
        fact_id=fact.id,
        occurred_at=fact.at,
        version=version,
        amount=amount,
        unit=version.unit,
        transfer_id=uuid7(),
        created_at=now,
    )
    ledger.credit_new(
        transfer_id=earning.transfer_id,
        owner_id=fact.profile.id,
        unit=version.unit,
        amount=amount,
        reason=f"earned_{fact.kind}",
        source=f"earning:{earning.id}",
        key=f"earned:{fact.kind}:{fact.id}",
        now=now,
        expires_at=months_after(now, version.expiry_months),
        along=[earning, _decision(fact, Code.EARNED, now, rule=rule, amount=amount)],
    )
    settle_tiers(profile_ids=[fact.profile.id], now=now)
    return earning


def take_back(
    *, fact: Fact, kept: int, whole: int, source: str, now: datetime, code: str = ""
) -> int:
    """Leave a fact what it earns now that `kept` of `whole` cents were kept; (un)does the rest.

    Money that was given back and paid again earns again. Returns the change, signed. `source`
    names what brought it about (refund:<id>), and counts once.
    """
    earned = Earning.objects.filter(fact_kind=fact.kind, fact_id=fact.id)
    if not earned.exists() and not is_on(Feature.LOYALTY):
        return 0
    # The wallet first: whoever recalculates holds it while they look at the facts.
    unit = earned.values_list("unit", flat=True).first()
    if unit is None:
        return 0
    lock_wallet(owner_id=fact.profile.id, unit=unit)
    earning = earned.select_for_update(of=("self",)).select_related("version").get()
    target = points.kept(amount=earning.amount, part=kept, whole=whole)
    change = level(
        earning=earning, target=target, reason=_REASON[fact.kind], source=source, now=now
    )
    if change:
        reason = code or (Code.EARNING_REVERSED if change < 0 else Code.EARNING_RESTORED)
        insert([_decision(fact, reason, now, amount=abs(change), unit=unit)])
    return change


def level(*, earning: Earning, target: int, reason: str, source: str, now: datetime) -> int:
    """Bring what is left of an earning to `target`, at most its `amount`; the signed change.

    The caller holds the wallet's and the row's lock. `source` with the row makes the key.
    """
    left = earning.amount - earning.reversed
    change = target - left
    if change > 0:
        ledger.issue(
            owner_id=earning.profile_id,
            unit=earning.unit,
            amount=change,
            reason=reason,
            source=f"earning:{earning.id}",
            key=f"{source}:earning:{earning.id}",
            now=now,
            expires_at=months_after(now, earning.version.expiry_months),
        )
        settle_tiers(profile_ids=[earning.profile_id], now=now)
    elif change < 0:
        _reverse(earning, -change, reason=reason, source=source, now=now)
    if change:
        earning.reversed -= change
        earning.save(update_fields=["reversed"])
    return change


def _reverse(earning: Earning, amount: int, *, reason: str, source: str, now: datetime) -> None:
    """From its own credits, the latest first, then from what a recalculation added."""
    for credit, left in credits_of(earning=earning):
        part = min(left, amount)
        if part <= 0:
            continue
        ledger.reverse(
            transfer_id=credit,
            amount=part,
            reason=reason,
            source=source,
            key=f"{source}:{earning.id}:{credit}",
            now=now,
        )
        amount -= part
    if amount:
        raise AssertionError("an earning and its credits disagree")


_REASON = {
    FactKind.ORDER: "order_refunded",
    FactKind.INVOICE: "invoice_refunded",
    FactKind.SESSION: "session_cancelled",
}


def _promises(rule: Rule, fact: Fact) -> bool:
    """Whether the rules grant anything for a fact of this kind."""
    version = rule.version
    if not version.active:
        return False
    if fact.kind == FactKind.SESSION:
        return version.sessions_on and rule.rate is not None and rule.rate.active
    return version.payments_on


def _amount(rule: Rule, fact: Fact) -> int:
    if fact.kind == FactKind.SESSION:
        return rule.rate.amount if rule.rate else 0
    return points.worth(cents=fact.cents, rate=rule.version.rate, per=rule.version.per)


def _decision(
    fact: Fact,
    code: str,
    now: datetime,
    *,
    rule: Rule | None = None,
    amount: int = 0,
    unit: str = "",
) -> Decision:
    facts: dict[str, Any] = {
        "fact": str(fact.kind),
        "fact_id": str(fact.id),
        "number": fact.number,
        "cents": fact.cents,
        "label": fact.label,
    }
    if rule is not None:
        facts["rule"] = rule.version.number
    return decisions.build(
        code=code,
        now=now,
        profile=fact.profile,
        order=fact.order,
        amount=amount,
        unit=rule.version.unit if rule else unit,
        **facts,
    )
