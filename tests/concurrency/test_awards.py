"""R1, R2, R7: codes, limits and tiers, however many ask at once."""

from collections.abc import Callable

from kernel.errors import RicochetError
from kernel.ids import uuid7
from kernel.ledger import selectors as ledger
from tenants.models import Tenant
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tenants.programme import awarding, codes, services, tiers
from tenants.rewards import services as rewards
from tenants.rewards.models import Award, Claim, CodeList, ListedCode
from tenants.rewards.tiers import save_tier
from tests.concurrency.conftest import Give, Race
from tests.fixtures.effort import effort
from tests.fixtures.programme import NOW


def codes_in(count: int) -> CodeList:
    pasted = "\n".join(f"CODE-{number}" for number in range(count))
    row, _found = codes.make_list(
        list_id=uuid7(), name="Bons", warn_below=0, pasted=pasted, file=b"", now=NOW
    )
    return row


def test_each_code_of_a_list_goes_to_one_claim_however_many_ask(
    lumen: Tenant, race: Race, give: Give
) -> None:
    """R1: as many claims as codes, no code twice, and who came too late paid nothing."""
    people = [profiles.create(email=f"p{n}@exemple.fr", source="manual", now=NOW) for n in range(8)]
    for person in people:
        give(person, 100_000)
    prize = rewards.save_prize(
        now=NOW,
        unit="EUR",
        name="Bon",
        kind="voucher",
        value=1000,
        cost=500,
        code_list=codes_in(12),
    )

    def claim(n: int) -> Callable[[], Claim]:
        return lambda: services.claim_prize(
            profile=people[n % 8], prize_id=prize.id, key=f"k{n}", now=NOW
        )

    answers = race([claim(n) for n in range(effort(short=40, soak=1_000))])
    won = [a for a in answers if isinstance(a, Claim)]
    assert len({a.code for a in won}) == len(won) == 12
    assert {(e.status, e.code) for e in answers if isinstance(e, RicochetError)} == {
        (409, "out_of_stock")
    }
    spent = sum(100_000 - ledger.balance(owner_id=p.id, unit="EUR").posted for p in people)
    assert spent == 12 * 500
    assert not ListedCode.objects.filter(taken_at=None).exists()


def test_the_limit_for_a_person_holds_when_they_ask_many_times_at_once(
    camille: Profile, race: Race, give: Give
) -> None:
    """R2: two devices, many clicks, different keys: two are granted."""
    give(camille, 100_000)
    prize = rewards.save_prize(now=NOW, unit="EUR", name="Bougie", cost=500, per_person=2)

    def claim(n: int) -> Callable[[], Claim]:
        return lambda: services.claim_prize(
            profile=camille, prize_id=prize.id, key=f"k{n}", now=NOW
        )

    answers = race([claim(n) for n in range(effort(short=20, soak=500))])
    assert len([a for a in answers if isinstance(a, Claim)]) == 2
    assert {a.code for a in answers if isinstance(a, RicochetError)} == {"prize_limit_reached"}
    assert ledger.balance(owner_id=camille.id, unit="EUR").available == 99_000


def test_a_tier_claimed_settled_and_given_by_hand_at_once_is_given_once(
    camille: Profile, race: Race, give: Give
) -> None:
    """R7, FS-14: every road to a tier takes the same key."""
    give(camille, 5_000)
    tier = save_tier(
        tier_id=uuid7(), new=True, now=NOW, unit="EUR", name="Bronze", kind="promo", value=500,
        threshold=2_000,
    )  # fmt: skip
    ways: list[Callable[[], object]] = [
        lambda: tiers.claim_tier(profile=camille, tier_id=tier.id, now=NOW),
        lambda: tiers.settle_tiers(profile_ids=[camille.id], now=NOW),
        lambda: tiers.grant_tier_by_hand(
            profile=camille, tier_id=tier.id, author_id=camille.id, now=NOW
        ),
    ]
    answers = race(ways * effort(short=8, soak=200))
    assert not [a for a in answers if isinstance(a, Exception)]
    assert Award.objects.count() == 1


def test_a_code_that_arrives_serves_a_waiting_award_once(lumen: Tenant, race: Race) -> None:
    """R7: many tasks find the same award."""
    camille = profiles.create(email="c@exemple.fr", source="manual", now=NOW)
    shelf = codes_in(1)
    tier = save_tier(
        tier_id=uuid7(), new=True, now=NOW, unit="EUR", name="Bronze", kind="promo", value=500,
        threshold=2_000, code_list=shelf,
    )  # fmt: skip
    ListedCode.objects.update(taken_at=NOW)
    award, _new = tiers.grant_tier_by_hand(
        profile=camille, tier_id=tier.id, author_id=camille.id, now=NOW
    )
    assert award.waits_for_code
    ListedCode.objects.create(code_list=shelf, code="A")
    ListedCode.objects.create(code_list=shelf, code="B")
    race([lambda: awarding.make_available(award_id=award.id, now=NOW)] * 12)
    assert ListedCode.objects.filter(taken_at=None).count() == 1
    award.refresh_from_db()
    assert award.code in ("A", "B")
