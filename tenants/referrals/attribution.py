"""Who is owed a new customer: the ladder, and the exclusions SP-18 to SP-21."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tenants.activity.models import Order, OrderState
from tenants.profiles.models import Profile
from tenants.referrals import codes
from tenants.referrals.models import (
    OPEN_STATES,
    Channel,
    Click,
    Invitation,
    Referral,
    ReferralCode,
    ReferralState,
    Refusal,
    Step,
)


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
    """A clue with what is held against it: `refusal` is empty when the referral counts."""

    clue: Clue
    refusal: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def ladder(
    *,
    referee: Profile,
    typed_code: str,
    click_id: uuid.UUID | None,
    now: datetime,
    cookie_days: int,
) -> Iterator[Clue]:
    """Every clue for this person, in the order in which they are believed.

    A rung is looked up when it is asked for: most orders need the first one only.
    """
    if typed_code.strip():
        found = codes.find(typed_code)
        yield Clue(
            step=Step.CODE,
            referrer=found.profile if found else None,
            code_used=found.code if found else codes.normalise(typed_code),
        )
    if click_id is not None:
        yield from _from_click(click_id, now - timedelta(days=cookie_days))
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
    *, clues: Iterable[Clue], referee: Profile, order: Order | None, newcomer: bool = False
) -> Verdict | None:
    """The first clue that counts, else the first that was refused, else None.

    A `newcomer` was unknown until this transaction: nothing earlier can be held against them.
    """
    against_person = None if newcomer else _against(referee, order)
    refused: Verdict | None = None
    for clue in clues:
        refusal, facts = _against_clue(clue, referee)
        if not refusal and against_person:
            refusal, facts = against_person
        if not refusal:
            return Verdict(clue=clue)
        refused = refused or Verdict(clue=clue, refusal=refusal, facts=facts)
    return refused


def _from_click(click_id: uuid.UUID, not_before: datetime) -> list[Clue]:
    click = (
        Click.objects.select_related("code__profile", "invitation")
        .filter(id=click_id, clicked_at__gte=not_before)
        .first()
    )
    if click is None:
        return []
    code: ReferralCode = click.code
    return [
        Clue(
            step=Step.COOKIE,
            referrer=code.profile,
            code_used=code.code,
            channel=Channel(click.channel),
            invitation=click.invitation,
            clicked_by_referrer=click.visitor_id == code.profile_id,
        )
    ]


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


def _against(referee: Profile, order: Order | None) -> tuple[str, dict[str, Any]] | None:
    """SP-19 to SP-21: a referee is new to the merchant, and is referred once."""
    earlier = _earlier_referral(referee, order)
    # By hand, where an earlier purchase is no hindrance, an earlier referral still is.
    if order is None and earlier is not None:
        return Refusal.ALREADY_REFERRED, {"since": earlier.created_at.isoformat()}
    if referee.first_order_at is not None and _bought_otherwise(referee, order):
        return Refusal.ALREADY_BOUGHT, {"since": referee.first_order_at.isoformat()}
    known = referee.bought_before
    if known is not None and (order is None or known <= order.ordered_at - _SAME_VISIT):
        # The customer history tells of a purchase that never came here as an order (SP-22).
        return Refusal.ALREADY_BOUGHT, {"since": known.isoformat()}
    if earlier is not None:
        return Refusal.ALREADY_REFERRED, {"since": earlier.created_at.isoformat()}
    created = referee.account_created_at
    if created is not None and order is not None and created < order.ordered_at - _SAME_VISIT:
        return Refusal.ALREADY_HAS_ACCOUNT, {"since": created.isoformat()}
    return None


def _bought_otherwise(referee: Profile, order: Order | None) -> bool:
    """A confirmed order other than this one, which may be counted already; tests are none."""
    bought = Order.objects.filter(profile=referee, is_test=False)
    bought = bought.exclude(state=OrderState.REPORTED)
    return (bought.exclude(id=order.id) if order is not None else bought).exists()


def _earlier_referral(referee: Profile, order: Order | None) -> Referral | None:
    """An open referral of this person; one that only a browser spoke of does not stand in the
    way of an order that a trusted source brings."""
    earlier = Referral.objects.filter(referee=referee, state__in=OPEN_STATES)
    if order is not None:
        earlier = earlier.exclude(order=order)
        if order.state != OrderState.REPORTED:
            earlier = earlier.exclude(state=ReferralState.PENDING, order__state=OrderState.REPORTED)
    return earlier.first()


# An account opened on the way to the first order is part of that order.
_SAME_VISIT = timedelta(hours=24)
