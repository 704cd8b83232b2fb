"""What each of the two merchants has given, can give, and was told of."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from kernel.ids import uuid7
from tenants.activity.models import Invoice, Session
from tenants.loyalty.recalculation.models import Run, RunKind, RunState
from tenants.messaging import clicking
from tenants.messaging.models import Campaign, Email, EmailLink
from tenants.profiles.models import Profile
from tenants.programme import codes, gifts
from tenants.programme.bulk import services as bulk
from tenants.rewards.gifts import save_gift_type
from tenants.rewards.models import Award, CodeList, GiftType, Tier
from tenants.rewards.tiers import save_tier
from tests.fixtures.loyalty import book, invoice, make_type
from tests.fixtures.programme import NOW


@dataclass(frozen=True)
class Treats:
    tier: Tier
    gift: GiftType
    award: Award
    codes: CodeList


def given(slug: str, profile: Profile) -> Treats:
    """A tier, a gift, what somebody was given, and a list of codes."""
    tier = save_tier(
        tier_id=uuid7(),
        now=NOW,
        new=True,
        unit="EUR",
        name=f"Palier secret {slug}",
        kind="promo",
        value=500,
        threshold=90_000,
    )
    gift = save_gift_type(gift_id=uuid7(), now=NOW, new=True, name=f"Cadeau secret {slug}")
    shelf, _found = codes.make_list(
        list_id=uuid7(), name=f"Liste secrète {slug}", warn_below=0, pasted="A1\nB2",
        file=None, now=NOW,
    )  # fmt: skip
    award, _new = gifts.give_gift(
        profile=profile, gift_id=gift.id, key="k", handed_on=None, author_id=None, now=NOW
    )
    return Treats(tier=tier, gift=gift, award=award, codes=shelf)


def booked(profile: Profile) -> Session:
    """A session that this customer booked."""
    made = make_type(f"Portrait {profile.email}")
    return book(f"S-{profile.id}", made.key, email=profile.email).session


def invoiced(profile: Profile) -> Invoice:
    """An invoice of this customer's."""
    return invoice(f"F-{profile.id}", email=profile.email).invoice


def many() -> dict[str, Any]:
    """What is done to many customers at once: a count to confirm, and a question to answer."""
    run = Run.objects.create(
        kind=RunKind.RECALCULATE, until=NOW, unit="EUR", state=RunState.COUNTED, created_at=NOW
    )
    rows = Profile.objects.all()
    selection = bulk.prepare(act="loyalty-join", rows=rows, author_id=None, now=timezone.now())
    campaign = Campaign.objects.create(name="Rentrée", created_at=NOW, changed_at=NOW)
    return {"recalculation": run, "selection": selection, "campaign": campaign}


def click_token(email: Email) -> str:
    # A kept copy, so that the address of copies has something to refuse.
    email.html = f"<html><head></head><body>{email.to}</body></html>"
    email.save(update_fields=["html"])
    row = EmailLink.objects.create(kind=email.kind, target="space_url")
    return clicking.token_for(email_id=email.id, link_id=row.id)
