"""A year at Studio Clairval, a photographer without an online shop: sessions, invoices, points.

Told like `story`: facts come in the order of their dates, through the services that serve
customers. The same seed tells the same story.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from config.demo import cast, mailings
from kernel.ids import uuid7
from kernel.money import POINTS
from tenants.activity import booking
from tenants.activity.models import PaymentKind, SessionType, Source
from tenants.activity.types import InvoiceInput, PaymentInput, SessionInput
from tenants.loyalty import membership
from tenants.loyalty.membership import JoinedBy
from tenants.loyalty.recalculation.models import RunKind
from tenants.loyalty.versions import Rate
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity
from tenants.programme import clock, conductor, loyalty_rules, recalculating, versions
from tenants.programme.models import Qualifying
from tenants.referrals import codes
from tenants.rewards import tiers
from tenants.rewards.models import AwardKind

CUSTOMERS = 45
_MONTHS = 12
# Name, what a session costs in cents, the points of a validated one, how often it is booked.
_TYPES = [
    ("Portrait", 20_000, 50, 5),
    ("Famille", 28_000, 80, 4),
    ("Naissance", 32_000, 80, 2),
    ("Mariage", 140_000, 200, 1),
]
_TIERS = [
    ("Code de 10,00 €", AwardKind.PROMO_CODE, 1_000, 300, "Sur votre prochaine séance."),
    ("Bon cadeau de 30,00 €", AwardKind.GIFT_CARD, 3_000, 750, "À utiliser ou à offrir."),
    ("Tirage d’art 30 × 40", AwardKind.CUSTOM, None, 1_500, "La photo de votre choix, encadrée."),
]


@dataclass
class _Story:
    rng: random.Random
    today: datetime
    types: dict[str, SessionType] = field(default_factory=dict)
    known: list[Profile] = field(default_factory=list)
    number: int = 100


def tell(*, today: datetime, progress: Callable[[str], None], seed: int = 11) -> None:
    """Fill the current tenant with customers, sessions in every state, invoices and points."""
    rng = random.Random(seed)  # noqa: S311
    start = today - timedelta(days=round(_MONTHS * 30.44))
    story = _Story(rng=rng, today=today)
    _rules(story, start)
    people = cast.people(rng, 60)[-CUSTOMERS:]
    span = (today - start).total_seconds()
    moments = sorted(start + timedelta(seconds=span * rng.random()) for _ in people)
    letters = mailings.Mailings(today, mailings.CLAIRVAL, ("share", "balance"))
    for person, moment in zip(people, moments, strict=True):
        clock.settle(now=moment, limit=500)
        letters.tick(moment)
        _arrives(story, person, moment)
        if len(story.known) > 4 and rng.random() < 0.6:
            _session(story, rng.choice(story.known), moment)
    clock.settle(now=today, limit=500)
    letters.tick(today)
    _members(story)
    _typed_afterwards(story, start)
    _ending(story)
    progress(f"Studio Clairval : {len(people)} clients")


def _rules(story: _Story, start: datetime) -> None:
    """1 point for each euro, more for a validated session; a friend's first session brings 100."""
    versions.publish(
        now=start,
        name="Points Clairval",
        unit=POINTS,
        referrer_amount=100,
        referee_amount=50,
        minimum_order=0,
        pending_days=0,
        qualifying=Qualifying.SESSION_VALIDATED,
    )
    for name, _price, _points, _often in _TYPES:
        story.types[name] = booking.save_type(now=start, name=name)
    loyalty_rules.publish(
        now=start,
        author_id=None,
        rate=Decimal(1),
        per=100,
        payments_on=True,
        sessions_on=True,
        expiry_months=24,
        rates={story.types[name].id: Rate(points) for name, _price, points, _often in _TYPES},
    )
    for position, (name, kind, value, threshold, about) in enumerate(_TIERS):
        tiers.save_tier(
            tier_id=uuid7(),
            now=start,
            unit=POINTS,
            new=True,
            name=name,
            kind=kind,
            value=value,
            threshold=threshold,
            description=about,
            position=position,
        )


def _arrives(story: _Story, person: dict[str, str], moment: datetime) -> None:
    """A new customer books, often with a friend's code."""
    code = ""
    if len(story.known) > 3 and story.rng.random() < 0.45:
        friend = story.rng.choice(story.known[: 6 + len(story.known) // 3])
        code = codes.code_for(profile=friend, now=moment).code
    identity = Identity(
        email=person["email"], first_name=person["first_name"], last_name=person["last_name"]
    )
    profile = _session(story, identity, moment, code=code)
    Profile.objects.filter(id=profile.id).update(gender=person["gender"])
    codes.code_for(profile=profile, now=moment)
    profile.refresh_from_db()
    story.known.append(profile)


def _session(
    story: _Story, who: Profile | Identity, booked: datetime, *, code: str = ""
) -> Profile:
    """Booked, held two weeks later, and paid by deposit and balance; one in ten is cancelled."""
    identity = Identity(profile_id=who.id) if isinstance(who, Profile) else who
    name, price, _points, _often = story.rng.choices(_TYPES, weights=[t[3] for t in _TYPES])[0]
    story.number += 1
    number = f"CLV-{story.number}"
    when = booked + timedelta(days=story.rng.randint(5, 21))
    made = conductor.session_booked(
        session=SessionInput(
            external_id=number,
            type_key=story.types[name].key,
            booked_at=booked,
            takes_place_at=when,
            customer=identity,
            source=Source.API,
            referral_code=code,
        ),
        now=booked,
    )
    profile = made.session.profile
    if when <= story.today and story.rng.random() < 0.1:
        conductor.session_cancelled(session_id=number, at=when, now=when)
        return profile
    _invoice(story, profile, number=number, label=name, price=price, booked=booked, when=when)
    if when <= story.today - timedelta(days=1):
        conductor.session_validated(session_id=number, at=when, now=when)
    return profile


def _invoice(
    story: _Story,
    profile: Profile,
    *,
    number: str,
    label: str,
    price: int,
    booked: datetime,
    when: datetime,
) -> None:
    invoice = f"F-{number.removeprefix('CLV-')}"
    conductor.invoice_received(
        invoice=InvoiceInput(
            external_id=invoice,
            label=label,
            total=price,
            currency="EUR",
            issued_at=booked,
            customer=Identity(profile_id=profile.id),
            source=Source.API,
        ),
        now=booked,
    )
    deposit = price * 3 // 10
    parts = [("P1", PaymentKind.DEPOSIT, deposit, booked)]
    if when <= story.today and story.rng.random() < 0.93:
        parts.append(("P2", PaymentKind.BALANCE, price - deposit, when))
    if len(parts) > 1 and story.rng.random() < 0.05:
        later = min(when + timedelta(days=6), story.today)
        parts.append(("R1", PaymentKind.REFUND, price // 4, later))
    for key, kind, amount, at in parts:
        payment = PaymentInput(external_id=key, kind=kind, amount=amount, paid_at=at)
        conductor.payment_received(invoice_id=invoice, payment=payment, now=at)


def _members(story: _Story) -> None:
    """A third of them joined: at the counter, or with their booking."""
    for number, profile in enumerate(story.known[::3]):
        source = JoinedBy.SPACE if number % 3 else JoinedBy.MANUAL
        membership.join(profile_id=profile.id, source=source, now=profile.created_at)


def _typed_afterwards(story: _Story, start: datetime) -> None:
    """Sessions of before the rules, which earned nothing: a recalculation waits to be confirmed."""
    for number, profile in enumerate(story.known[1:9]):
        name = story.rng.choice([name for name, _price, _points, _often in _TYPES[:3]])
        at = start - timedelta(days=20 * number + 11)
        conductor.session_booked(
            session=SessionInput(
                external_id=f"CLV-AVANT-{number}",
                type_key=story.types[name].key,
                booked_at=at,
                customer=Identity(profile_id=profile.id),
                source=Source.MANUAL,
            ),
            now=story.today,
        )
        conductor.session_validated(session_id=f"CLV-AVANT-{number}", at=at, now=story.today)
    recalculating.count(kind=RunKind.RECALCULATE, months=None, author_id=None, now=story.today)


def _ending(story: _Story) -> None:
    """What waits today: a session to validate, and one to come."""
    profile = story.known[0]
    for number, name, days in (("CLV-JOUR", "Famille", 0), ("CLV-SUITE", "Portrait", 9)):
        booked = story.today - timedelta(days=6)
        conductor.session_booked(
            session=SessionInput(
                external_id=number,
                type_key=story.types[name].key,
                booked_at=booked,
                takes_place_at=story.today - timedelta(hours=2) + timedelta(days=days),
                customer=Identity(profile_id=profile.id),
                source=Source.API,
            ),
            now=booked,
        )
