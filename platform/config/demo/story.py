"""Eighteen months at Maison Lumen, told through the same services that serve customers.

Facts come in the order of their dates, with `now` set to each, so that delays pass, rewards
post and refunds reverse as they would have. The same seed tells the same story.
"""

import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from config.demo import cast, doubts, mailings, treats
from kernel.errors import RicochetError
from kernel.ledger import selectors as ledger
from tenants.activity.models import Source
from tenants.activity.types import OrderInput, RefundInput
from tenants.context import current_tenant
from tenants.features import Feature, switch
from tenants.loyalty import versions as loyalty
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity
from tenants.programme import clock, conductor, explanation, services, versions
from tenants.referrals import codes
from tenants.referrals import services as referrals
from tenants.rewards import services as rewards
from tenants.rewards.models import Prize

CUSTOMERS = 200
_MONTHS = 18
# Sophie, Camille, Nadia, Julien, Awa and Hugo, from the first months on.
_AMBASSADORS = [34.0, 20.0, 22.0, 19.0, 16.0, 12.0]
_CHANNELS = ["whatsapp"] * 5 + ["link"] * 3 + ["email"] * 3 + ["sms", "qr"]


@dataclass
class Story:
    """What has been told so far."""

    rng: random.Random
    today: datetime
    tell: Callable[[str], None]
    number: int = 18_000
    customers: list[dict[str, str]] = field(default_factory=list)
    known: list[Profile] = field(default_factory=list)
    loyal: dict[uuid.UUID, float] = field(default_factory=dict)


def tell(*, today: datetime, progress: Callable[[str], None], seed: int = 7) -> None:
    """Fill the current tenant with customers, orders, referrals in every state, and claims."""
    rng = random.Random(seed)  # noqa: S311
    story = Story(rng=rng, today=today, tell=progress, customers=cast.people(rng, CUSTOMERS))
    start = today - timedelta(days=round(_MONTHS * 30.44))
    versions.publish(
        now=start,
        name="Cagnotte Lumen",
        unit="EUR",
        referrer_amount=800,
        referee_amount=500,
        minimum_order=3000,
        pending_days=14,
        expiry_months=24,
    )
    for position, prize in enumerate(cast.PRIZES):
        rewards.save_prize(now=start, unit="EUR", position=position, **prize)
    treats.prepare(now=start)
    _live(story, start)
    _ending(story)
    _open_checkout(today)


def _open_checkout(today: datetime) -> None:
    """From now on an order earns 2 %, and the cagnotte pays a part of it in the shop."""
    switch(tenant_id=current_tenant().id, on=[Feature.LOYALTY])
    loyalty.publish(
        now=today,
        unit="EUR",
        rate=Decimal(2),
        per=100,
        checkout_on=True,
        minimum_order=3000,
        line_label="Ma cagnotte Lumen",
        expiry_months=24,
    )
    explanation.write(text=cast.EXPLANATION, now=today)


def _live(story: Story, start: datetime) -> None:
    """Months of first orders, repeat orders, refunds and claims, in the order of their dates."""
    span = (story.today - start).total_seconds()
    # Growth: twice as many customers arrive at the end as at the beginning.
    moments = sorted(
        start + timedelta(seconds=span * story.rng.random() ** 0.7) for _ in story.customers
    )
    settled = start
    letters = mailings.Mailings(story.today, mailings.LUMEN, ("share", "balance", "soon"))
    for index, (person, moment) in enumerate(zip(story.customers, moments, strict=True)):
        if moment - settled > timedelta(days=2):
            clock.settle(now=moment, limit=500)
            letters.tick(moment)
            settled = moment
        _first_order(story, person, _open_hours(story, moment))
        for _ in range(story.rng.choices([0, 1, 2, 3], weights=[3, 4, 3, 1])[0]):
            _repeat_order(story, moment)
        if index % 9 == 8:
            _claim(story, moment)
        if index % 20 == 19:
            story.tell(f"{index + 1} customers of {len(story.customers)}")
    clock.settle(now=story.today, limit=500)
    letters.tick(story.today)


def _open_hours(story: Story, moment: datetime) -> datetime:
    return moment.replace(
        hour=story.rng.randint(8, 21), minute=story.rng.randint(0, 59), microsecond=0
    )


def _first_order(story: Story, person: dict[str, str], now: datetime) -> None:
    now = min(now, story.today)
    referrer = _referrer(story) if len(story.known) > 5 and story.rng.random() < 0.46 else None
    click = typed = None
    if referrer is not None:
        code = codes.code_for(profile=referrer, now=now).code
        for _ in range(story.rng.randint(1, 3)):
            click = referrals.record_click(
                code=code,
                channel=story.rng.choice(_CHANNELS),
                now=now - timedelta(hours=story.rng.randint(1, 200)),
            )
        typed = code if story.rng.random() < 0.3 else None
        if story.rng.random() < 0.35:
            _invite(story, referrer, person, now - timedelta(days=story.rng.randint(1, 6)))
    if story.rng.random() < 0.6:
        identity = Identity(
            email=person["email"],
            first_name=person["first_name"],
            last_name=person["last_name"],
        )
        opened = now - timedelta(minutes=story.rng.randint(5, 60))
        conductor.account_created(identity=identity, source=Source.API, at=opened, now=opened)
    outcome = conductor.order_received(
        order=_order(story, person, now, code=typed or "", click=click), now=now
    )
    profile = outcome.order.profile
    Profile.objects.filter(id=profile.id).update(gender=person["gender"])
    codes.code_for(profile=profile, now=now)
    profile.refresh_from_db()
    story.known.append(profile)
    story.loyal[profile.id] = _loyalty(story, index=len(story.known) - 1)
    if outcome.referral is not None and story.rng.random() < 0.07:
        _refund(story, outcome.order.external_id, outcome.order.amount, now)


def _invite(story: Story, referrer: Profile, person: dict[str, str], now: datetime) -> None:
    try:
        services.invite_friend(
            referrer=referrer, email=person["email"], first_name=person["first_name"], now=now
        )
    except RicochetError:
        return  # an address is invited once; the next order simply has no invitation
    for _ in range(story.rng.randint(0, 2)):
        stranger = f"ami{story.rng.randint(1, 99_999)}@exemple.org"
        try:
            services.invite_friend(referrer=referrer, email=stranger, first_name="", now=now)
        except RicochetError:
            return


def _repeat_order(story: Story, moment: datetime) -> None:
    profile = _referrer(story)
    now = min(_open_hours(story, moment + timedelta(days=story.rng.randint(0, 2))), story.today)
    person = {
        "email": profile.email,
        "first_name": profile.first_name,
        "last_name": profile.last_name,
    }
    # A regular who types a friend's code learns that it is for newcomers.
    code = ""
    if story.rng.random() < 0.03:
        code = codes.code_for(profile=_referrer(story), now=now).code
    conductor.order_received(order=_order(story, person, now, code=code), now=now)


def _referrer(story: Story) -> Profile:
    weights = [story.loyal[profile.id] for profile in story.known]
    return story.rng.choices(story.known, weights=weights)[0]


def _loyalty(story: Story, *, index: int) -> float:
    """How much somebody talks about the shop: a few ambassadors, many who hardly do."""
    if index < len(_AMBASSADORS):
        return _AMBASSADORS[index]
    return min(story.rng.paretovariate(1.3), 4.0)


def _order(
    story: Story,
    person: dict[str, str],
    now: datetime,
    *,
    code: str = "",
    click: uuid.UUID | None = None,
    source: Source = Source.API,
) -> OrderInput:
    story.number += story.rng.randint(1, 4)
    return OrderInput(
        external_id=f"LUM-{story.number}",
        amount=story.rng.choice([2890, 3400, 3640, 4450, 5890, 6240, 7100, 8400, 9650, 12400]),
        currency="EUR",
        ordered_at=now,
        customer=Identity(
            email=person["email"],
            first_name=person["first_name"],
            last_name=person["last_name"],
        ),
        source=source,
        referral_code=code,
        click_id=click,
    )


def _refund(story: Story, external_id: str, amount: int, now: datetime) -> None:
    when = now + timedelta(days=story.rng.randint(2, 10))
    if when > story.today:
        return
    part = amount if story.rng.random() < 0.7 else amount // 2
    conductor.refund_received(
        order_id=external_id,
        refund=RefundInput(external_id="R1", amount=part, refunded_at=when),
        now=when,
    )


def _claim(story: Story, moment: datetime, *, kinds: Sequence[str] = ()) -> None:
    """Somebody with enough in the cagnotte takes a prize; it is handed over some days later.

    `kinds` says which it may be.
    """
    prizes = [p for p in Prize.objects.filter(active=True) if not kinds or p.kind in kinds]
    for profile in story.rng.sample(story.known, k=len(story.known)):
        available = ledger.balance(owner_id=profile.id, unit="EUR").available
        within = [p for p in prizes if p.cost <= available and p.stock != 0]
        if not within:
            continue
        prize = story.rng.choice(within)
        claim = services.claim_prize(
            profile=profile,
            prize_id=prize.id,
            key=f"demo-{profile.id}-{moment.isoformat()}",
            address=treats.address_of(profile, story.rng),
            now=moment,
        )
        if moment < story.today - timedelta(days=12) and not claim.is_code:
            rewards.hand_over(claim_id=claim.id, now=moment + timedelta(days=3))
        return


def _ending(story: Story) -> None:
    """The last days: what waits for the merchant, one of each."""
    now = story.today - timedelta(hours=5)
    camille = story.known[1]
    code = codes.code_for(profile=camille, now=now).code
    newcomers = [
        ("Basile", "Arnoux", Source.TRACKER),
        ("Clara", "Vasseur", Source.TRACKER),
        ("Élise", "Maurin", Source.API),
    ]
    for first, last, source in newcomers:
        person = {
            "first_name": first,
            "last_name": last,
            "email": f"{first[0].lower().replace('é', 'e')}.{last.lower()}@exemple.fr",
        }
        click = referrals.record_click(code=code, channel="whatsapp", now=now)
        order = _order(story, person, now, click=click, source=source)
        conductor.order_received(order=order, now=now)
    # Her own code under an alias of her own address: refused, and explained.
    alias = camille.email.replace("@", "+promo@")
    person = {"email": alias, "first_name": "Camille", "last_name": "R."}
    conductor.order_received(order=_order(story, person, now, code=code), now=now)
    person = {"email": "paul.ricard@exemple.fr", "first_name": "Paul", "last_name": "Ricard"}
    conductor.order_received(order=_order(story, person, now, code="SOFIE-XXXX"), now=now)
    doubts.raise_some(
        referrers=(story.known[5], story.known[6]), order=partial(_order, story), now=now
    )
    _claim(story, now - timedelta(days=1), kinds=["post"])
    _claim(story, now, kinds=["gift"])
    treats.finish(today=story.today, ambassadors=story.known[:3])
