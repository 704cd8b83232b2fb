"""Prizes of every kind: what each needs, when it is offered, and what becomes of a claim."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kernel.ids import uuid7
from kernel.ledger import selectors as ledger
from tenants.messaging.models import Email
from tenants.programme import notices, retention, services
from tenants.rewards import services as rewards
from tenants.rewards.models import Claim, ClaimState, ListedCode, Prize
from tenants.rewards.prizes import offered
from tests.fixtures.programme import NOW

HOME = {"name": "Camille Rouvière", "street": "12 rue des Lilas", "postcode": "69007",
        "city": "Lyon"}  # fmt: skip


def offer(**changes):
    values = {"name": "Bougie", "cost": 1000, "kind": "gift"}
    return rewards.save_prize(now=NOW, unit="EUR", **{**values, **changes})


def take(profile, prize, key="k", now=NOW, **more):
    return services.claim_prize(profile=profile, prize_id=prize.id, key=key, now=now, **more)


def balance(profile):
    return ledger.balance(owner_id=profile.id, unit="EUR").available


@pytest.fixture
def rich(camille, earn):
    earn(camille, 10_000)
    return camille


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"kind": "voucher"}, "value"),
        ({"kind": "discount", "value": 0}, "value"),
        ({"kind": "partner"}, "partner_name"),
        ({"starts_on": date(2026, 12, 31), "ends_on": date(2026, 12, 1)}, "ends_on"),
        ({"name": " "}, None),
        ({"cost": 0}, None),
    ],
)
def test_a_prize_that_lacks_what_its_kind_needs_is_refused_at_that_field(programme, fields, param):
    with pytest.raises(rewards.InvalidPrizeError) as refused:
        offer(**fields)
    assert refused.value.param == param
    assert not Prize.objects.exists()


def test_a_prize_offered_without_stock_has_its_own_message(programme):
    """Bad input: a prize without stock."""
    with pytest.raises(rewards.InvalidPrizeError, match="indiquez au moins 1") as refused:
        rewards.add_prize(key=uuid7(), now=NOW, unit="EUR", name="Bougie", cost=500, stock=0)
    assert refused.value.param == "stock"


@pytest.mark.parametrize("kind", ["discount", "voucher", "email", "partner"])
def test_a_prize_that_is_a_code_is_there_at_once(rich, kind):
    """SP-03, SP-04: nothing for the merchant to prepare; the code in the email and the space."""
    prize = offer(kind=kind, value=1500, partner_name="Café Aurore", valid_days=30)
    claim = take(rich, prize)
    assert (claim.state, claim.value) == (ClaimState.HANDED_OVER, 1500)
    # The merchant's own day ends at 23 h UTC in winter (R11).
    assert claim.valid_until == datetime(2026, 3, 31, 21, 59, 59, tzinfo=UTC)
    context = Email.objects.get(kind="prize_claimed").context
    assert (context["code"], context["usable"]) == (claim.code, True)


@pytest.mark.parametrize("kind", ["gift", "order"])
def test_a_prize_to_hand_over_waits_for_the_merchant(rich, kind):
    claim = take(rich, offer(kind=kind))
    assert claim.state == ClaimState.CLAIMED
    assert claim.valid_until is None


def test_a_posted_prize_asks_for_a_whole_address_and_keeps_nothing_else(rich):
    """SP-04: by post, and what is sent beside the address is not kept (R26)."""
    prize = offer(kind="post")
    for address in (None, {}, {**HOME, "city": " "}, {**HOME, "street": "x" * 130}):
        with pytest.raises(rewards.InvalidAddressError):
            take(rich, prize, address=address)
    assert balance(rich) == 10_000
    claim = take(rich, prize, address={**HOME, "name": "Camille\r\nRouvière", "birthday": "1990"})
    assert claim.address == HOME
    assert Email.objects.get(kind="prize_claimed").context["code"] == ""


def test_an_address_is_forgotten_sixty_days_after_the_hand_over(rich):
    """D6: kept for a parcel that got lost, no longer."""
    claim = take(rich, offer(kind="post"), address=HOME)
    retention.forget(now=NOW + timedelta(days=400))
    claim.refresh_from_db()
    assert claim.address == HOME  # still to be sent
    rewards.mark_sent(claim_id=claim.id, now=NOW)
    rewards.hand_over(claim_id=claim.id, now=NOW)
    retention.forget(now=NOW + timedelta(days=60))
    claim.refresh_from_db()
    assert claim.address == HOME
    retention.forget(now=NOW + timedelta(days=61))
    claim.refresh_from_db()
    assert claim.address == {}


def test_a_season_begins_and_ends_with_the_merchants_day(rich):
    """SP-15, R11: both days are in it, in the merchant's own time."""
    prize = offer(starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 31))
    before = datetime(2026, 11, 30, 22, 30, tzinfo=UTC)
    first = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)  # already the 1st in Paris
    last = datetime(2026, 12, 31, 22, 30, tzinfo=UTC)
    after = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    for moment in (before, after):
        assert prize not in offered(now=moment, unit="EUR")
        with pytest.raises(rewards.PrizeOutOfSeasonError):
            take(rich, prize, now=moment)
    assert balance(rich) == 10_000
    for moment in (first, last):
        assert prize in offered(now=moment, unit="EUR")
        take(rich, prize, key=str(moment), now=moment)


def test_the_limit_for_each_person_counts_what_they_kept(rich):
    prize = offer(per_person=1)
    first = take(rich, prize, key="1")
    with pytest.raises(rewards.PrizeLimitReachedError):
        take(rich, prize, key="2")
    services.cancel_claim(claim_id=first.id, author_id=None, now=NOW)
    take(rich, prize, key="3")
    assert balance(rich) == 9_000


def test_a_new_season_counts_anew(rich):
    prize = offer(per_person=1)
    take(rich, prize, key="1")
    rewards.save_prize(now=NOW, unit="EUR", prize_id=prize.id, starts_on=date(2026, 6, 1))
    take(rich, prize, key="2", now=NOW + timedelta(days=120))
    assert Claim.objects.count() == 2


def test_a_price_that_changed_since_it_was_shown_is_not_paid(rich):
    """SP-15: who agreed to 10 € does not pay 20 €."""
    prize = offer()
    rewards.save_prize(now=NOW, unit="EUR", prize_id=prize.id, cost=2000)
    with pytest.raises(rewards.PrizeChangedError):
        take(rich, prize, cost_shown=1000)
    assert balance(rich) == 10_000


def test_changing_or_archiving_a_prize_leaves_what_was_claimed_alone(rich):
    """SP-15."""
    prize = offer(kind="voucher", value=1000)
    claim = take(rich, prize)
    rewards.save_prize(
        now=NOW, unit="EUR", prize_id=prize.id, name="Autre", cost=5000, value=1, kind="gift",
        active=False,
    )  # fmt: skip
    claim.refresh_from_db()
    kept = (claim.prize_name, claim.cost, claim.value, claim.kind)
    assert kept == ("Bougie", 1000, 1000, "voucher")


def test_a_list_of_codes_is_a_stock_of_its_own(rich, codes_of):
    prize = offer(kind="voucher", value=1000, code_list=codes_of("A1", "B2"))
    assert [take(rich, prize, key=str(n)).code for n in range(2)] == ["A1", "B2"]
    assert prize not in offered(now=NOW, unit="EUR")
    with pytest.raises(rewards.OutOfStockError):
        take(rich, prize, key="3")
    assert balance(rich) == 8_000


def test_cancelling_gives_the_points_and_the_piece_back_but_not_the_code(rich, codes_of):
    prize = offer(kind="voucher", value=1000, stock=5, code_list=codes_of("A1", "B2"))
    claim = take(rich, prize)
    services.cancel_claim(claim_id=claim.id, author_id=None, now=NOW)
    prize.refresh_from_db()
    assert (balance(rich), prize.stock) == (10_000, 5)
    assert ListedCode.objects.get(code="A1").taken_at is not None
    assert take(rich, prize, key="2").code == "B2"


def test_a_parcel_goes_from_prepared_to_sent_to_handed_over(rich):
    claim = take(rich, offer(kind="post"), address=HOME)
    services.send_claim(claim_id=claim.id, now=NOW)
    services.send_claim(claim_id=claim.id, now=NOW + timedelta(days=1))
    claim.refresh_from_db()
    assert (claim.state, claim.sent_at) == (ClaimState.SENT, NOW)
    assert Email.objects.filter(kind="prize_sent").count() == 1
    rewards.hand_over(claim_id=claim.id, now=NOW)
    with pytest.raises(rewards.ClaimClosedError):
        services.send_claim(claim_id=claim.id, now=NOW)
    with pytest.raises(rewards.ClaimClosedError):
        services.cancel_claim(claim_id=claim.id, author_id=None, now=NOW)
    assert rewards.undo_hand_over(claim_id=claim.id).state == ClaimState.SENT
    services.cancel_claim(claim_id=claim.id, author_id=None, now=NOW)
    assert balance(rich) == 10_000


def test_the_email_of_a_claim_is_asked_for_once(rich):
    claim = take(rich, offer())
    take(rich, claim.prize)
    notices.prize_claimed(claim=claim, now=NOW)
    assert Email.objects.filter(kind="prize_claimed").count() == 1
