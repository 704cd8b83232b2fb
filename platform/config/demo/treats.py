"""What Maison Lumen gives beside its everyday prizes: tiers, gifts, codes, a Christmas prize."""

import random
from datetime import date, datetime, timedelta

from kernel.ids import uuid7
from tenants.context import current_tenant
from tenants.features import Feature, switch
from tenants.profiles.models import Profile
from tenants.programme import codes, gifts
from tenants.rewards import services as rewards
from tenants.rewards.gifts import save_gift_type
from tenants.rewards.giving_codes import generate
from tenants.rewards.models import GiftType, Prize
from tenants.rewards.tiers import save_tier

_STREETS = ("rue des Lilas", "avenue Jean-Jaurès", "rue Garibaldi", "quai Saint-Antoine")
_TOWNS = (("69007", "Lyon"), ("75011", "Paris"), ("44000", "Nantes"), ("13006", "Marseille"))
_GIFTS = (("Coffret découverte", None), ("Chèque de 50 €", 5_000), ("Chèque de 100 €", 10_000))


def prepare(*, now: datetime) -> None:
    """Tiers, gifts and a list of codes, from the first day on."""
    switch(tenant_id=current_tenant().id, on=[Feature.TIERS])
    shelf, _found = codes.make_list(
        list_id=uuid7(),
        name="Bons de l’atelier",
        warn_below=20,
        pasted="\n".join(f"ATELIER-{generate()}" for _ in range(40)),
        file=None,
        now=now,
    )
    tiers = (
        ("5 € offerts", "promo", 500, 1_500, "Sur votre prochaine commande.", None),
        ("Atelier bougie", "custom", None, 6_000, "Deux heures dans notre atelier.", shelf),
    )
    for name, kind, value, threshold, words, code_list in tiers:
        save_tier(
            tier_id=uuid7(), new=True, unit="EUR", now=now, name=name, kind=kind, value=value,
            threshold=threshold, description=words, code_list=code_list, tells_by_email=True,
        )  # fmt: skip
    for name, value in _GIFTS:
        save_gift_type(gift_id=uuid7(), new=True, now=now, name=name, value=value)
    gifts.set_gift_after(number=3)


def finish(*, today: datetime, ambassadors: list[Profile]) -> None:
    """A prize of the season, a gift handed over, and a tier made only now."""
    year = today.year
    rewards.save_prize(
        now=today,
        unit="EUR",
        position=Prize.objects.count(),
        name="Coffret de Noël",
        description="Trois bougies et leur boîte.",
        kind="order",
        icon="gift",
        cost=2_500,
        stock=30,
        per_person=1,
        starts_on=date(year, 12, 1),
        ends_on=date(year, 12, 31),
    )
    save_tier(
        tier_id=uuid7(), new=True, unit="EUR", now=today, name="Cercle Lumen", kind="gift_card",
        value=2_000, threshold=12_000, description="Un bon cadeau, et nos ventes avant tous.",
        tells_by_email=True,
    )  # fmt: skip
    first = GiftType.objects.filter(active=True).first()
    if first is not None:
        gifts.give_gift(
            profile=ambassadors[0],
            gift_id=first.id,
            key="demo",
            handed_on=(today - timedelta(days=40)).date(),
            author_id=None,
            now=today - timedelta(days=40),
        )


def address_of(profile: Profile, rng: random.Random) -> dict[str, str]:
    """Somewhere to post a prize to."""
    postcode, city = rng.choice(_TOWNS)
    return {
        "name": profile.name,
        "street": f"{rng.randint(1, 90)} {rng.choice(_STREETS)}",
        "postcode": postcode,
        "city": city,
    }
