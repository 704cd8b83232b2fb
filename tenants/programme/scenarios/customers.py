"""Reminders to customers: invite somebody, use the cagnotte, what comes and what expires soon."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet, Sum

from kernel.ledger.models import Account, AccountKind, Lot, Pending
from tenants.messaging.models import Enrolment
from tenants.profiles.models import Profile
from tenants.programme import promises
from tenants.programme.models import Side
from tenants.programme.scenarios.shapes import Moment, StopError
from tenants.referrals.models import Click, Invitation, Referral, ReferralCode

# How long before the switch a purchase may lie for its reminder to be meant still.
_SHARE_BACK = timedelta(days=14)
_BALANCE_BACK = timedelta(days=90)
# One reminder covers what falls due, or expires, in the days around it.
_SOON_TOGETHER = timedelta(days=6)
_EXPIRY_TOGETHER = timedelta(days=28)


def find_share(moment: Moment, limit: int) -> list[Enrolment]:
    """Customers who bought since the switch, or just before, and never brought anybody."""
    since = _enabled_at(moment) - _SHARE_BACK
    rows = (
        _people()
        .filter(last_order_at__gte=since, last_order_at__lte=moment.now)
        .exclude(Exists(_enrolments(moment, profile=OuterRef("pk"))))
        .exclude(Exists(Invitation.objects.filter(referrer=OuterRef("pk"))))
        .exclude(Exists(Referral.objects.filter(referrer=OuterRef("pk"))))
        .exclude(Exists(Click.objects.filter(code__profile=OuterRef("pk"))))
    )
    return [
        _enrolment(moment, person.id, person.last_order_at, f"{person.id.hex}")
        for person in rows.order_by("id")[:limit]
        if person.last_order_at
    ]


def speak_share(enrolment: Enrolment, moment: Moment) -> dict[str, Any]:
    """What one more friend would bring."""
    person = _person(enrolment)
    shared = (
        Invitation.objects.filter(referrer=person).exists()
        or Referral.objects.filter(referrer=person).exists()
        or Click.objects.filter(code__profile=person).exists()
    )
    if shared:
        raise StopError("shared")
    code = ReferralCode.objects.filter(profile=person).first()
    trigger = promises.main_trigger(moment.version)
    return {
        **_greeting(person, moment),
        "code": code.code if code else "",
        "amount": promises.amount(moment.version, side=Side.REFERRER, trigger=trigger),
    }


def find_balance(moment: Moment, limit: int) -> list[Enrolment]:
    """Customers with something in the cagnotte whose last purchase is so many days ago."""
    full = Account.objects.filter(
        kind=AccountKind.WALLET,
        unit=moment.version.unit,
        owner_id=OuterRef("pk"),
        posted__gt=F("pending_out"),
    )
    rows = _people().filter(
        Exists(full),
        ~Exists(
            _enrolments(moment, profile=OuterRef("pk"), anchor_at__gte=OuterRef("last_order_at"))
        ),
        last_order_at__gte=_enabled_at(moment) - _BALANCE_BACK,
        last_order_at__lte=moment.now - timedelta(days=moment.days),
    )
    return [
        _enrolment(moment, p.id, p.last_order_at, f"{p.id.hex}:{_day(p.last_order_at)}")
        for p in rows.order_by("id")[:limit]
        if p.last_order_at
    ]


def speak_balance(enrolment: Enrolment, moment: Moment) -> dict[str, Any]:
    """What is in the cagnotte now."""
    person = _person(enrolment)
    if person.last_order_at and person.last_order_at > enrolment.anchor_at:
        raise StopError("bought")
    account = Account.objects.filter(
        kind=AccountKind.WALLET, owner_id=person.id, unit=moment.version.unit
    ).first()
    if account is None or account.available <= 0:
        raise StopError("used")
    return {**_greeting(person, moment), "amount": account.available}


def find_soon(moment: Moment, limit: int) -> list[Enrolment]:
    """Whose reward becomes available within so many days."""
    rows = Pending.objects.filter(
        incoming=True,
        remaining__gt=0,
        due_at__gt=moment.now,
        due_at__lte=moment.now + timedelta(days=moment.days),
    )
    return _ahead(moment, rows, "due_at", _SOON_TOGETHER, limit)


def speak_soon(enrolment: Enrolment, moment: Moment) -> dict[str, Any]:
    """What becomes available, and when."""
    person = _person(enrolment)
    rows = Pending.objects.filter(
        wallet__owner_id=person.id,
        wallet__unit=moment.version.unit,
        incoming=True,
        remaining__gt=0,
        due_at__gt=moment.now,
        due_at__lte=enrolment.anchor_at + _SOON_TOGETHER,
    )
    found = rows.aggregate(total=Sum("remaining"), at=Max("due_at"))
    if not found["total"]:
        raise StopError("over")
    return {
        **_greeting(person, moment),
        "amount": found["total"],
        "due_at": found["at"].isoformat(),
    }


def find_expiry(moment: Moment, limit: int) -> list[Enrolment]:
    """Whose cagnotte loses something within so many days."""
    rows = Lot.objects.filter(
        remaining__gt=0,
        expires_at__gt=moment.now,
        expires_at__lte=moment.now + timedelta(days=moment.days),
    )
    return _ahead(moment, rows, "expires_at", _EXPIRY_TOGETHER, limit)


def speak_expiry(enrolment: Enrolment, moment: Moment) -> dict[str, Any]:
    """What expires first, and when: never an amount that would still be there after."""
    person = _person(enrolment)
    rows = Lot.objects.filter(
        wallet__owner_id=person.id,
        wallet__unit=moment.version.unit,
        remaining__gt=0,
        expires_at__gt=moment.now,
        expires_at__lte=enrolment.anchor_at,
    )
    found = rows.aggregate(total=Sum("remaining"), at=Min("expires_at"))
    if not found["total"]:
        raise StopError("used")
    return {
        **_greeting(person, moment),
        "amount": found["total"],
        "expires_at": found["at"].isoformat(),
    }


def _ahead(
    moment: Moment, rows: QuerySet[Any], field: str, together: timedelta, limit: int
) -> list[Enrolment]:
    """One enrolment for each owner, at the first of their dates that nothing covers yet."""
    covered = _enrolments(
        moment,
        profile=OuterRef("wallet__owner_id"),
        anchor_at__lte=OuterRef(field),
        anchor_at__gte=OuterRef(field) - together,
    )
    people = _people().filter(id=OuterRef("wallet__owner_id"))
    found = (
        rows.filter(Exists(people), ~Exists(covered), wallet__unit=moment.version.unit)
        .values("wallet__owner_id")
        .annotate(first=Min(field))
        .order_by("first")[:limit]
    )
    return [
        _enrolment(
            moment,
            row["wallet__owner_id"],
            row["first"],
            f"{row['wallet__owner_id'].hex}:{_day(row['first'])}",
            due_at=row["first"] - timedelta(days=moment.days),
        )
        for row in found
    ]


def _people() -> QuerySet[Profile]:
    """Who could be written to at all; the last word is had when an email is planned."""
    return Profile.objects.filter(~Q(email=""), is_test=False, erased_at=None, unsubscribed_at=None)


def _enrolments(moment: Moment, **filters: Any) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(scenario=moment.scenario, **filters)


def _enrolment(
    moment: Moment,
    profile_id: uuid.UUID,
    anchor_at: datetime,
    occasion: str,
    *,
    due_at: datetime | None = None,
) -> Enrolment:
    return Enrolment(
        scenario=moment.scenario,
        profile_id=profile_id,
        occasion=occasion,
        anchor_at=anchor_at,
        started_at=moment.now,
        due_at=max(due_at or anchor_at + timedelta(days=moment.days), moment.now),
    )


def _person(enrolment: Enrolment) -> Profile:
    if enrolment.profile is None:
        raise StopError("over")
    return enrolment.profile


def _greeting(person: Profile, moment: Moment) -> dict[str, Any]:
    return {"first_name": person.first_name, "unit": moment.version.unit}


def _enabled_at(moment: Moment) -> datetime:
    return moment.scenario.enabled_at or moment.now


def _day(at: datetime | None) -> str:
    return f"{at or date.min:%Y%m%d}"
