"""Who is owed a new customer: the ladder, and the exclusions SP-18 to SP-21."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tenants.activity.models import Invoice, Order, OrderState, Session, SessionState
from tenants.profiles.models import Profile
from tenants.profiles.selectors import present
from tenants.referrals import circles, codes, signed
from tenants.referrals.facts import Clues, Fact, FactKind
from tenants.referrals.models import (
    OPEN_STATES,
    SETTLED_STATES,
    Channel,
    Click,
    Invitation,
    Referral,
    ReferralCode,
    ReferralState,
    Refusal,
    Step,
)

# An account opened on the way to the first order is part of that order.
_SAME_VISIT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Clue:
    """One rung of the ladder that was found: who it points to, and how."""

    step: Step
    referrer: Profile | None
    code_used: str = ""
    channel: Channel = Channel.LINK
    invitation: Invitation | None = None
    clicked_by_referrer: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """A clue with what is held against it: `refusal` is empty when the referral counts.

    `rungs` are the steps that held a clue, as [step, refusal], in the order they were looked at.
    """

    clue: Clue
    refusal: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    rungs: list[list[str]] = field(default_factory=list)


def ladder(*, referee: Profile, clues: Clues, now: datetime, cookie_days: int) -> Iterator[Clue]:
    """Every clue for this person, in the order in which they are believed.

    A rung is looked up when it is asked for: most orders need the first one only.
    """
    if clues.typed_code.strip():
        found = codes.find(clues.typed_code)
        yield Clue(
            step=Step.CODE,
            referrer=found.profile if found else None,
            code_used=found.code if found else codes.normalise(clues.typed_code),
        )
    not_before = now - timedelta(days=cookie_days)
    if clues.click_id is not None:
        yield from _from_click(clues.click_id, not_before, Step.COOKIE)
    if clues.link:
        yield from _from_link(clues.link, not_before)
    if referee.email_key:
        invitation = (
            Invitation.objects.select_related("referrer")
            .filter(email_key=referee.email_key)
            .first()
        )
        if invitation is not None:
            yield Clue(
                step=Step.EMAIL,
                referrer=invitation.referrer,
                channel=Channel.EMAIL,
                invitation=invitation,
            )


def judge(
    *, clues: Iterable[Clue], referee: Profile, fact: Fact, newcomer: bool = False
) -> Verdict | None:
    """The first clue that counts, else the first that was refused, else None.

    A `newcomer` was unknown until this transaction: nothing earlier can be held against them.
    """
    against_person = None if newcomer else _against(referee, fact)
    by_hand = fact.kind == FactKind.HAND
    refused: Verdict | None = None
    rungs: list[list[str]] = []
    for clue in clues:
        refusal, facts = _against_clue(clue, referee)
        # By hand an earlier purchase is no hindrance, but a circle is.
        if not (refusal or newcomer) and (by_hand or not against_person) and _circle(clue, referee):
            refusal, facts = Refusal.CIRCLE, {}
        if not refusal and against_person:
            refusal, facts = against_person
        rungs.append([str(clue.step.value), str(refusal)])
        if not refusal:
            return Verdict(clue=clue, rungs=rungs)
        refused = refused or Verdict(clue=clue, refusal=refusal, facts=facts, rungs=rungs)
    return refused


def _from_click(click_id: uuid.UUID, not_before: datetime, step: Step) -> list[Clue]:
    click = (
        Click.objects.select_related("code__profile__merged_into", "invitation")
        .filter(id=click_id, clicked_at__gte=not_before)
        .first()
    )
    if click is None:
        return []
    code: ReferralCode = click.code
    referrer = present(code.profile)
    return [
        Clue(
            step=step,
            referrer=referrer,
            code_used=code.code,
            channel=Channel(click.channel),
            invitation=click.invitation,
            clicked_by_referrer=click.visitor_id == referrer.id,
        )
    ]


def _from_link(link: str, not_before: datetime) -> list[Clue]:
    """A signed address; its click is looked up for who followed it, and may be gone already."""
    found = signed.read(link)
    if found is None:
        return []
    code, click_id = found
    if clue := _from_click(click_id, not_before, Step.SIGNED):
        return clue
    row = codes.find(code)
    stored = Click.objects.filter(id=click_id).exists()
    if row is None or stored or signed.made_at(click_id) < not_before:
        return []  # a click that is there and was not taken is too old
    return [Clue(step=Step.SIGNED, referrer=row.profile, code_used=row.code)]


def _against_clue(clue: Clue, referee: Profile) -> tuple[str, dict[str, Any]]:
    """SP-18: nobody refers themselves, neither under an alias nor from their own browser."""
    if clue.referrer is None:
        return Refusal.UNKNOWN_CODE, {"typed": clue.code_used}
    if clue.referrer.id == referee.id:
        return Refusal.OWN_CODE, {}
    if referee.email_folded and clue.referrer.email_folded == referee.email_folded:
        return Refusal.SAME_PERSON, {"by": "email"}
    if clue.clicked_by_referrer:
        return Refusal.SAME_PERSON, {"by": "cookie"}
    return "", {}


def _circle(clue: Clue, referee: Profile) -> bool:
    return clue.referrer is not None and circles.closes_one(referrer=clue.referrer, referee=referee)


def _against(referee: Profile, fact: Fact) -> tuple[str, dict[str, Any]] | None:
    """SP-19 to SP-21: a referee is new to the merchant, and is referred once."""
    by_hand = fact.kind == FactKind.HAND
    earlier = _earlier_referral(referee, fact)
    # By hand, where an earlier purchase is no hindrance, an earlier referral still is.
    if by_hand and earlier is not None:
        return Refusal.ALREADY_REFERRED, {"since": earlier.created_at.isoformat()}
    bought = _bought_before(referee, fact)
    if bought is not None:
        return Refusal.ALREADY_BOUGHT, {"since": bought.isoformat()}
    if earlier is not None:
        return Refusal.ALREADY_REFERRED, {"since": earlier.created_at.isoformat()}
    created = referee.account_created_at
    if created is not None and not by_hand and created < fact.at - _same_visit(fact):
        return Refusal.ALREADY_HAS_ACCOUNT, {"since": created.isoformat()}
    return None


def _same_visit(fact: Fact) -> timedelta:
    """An account is opened once: an earlier one is another. Orders follow theirs within a day."""
    return timedelta(0) if fact.kind == FactKind.ACCOUNT else _SAME_VISIT


def _bought_before(referee: Profile, fact: Fact) -> datetime | None:
    """When this person first bought, apart from the fact itself: a confirmed order, a session
    that took place, an invoice paid before they booked. Tests are none."""
    if referee.first_order_at is not None and _ordered_otherwise(referee, fact.order):
        return referee.first_order_at
    known = referee.bought_before
    if known is not None and (fact.kind == FactKind.HAND or known <= fact.at - _SAME_VISIT):
        # The customer history tells of a purchase that never came here as an order (SP-22).
        return known
    return _session_before(referee, fact.session) if fact.session is not None else None


def _session_before(referee: Profile, session: Session) -> datetime | None:
    sessions = Session.objects.filter(
        profile=referee, state=SessionState.VALIDATED, is_test=False
    ).exclude(id=session.id)
    first = sessions.order_by("validated_at").values_list("validated_at", flat=True).first()
    if first is not None:
        return first
    paid = Invoice.objects.filter(
        profile=referee, paid_at__lt=session.booked_at - _SAME_VISIT, is_test=False
    )
    return paid.order_by("paid_at").values_list("paid_at", flat=True).first()


def _ordered_otherwise(referee: Profile, order: Order | None) -> bool:
    """A confirmed order other than this one, which may be counted already."""
    bought = Order.objects.filter(profile=referee, is_test=False)
    bought = bought.exclude(state=OrderState.REPORTED)
    return (bought.exclude(id=order.id) if order is not None else bought).exists()


def _earlier_referral(referee: Profile, fact: Fact) -> Referral | None:
    """A referral that says who sent this person; one that only a browser spoke of does not stand
    in the way of what a trusted source brings. A closed one yields to the merchant alone."""
    states = OPEN_STATES if fact.kind == FactKind.HAND else SETTLED_STATES
    earlier = Referral.objects.filter(referee=referee, state__in=states)
    if fact.order is not None:
        earlier = earlier.exclude(order=fact.order)
    if fact.confirmed and fact.kind != FactKind.HAND:
        waiting = (ReferralState.PENDING, ReferralState.HELD)
        earlier = earlier.exclude(state__in=waiting, order__state=OrderState.REPORTED)
    return earlier.first()
