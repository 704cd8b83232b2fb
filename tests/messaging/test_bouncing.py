"""Addresses that refuse for good are left alone, until a person or another address lifts it."""

import smtplib
from collections.abc import Callable

import pytest

from tenants.messaging import bouncing, outbox, permission
from tenants.messaging.models import Bounce, Email, EmailState, Outcome
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tests.fixtures.mail import MailServer
from tests.messaging.conftest import NOW, event_of
from tests.messaging.samples import SAMPLES

Queued = Callable[..., Email]


def reward(queued: Queued, camille: Profile) -> Email:
    return queued("reward_posted", profile=camille, **SAMPLES["reward_posted"])


def state_of(email: Email) -> tuple[str, str]:
    email.refresh_from_db()
    return email.state, email.skipped_because


@pytest.mark.parametrize(
    ("said", "reason", "blocks"),
    [
        ("550 5.1.1 No such user", "bounced", True),
        ("550 No such user", "bounced", True),
        ("553 5.1.3 Bad address", "bounced", True),
        ("550 5.2.1 Mailbox disabled", "bounced", True),
        ("552 5.2.2 Mailbox full", "refused", False),
        ("550 5.7.1 Your server is blocked", "refused", False),
        ("554 Transaction failed", "refused", False),
    ],
)
def test_a_refusal_for_good_ends_the_email_and_blocks_only_dead_mailboxes(
    queued: Queued, camille: Profile, mail_server: MailServer, said: str, reason: str, blocks: bool
) -> None:
    """A server that dislikes ours says nothing about the person."""
    mail_server.recipients[camille.email] = said
    email = reward(queued, camille)
    outbox.send(event_of(email))
    assert state_of(email) == (EmailState.SKIPPED, reason)
    assert Bounce.objects.exists() is blocks
    assert camille.email not in str(list(Bounce.objects.values()))


def test_a_refusal_for_now_is_tried_again(
    queued: Queued, camille: Profile, mail_server: MailServer
) -> None:
    mail_server.recipients[camille.email] = "450 4.2.1 Later"
    email = reward(queued, camille)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        outbox.send(event_of(email))
    assert state_of(email) == (EmailState.QUEUED, "")
    mail_server.recipients.clear()
    outbox.send(event_of(email))
    assert state_of(email)[0] == EmailState.SENT


def test_a_dead_address_gets_nothing_more_but_what_its_owner_asks_for_now(
    queued: Queued, camille: Profile, mail_server: MailServer
) -> None:
    mail_server.recipients[camille.email] = "550 5.1.1 No"
    outbox.send(event_of(reward(queued, camille)))
    mail_server.recipients.clear()
    later = reward(queued, camille)
    outbox.send(event_of(later))
    assert state_of(later) == (EmailState.SKIPPED, "bounced")
    asked = queued("space_link", profile=camille, **SAMPLES["space_link"])
    outbox.send(event_of(asked))
    assert len(mail_server.messages) == 1


def test_another_address_or_a_manager_lifts_it(camille: Profile) -> None:
    hashed = permission.address_hash(camille.email)
    source = bouncing.BounceSource.SMTP
    for _twice in range(2):
        bouncing.note_bounce(hashed=hashed, source=source, status="5.1.1", now=NOW)
    assert Bounce.objects.count() == 1
    assert permission.may_write(address="CAMILLE@exemple.fr", marketing=False) == "bounced"
    assert permission.may_write(address="nouvelle@exemple.fr", marketing=False) is None
    assert bouncing.lift(address=camille.email, author_id=None, now=NOW)
    assert not bouncing.lift(address=camille.email, author_id=None, now=NOW)
    assert permission.may_write(address=camille.email, marketing=False) is None
    bouncing.restore(bounce_id=Bounce.objects.get().id, now=NOW)
    assert permission.may_write(address=camille.email, marketing=False) == "bounced"


def test_a_complaint_ends_marketing_and_not_news_about_money(
    queued: Queued, camille: Profile
) -> None:
    email = reward(queued, camille)
    for _twice in range(2):
        bouncing.event_received(email=email, outcome=Outcome.COMPLAINED, status="", at=NOW, now=NOW)
    camille.refresh_from_db()
    args = {"address": camille.email, "profile": camille}
    assert permission.may_write(marketing=True, **args) == "unsubscribed"  # type: ignore[arg-type]
    assert permission.may_write(marketing=False, **args) is None  # type: ignore[arg-type]


def test_many_are_asked_about_in_two_queries(
    camille: Profile, django_assert_num_queries: Callable[..., object]
) -> None:
    people: list[tuple[str, Profile | None]] = [(f"p{n}@exemple.fr", None) for n in range(50)]
    gone = profiles.create(now=NOW, source="manual", email="gone@exemple.fr")
    gone = profiles.update(profile_id=gone.id, unsubscribed_at=NOW)
    with django_assert_num_queries(2):  # type: ignore[attr-defined]
        found = permission.reasons(
            people=[*people, ("", None), ("gone@exemple.fr", gone)], marketing=True
        )
    assert found == [None] * 50 + ["no_address", "unsubscribed"]
