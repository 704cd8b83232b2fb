"""Rewards in kind: given once, explained, and kept."""

from datetime import timedelta

import pytest

from kernel.outbox.models import Event
from tenants.programme import clock, conductor, sentences
from tenants.programme.models import Decision
from tenants.programme.tiers import (
    TierOutOfReachError,
    TierUnavailableError,
    claim_tier,
    grant_tier_by_hand,
    settle_tiers,
)
from tenants.rewards import awards
from tenants.rewards.awards import AwardClosedError, AwardPendingError, What
from tenants.rewards.giving_codes import ALPHABET, NoCodeLeftError, take_code
from tenants.rewards.models import Award, AwardOrigin, AwardState, ListedCode
from tests.fixtures.programme import NOW

LATER = NOW + timedelta(days=14)
CARD = What(kind="gift_card", name="Carte", value=1000, currency="EUR", valid_days=30)


def give(key="k", what=CARD, **changes):
    return awards.grant(key=key, origin=AwardOrigin.HAND, what=what, now=NOW, **changes)


def test_a_tier_is_given_in_the_step_that_reaches_it(camille, earn, tier):
    """FS-14, FS-17."""
    made = tier()
    earn(camille, 1999)
    assert not Award.objects.exists()
    earn(camille, 1)
    award = Award.objects.get()
    assert (award.tier, award.profile, award.state) == (made, camille, AwardState.AVAILABLE)
    assert (award.name, award.value, award.currency) == ("Bronze", 500, "EUR")
    assert len(award.code) == 10
    assert set(award.code) <= set(ALPHABET)
    why = sentences.explain(Decision.objects.get(code="award_given"))
    assert why == "« Bronze » débloqué pour Camille Rouvière : 20,00 € gagnés en tout."


def test_a_referral_reward_that_becomes_definitive_unlocks_a_tier(camille, order_of, tier):
    """FS-14: whatever lifts what was earned counts."""
    tier(threshold=800)
    conductor.order_received(order=order_of(referral_code=camille.referral_code.code), now=NOW)
    assert not Award.objects.exists()
    clock.settle(now=LATER, limit=10)
    assert Award.objects.get().profile == camille


def test_spending_neither_locks_a_tier_again_nor_gives_it_twice(camille, earn, tier):
    tier()
    earn(camille, 2000)
    earn(camille, -500)
    earn(camille, 600)
    assert settle_tiers(profile_ids=[camille.id], now=NOW) == []
    assert Award.objects.count() == 1


def test_a_tier_that_is_raised_stays_with_who_has_it(camille, earn, tier):
    """FS-23."""
    made = tier()
    earn(camille, 2000)
    made.threshold = 3000
    made.save()
    earn(camille, 10)
    assert Award.objects.get().state == AwardState.AVAILABLE


def test_a_new_tier_is_claimed_at_once_by_who_is_there_already(camille, earn, tier):
    """FS-24."""
    earn(camille, 2500)
    made = tier()
    award = claim_tier(profile=camille, tier_id=made.id, now=NOW)
    assert claim_tier(profile=camille, tier_id=made.id, now=NOW) == award
    assert Award.objects.count() == 1


def test_a_tier_out_of_reach_or_archived_is_refused(camille, earn, tier):
    earn(camille, 1999)
    with pytest.raises(TierOutOfReachError):
        claim_tier(profile=camille, tier_id=tier().id, now=NOW)
    with pytest.raises(TierUnavailableError):
        claim_tier(profile=camille, tier_id=tier(name="Vieux", active=False).id, now=NOW)
    assert not Award.objects.exists()


def test_a_tier_given_by_hand_is_not_given_again_at_its_threshold(camille, earn, tier):
    """FS-03, FS-17."""
    award, created = grant_tier_by_hand(
        profile=camille, tier_id=tier().id, author_id=camille.id, now=NOW
    )
    assert created
    assert award.origin == AwardOrigin.HAND
    earn(camille, 5000)
    assert Award.objects.get() == award


def test_giving_twice_under_one_key_gives_once(camille):
    first, created = give(profile=camille)
    again, twice = give(profile=camille)
    assert (created, twice, first.code) == (True, False, again.code)


def test_what_is_pending_has_no_code_until_its_day(camille):
    award, _ = give(profile=camille, pending=True, available_at=LATER)
    assert (award.state, award.code) == (AwardState.PENDING, "")
    with pytest.raises(AwardPendingError):
        awards.hand_over(award_id=award.id, now=NOW)
    clock.settle(now=LATER, limit=10)
    award.refresh_from_db()
    assert (award.state, len(award.code)) == (AwardState.AVAILABLE, 10)
    assert award.valid_until.date() == (LATER + timedelta(days=30)).date()


def test_codes_of_a_list_go_out_in_turn_and_each_once(camille, codes_of):
    shelf = codes_of("A1", "B2")
    taken = [take_code(code_list=shelf, taken_by=f"x:{n}", now=NOW) for n in range(2)]
    assert taken == ["A1", "B2"]
    with pytest.raises(NoCodeLeftError):
        take_code(code_list=shelf, taken_by="x:3", now=NOW)


def test_an_award_waits_where_its_list_has_run_out_and_is_not_lost(camille, codes_of):
    """An order must not fail because a merchant has no code left."""
    shelf = codes_of()
    award, _ = give(what=What(kind="promo", name="Code", code_list=shelf), profile=camille)
    assert (award.state, award.waits_for_code) == (AwardState.PENDING, True)
    ListedCode.objects.create(code_list=shelf, code="NEW")
    assert awards.waiting_for_code(code_list_id=shelf.id, limit=5) == [award.id]
    served = awards.make_available(award_id=award.id, now=NOW)
    assert (served.state, served.code) == (AwardState.AVAILABLE, "NEW")


def test_the_team_is_warned_once_before_a_list_runs_out(camille, codes_of):
    shelf = codes_of("A", "B", "C", "D", warn_below=2)
    for number in range(4):
        take_code(code_list=shelf, taken_by=f"x:{number}", now=NOW)
    assert Event.objects.filter(kind="rewards.codes_low").count() == 1


def test_what_was_handed_over_is_not_cancelled_and_a_code_is_not_used_again(camille, codes_of):
    shelf = codes_of("A", "B")
    award, _ = give(what=What(kind="promo", name="Code", code_list=shelf), profile=camille)
    assert awards.cancel(award_id=award.id, now=NOW)[1] is True
    assert awards.cancel(award_id=award.id, now=NOW)[1] is False
    with pytest.raises(AwardClosedError):
        awards.hand_over(award_id=award.id, now=NOW)
    other, _ = give(key="2", what=What(kind="promo", name="C", code_list=shelf), profile=camille)
    assert other.code == "B"
    awards.hand_over(award_id=other.id, now=NOW)
    with pytest.raises(AwardClosedError):
        awards.cancel(award_id=other.id, now=NOW)


def test_what_waits_for_a_code_can_be_held_back(camille, codes_of):
    """R43: somebody has to look at its referral again, and codes that arrive do not hand it out."""
    shelf = codes_of()
    what = What(kind="promo", name="Code", code_list=shelf)
    award, _ = give(what=what, profile=camille, pending=True, available_at=NOW)
    awards.make_available(award_id=award.id, now=NOW)
    held = awards.hold(award_id=award.id, available_at=None)
    assert (held.state, held.waits_for_code) == (AwardState.PENDING, False)
    assert awards.waiting_for_code(code_list_id=shelf.id, limit=9) == []
    awards.hold(award_id=award.id, available_at=NOW)
    assert awards.due(now=NOW, limit=9) == [award.id]
