"""What a referral grants in kind: a code, a gift card, a product, anything with a name (OF-01).

It waits like money does until the delay has passed, and is withdrawn where the fact is undone,
unless it was handed over: a gift cannot be taken out of somebody's hands.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from shell import formats
from tenants.activity.models import Order
from tenants.context import current_tenant
from tenants.programme import (
    awarding,
    decisions,
    gift_notices,
    promises,
    reopening,
    rewarding,
    versions,
)
from tenants.programme.decisions import Code
from tenants.programme.models import ProgrammeVersion, RewardRule, Side, Trigger
from tenants.referrals.facts import Fact
from tenants.referrals.models import Referral, ReferralState
from tenants.rewards import awards
from tenants.rewards.awards import AwardClosedError, What
from tenants.rewards.models import Award, AwardOrigin, AwardState

_LOOKS = {
    AwardState.PENDING: "pending",
    AwardState.AVAILABLE: "available",
    AwardState.HANDED_OVER: "done",
    AwardState.CANCELLED: "cancelled",
}


def promise(
    *,
    referral: Referral,
    fact: Fact,
    version: ProgrammeVersion,
    trigger: Trigger,
    now: datetime,
    at_once: bool = False,
) -> list[Award]:
    """Grant what the rules give in kind for this fact, pending until the delay has passed."""
    rules = promises.in_kind(version, trigger=trigger)
    if not rules:
        return []
    dated = fact.confirmed and referral.state != ReferralState.HELD
    due_at = (now if at_once else promises.due(version, now)) if dated else None
    given = []
    for rule in rules:
        person = referral.referrer if rule.side == Side.REFERRER else referral.referee
        if person is None or not _allowed(rule, referral, version, now):
            continue
        award, created = awards.grant(
            key=f"referral:{referral.id}:{rule.side}:{trigger}",
            origin=AwardOrigin.REFERRAL,
            what=what_of(rule),
            profile=person,
            source=f"referral:{referral.id}",
            pending=True,
            available_at=due_at,
            now=now,
        )
        if created:
            given.append(award)
            _note(Code.GIFT_PROMISED, award, referral, now, side=rule.side, order=fact.order)
    if given:
        names = [[_side_of(award).value, award.name] for award in given]
        referral.facts = {**referral.facts, "gifts": referral.facts.get("gifts", []) + names}
        referral.save(update_fields=["facts"])
    return given


def what_of(rule: RewardRule) -> What:
    """A rule's reward as it stands on the day that it is given."""
    return What(
        kind=rule.kind,
        name=rule.name,
        description=rule.description,
        value=rule.value,
        currency=current_tenant().currency if rule.value else "",
        code_list=rule.code_list,
        valid_days=rule.valid_days,
    )


def announce(*, referral: Referral, given: Sequence[Award], now: datetime) -> None:
    """Tell people what they were promised; what has nothing to wait for is theirs at once."""
    if referral.state == ReferralState.HELD:
        return
    for award in given:
        if award.available_at is not None and award.available_at <= now:
            awarding.make_available(award_id=award.id, now=now)
        else:
            gift_notices.gift_promised(award=award, referral=referral, now=now)


def start_delay(*, order: Order, now: datetime) -> list[Award]:
    """The order is confirmed now: its gifts get their date. Returns those to be told of."""
    found = Referral.objects.filter(order=order).exclude(state=ReferralState.HELD)
    return [award for row in found for award in release(referral=row, now=now)]


def release(*, referral: Referral, now: datetime) -> list[Award]:
    """Nothing stands in the way of a referral's gifts any more: they get their date."""
    if "gifts" not in referral.facts:
        return []
    released = []
    for award in awards_of(referral=referral):
        if award.state == AwardState.PENDING and award.available_at is None:
            version = versions.in_force(now=award.granted_at)
            due_at = promises.due(version, now) if version is not None else now
            award.available_at = due_at
            awards.hold(award_id=award.id, available_at=due_at)
            released.append(award)
    return released


def without_dates(*, referral: Referral) -> None:
    """Somebody has to look at the referral again: its gifts wait until then."""
    for award in awards_of(referral=referral):
        if award.state == AwardState.PENDING and award.available_at is not None:
            awards.hold(award_id=award.id, available_at=None)


def take_back(
    *,
    referral: Referral,
    now: datetime,
    trigger: Trigger | None = None,
    pending_only: bool = False,
    told: bool = True,
) -> None:
    """Withdraw what a referral granted in kind, of one fact or of all."""
    if "gifts" not in referral.facts:
        return
    for award in awards_of(referral=referral):
        other = trigger is not None and _trigger_of(award) != trigger
        if other or not can_cancel(award) or (pending_only and award.state != AwardState.PENDING):
            continue
        try:
            _award, changed = awards.cancel(award_id=award.id, now=now)
        except AwardClosedError:
            continue  # handed over at this very moment
        if not changed:
            continue
        _note(Code.GIFT_CANCELLED, award, referral, now, side=_side_of(award), order=referral.order)
        if told and award.available_at is not None:
            gift_notices.gift_cancelled(award=award, now=now)


def promise_again(*, referral: Referral, closed_at: datetime, now: datetime) -> None:
    """What the closing of a referral had withdrawn is promised again, until the same day.

    Nothing is for a fact that was undone meanwhile.
    """
    undone = reopening.is_undone(referral=referral)
    for award in awards_of(referral=referral):
        if award.state != AwardState.CANCELLED or award.cancelled_at != closed_at:
            continue
        if undone and _trigger_of(award) == Trigger.QUALIFYING:
            continue
        awards.grant(
            key=f"{award.key}:{closed_at:%Y%m%d%H%M%S}",
            origin=AwardOrigin.REFERRAL,
            what=What(
                kind=award.kind,
                name=award.name,
                description=award.description,
                value=award.value,
                currency=award.currency,
                code_list=award.code_list,
                valid_days=award.valid_days,
            ),
            profile=award.profile,
            source=award.source,
            pending=True,
            available_at=award.available_at,
            now=now,
        )


def awards_of(*, referral: Referral) -> list[Award]:
    """What a referral granted in kind, in the order it was granted. No query where it did not."""
    if "gifts" not in referral.facts:
        return []
    rows = Award.objects.select_related("profile", "code_list")
    return list(rows.filter(source=f"referral:{referral.id}").order_by("granted_at", "id"))


def stands(given: Iterable[Award]) -> list[Award]:
    """Those that were not withdrawn."""
    return [award for award in given if award.state != AwardState.CANCELLED]


def look_of(award: Award) -> str:
    """Its state, in the words of `shell.states`."""
    return _LOOKS[AwardState(award.state)]


def can_cancel(award: Award) -> bool:
    """Whether it can still be withdrawn."""
    return award.state in (AwardState.PENDING, AwardState.AVAILABLE)


def explain_award(award: Award) -> str:
    """One sentence on a gift: since or from when it can be used, or what became of it."""
    if award.state == AwardState.CANCELLED:
        return _("Retiré.")
    if award.state == AwardState.HANDED_OVER and award.handed_over_at is not None:
        return _("Remis le %(day)s.") % {"day": formats.day(award.handed_over_at)}
    if award.available_at is None:
        return _("En attente.")
    words = {"day": formats.day(award.available_at)}
    if award.state == AwardState.AVAILABLE:
        return _("Disponible depuis le %(day)s.") % words
    if award.waits_for_code:
        return _("En attente : votre liste de codes est épuisée.")
    return _("Disponible le %(day)s, une fois le délai passé.") % words


def _allowed(
    rule: RewardRule, referral: Referral, version: ProgrammeVersion, now: datetime
) -> bool:
    if rule.side == Side.REFEREE or referral.referrer is None:
        return True
    trigger = Trigger(rule.trigger)
    if promises.amount(version, side=Side.REFERRER, trigger=trigger):
        # The amount was asked first, and said so where the year's limit is reached.
        return promises.within_limit(
            referrer=referral.referrer, referral=referral, version=version, now=now
        )
    return rewarding.allowed(referral, Side.REFERRER, version, now)


def _side_of(award: Award) -> Side:
    return Side(award.key.split(":")[2])


def _trigger_of(award: Award) -> Trigger:
    """What it is for: a gift that was promised again has the day of that behind it in its key."""
    return Trigger(award.key.split(":")[3])


def _note(
    code: str, award: Award, referral: Referral, now: datetime, *, side: str, order: Order | None
) -> None:
    decisions.note(
        code=code,
        now=now,
        profile=award.profile,
        order=order,
        referral=referral,
        award=str(award.id),
        name=award.name,
        side=str(side),
        due_at=award.available_at.isoformat() if award.available_at else None,
    )
