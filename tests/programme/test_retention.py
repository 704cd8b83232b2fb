"""D6: what is kept has an end. Each is there on its last day and gone on the next."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from accounts.services import housekeeping
from kernel.slices import delete_in_slices
from tenants.activity import services as activity
from tenants.activity.models import Order, Refusal
from tenants.messaging import forgetting, unsubscribing
from tenants.messaging import services as messaging
from tenants.messaging.models import Email, EmailState
from tenants.profiles.models import Profile
from tenants.programme import conductor, retention
from tenants.referrals import services as referrals
from tenants.referrals.models import Click, Referral
from tests.fixtures.programme import NOW

DAY = timedelta(days=1)
README = Path(__file__).resolve().parents[2] / "deploy" / "README.md"


def test_a_visit_is_forgotten_after_thirteen_months_and_its_referral_is_not(
    camille: Profile, order_of
) -> None:
    click = referrals.record_click(code=camille.referral_code.code, channel="link", now=NOW)
    conductor.order_received(order=order_of(click_id=click), now=NOW)
    assert Referral.objects.get().step == "cookie"
    retention.forget(now=NOW + referrals.KEEP_CLICKS)
    assert Click.objects.count() == 1
    assert retention.forget(now=NOW + referrals.KEEP_CLICKS + DAY) >= 1
    assert not Click.objects.exists()
    assert Referral.objects.count() == Order.objects.count() == 1


def test_a_refused_order_is_forgotten_after_ninety_days(camille: Profile) -> None:
    Refusal.objects.create(received_at=NOW, source="api", external_id="X", code="invalid_order")
    retention.forget(now=NOW + timedelta(days=90))
    assert Refusal.objects.exists()
    assert retention.forget(now=NOW + timedelta(days=91)) == 1
    assert not Refusal.objects.exists()


def _letter(camille: Profile, key: str, state: EmailState, at: datetime) -> Email:
    messaging.queue(
        kind="reward_posted",
        to=camille.email,
        key=key,
        profile=camille,
        now=at,
        context={"first_name": "Camille", "amount": 800, "unit": "EUR"},
    )
    Email.objects.filter(key=key).update(
        state=state, subject="Camille", text="Camille", html="<p>Camille</p>", sent_at=at
    )
    return Email.objects.get(key=key)


def test_a_letter_keeps_its_kind_date_and_state_and_loses_its_words_after_a_year(
    camille: Profile,
) -> None:
    """D4, D6: its link still ends marketing to whoever got it."""
    sent = _letter(camille, "sent", EmailState.SENT, NOW)
    waiting = _letter(camille, "waiting", EmailState.QUEUED, NOW)
    retention.forget(now=NOW + timedelta(days=365))
    sent.refresh_from_db()
    assert sent.text == "Camille"
    assert retention.forget(now=NOW + timedelta(days=366)) == 1
    sent.refresh_from_db()
    assert (sent.kind, sent.state, sent.sent_at) == ("reward_posted", EmailState.SENT, NOW)
    assert "amille" not in repr([sent.to, sent.subject, sent.text, sent.html, sent.context])
    waiting.refresh_from_db()
    assert waiting.to == camille.email and waiting.text
    assert retention.forget(now=NOW + timedelta(days=400)) == 0
    unsubscribing.unsubscribe(email=sent, now=NOW)
    assert unsubscribing.is_unsubscribed(address=camille.email)


def test_much_is_deleted_in_slices_and_nothing_else_with_it(camille: Profile) -> None:
    for number in range(7):
        Refusal.objects.create(
            received_at=NOW + number * DAY, source="api", external_id=str(number), code="x"
        )
    old = Refusal.objects.filter(received_at__lt=NOW + 5 * DAY)
    assert delete_in_slices(old, size=2) == 5
    assert sorted(Refusal.objects.values_list("external_id", flat=True)) == ["5", "6"]


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        (referrals.KEEP_CLICKS, "13 months (395 days)"),
        (activity.KEEP_REFUSALS, "90 days"),
        (forgetting.KEEP_LETTERS, "12 months (365 days)"),
        (referrals.FORGET_AFTER, "60 days"),
        (housekeeping.KEEP_ATTEMPTS, "30 days"),
        (housekeeping.KEEP_INVITATIONS, "90 days"),
    ],
)
def test_the_document_states_how_long_each_is_kept(kept: timedelta, words: str) -> None:
    """D6: the table is that of the code."""
    table = README.read_text(encoding="utf-8").partition("## What is forgotten")[2]
    assert f"| {words} |" in table.partition("\n## ")[0]
    assert f"{kept.days} days" in words
