"""R1, R2: balance and stock are checked and taken in one step, however many ask at once."""

import itertools
import uuid

from django.utils import timezone

from kernel.errors import RicochetError
from kernel.ids import uuid7
from kernel.ledger import selectors as ledger
from kernel.ledger.models import Account, AccountKind
from tenants.models import Tenant
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tenants.programme import services
from tenants.rewards import services as rewards
from tenants.rewards.models import Claim, Prize
from tests.concurrency.conftest import Give, Race
from tests.fixtures.effort import effort
from tests.fixtures.programme import NOW
from tests.fixtures.tenants import TenantClient
from widgets.space import sessions


def take(profile: Profile, prize: Prize, key: str) -> Claim:
    return services.claim_prize(profile=profile, prize_id=prize.id, key=key, now=NOW)


def refusals(answers: list[object]) -> set[tuple[int, str]]:
    return {(e.status, e.code) for e in answers if isinstance(e, RicochetError)}


def test_fifty_claims_of_a_balance_for_one_grant_exactly_one(
    camille: Profile, race: Race, give: Give
) -> None:
    """R1: one wins, the losers get 409, and the balance never goes below zero."""
    give(camille, 2000)
    prize = rewards.save_prize(now=NOW, unit="EUR", name="Bougie", cost=2000)
    count = effort(short=50, soak=2_000)
    answers = race([lambda n=n: take(camille, prize, f"claim-{n}") for n in range(count)])
    assert len([a for a in answers if isinstance(a, Claim)]) == 1
    assert refusals(answers) == {(409, "insufficient_balance")}
    assert Claim.objects.count() == 1
    assert ledger.balance(owner_id=camille.id, unit="EUR").posted == 0
    assert ledger.discrepancies() == []


def test_a_prize_with_ten_in_stock_is_granted_ten_times(
    lumen: Tenant, race: Race, give: Give
) -> None:
    """R1: exactly N of many claims of N in stock; who loses keeps their cagnotte."""
    people = [
        profiles.create(email=f"p{n}@exemple.fr", first_name="P", source="manual", now=NOW)
        for n in range(20)
    ]
    for person in people:
        give(person, 100_000)
    prize = rewards.save_prize(now=NOW, unit="EUR", name="Atelier", cost=500, stock=10)
    count = effort(short=100, soak=1_000)
    asking = itertools.islice(itertools.cycle(people), count)
    answers = race([lambda p=p, n=n: take(p, prize, f"c{n}") for n, p in enumerate(asking)])
    assert len([a for a in answers if isinstance(a, Claim)]) == 10
    assert refusals(answers) == {(409, "out_of_stock")}
    assert (Claim.objects.count(), Prize.objects.get().stock) == (10, 0)
    wallets = Account.objects.filter(kind=AccountKind.WALLET)
    assert sum(100_000 - wallet.posted for wallet in wallets) == 10 * 500
    assert ledger.discrepancies() == []


def test_a_double_click_answers_the_same_claim(camille: Profile, race: Race, give: Give) -> None:
    """R3: one key, one claim, whoever comes first."""
    give(camille, 10_000)
    prize = rewards.save_prize(now=NOW, unit="EUR", name="Bougie", cost=2000)
    answers = race([lambda: take(camille, prize, "same")] * effort(short=30, soak=1_000))
    assert {answer.id for answer in answers} == {Claim.objects.get().id}
    assert ledger.balance(owner_id=camille.id, unit="EUR").available == 8000


def test_losers_of_a_race_on_the_page_get_409(
    lumen: Tenant, camille: Profile, race: Race, give: Give
) -> None:
    """R1, through the page that a customer clicks on."""
    give(camille, 2000)
    prize = rewards.save_prize(now=NOW, unit="EUR", name="Bougie", cost=2000)
    now = timezone.now()
    tokens = [sessions.open_session(profile=camille, now=now) for _ in range(10)]

    def click(token: str) -> int:
        client = TenantClient(lumen)
        client.cookies[sessions.COOKIE] = token
        path = f"/espace/lots/{prize.public_id}"
        return client.post(path, {"key": uuid.uuid4().hex}).status_code

    answers = race([lambda t=t: click(t) for t in tokens])
    assert sorted(answers) == [302] + [409] * 9
    assert Claim.objects.count() == 1


def test_cancelling_a_claim_twenty_times_gives_the_cost_back_once(
    camille: Profile, race: Race, give: Give
) -> None:
    """R3, R4."""
    give(camille, 2000)
    prize = rewards.save_prize(now=NOW, unit="EUR", name="Bougie", cost=2000, stock=1)
    claim = take(camille, prize, "k")
    answers = race([lambda: services.cancel_claim(claim_id=claim.id, author_id=None, now=NOW)] * 20)
    assert len([a for a in answers if isinstance(a, Claim)]) == 1
    assert refusals(answers) == {(409, "claim_closed")}
    assert ledger.balance(owner_id=camille.id, unit="EUR").available == 2000
    assert Prize.objects.get().stock == 1
    assert ledger.discrepancies() == []


def test_an_adjustment_sent_many_times_at_once_counts_once(
    camille: Profile, race: Race, give: Give
) -> None:
    """R3: a double click of the merchant's."""
    answers = race([lambda: give(camille, 700)] * effort(short=30, soak=500))
    assert not refusals(answers)
    assert ledger.balance(owner_id=camille.id, unit="EUR").available == 700


def test_the_same_form_sent_many_times_at_once_offers_one_prize(lumen: Tenant, race: Race) -> None:
    """R3, B9: a double click used to answer one of the two with an error."""
    key = uuid7()
    fields = {"key": key, "unit": "EUR", "now": NOW, "name": "Bougie", "cost": 500}
    answers = race([lambda: rewards.add_prize(**fields) for _ in range(7)])
    assert {getattr(answer, "id", answer) for answer in answers} == {key}
    assert Prize.objects.count() == 1
    rewards.save_prize(now=NOW, unit="EUR", prize_id=key, name="Bougie Aube")
    assert rewards.add_prize(**fields).name == "Bougie Aube"  # late, and it undoes nothing
