"""What each of the two merchants has given, and can give."""

from typing import Any

from kernel.ids import uuid7
from tenants.profiles.models import Profile
from tenants.programme import codes, gifts
from tenants.rewards.gifts import save_gift_type
from tenants.rewards.tiers import save_tier
from tests.fixtures.programme import NOW


def given(slug: str, profile: Profile) -> dict[str, Any]:
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
    return {"tier": tier, "gift": gift, "award": award, "codes": shelf}
