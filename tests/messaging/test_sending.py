"""When an email goes out, and when it must not."""

import re
import smtplib
from collections.abc import Callable

import pytest

from tenants.context import enter
from tenants.messaging import choosing, outbox, unsubscribing
from tenants.messaging.kinds import Topic
from tenants.messaging.links import Purpose, read_token, token_for
from tenants.messaging.models import Email, EmailState, Unsubscription
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tests.fixtures.mail import MailServer
from tests.fixtures.tenants import TenantClient
from tests.messaging.conftest import NOW, event_of
from tests.messaging.samples import SAMPLES

Queued = Callable[..., Email]


def reward(queued: Queued, camille: Profile) -> Email:
    return queued("reward_posted", profile=camille, **SAMPLES["reward_posted"])


def invitation(queued: Queued) -> Email:
    return queued("invitation", **SAMPLES["invitation"])


def test_an_email_is_sent_once_however_often_its_event_comes(
    queued: Queued, camille: Profile, mail_server: MailServer
) -> None:
    """R7."""
    email = reward(queued, camille)
    outbox.send(event_of(email))
    outbox.send(event_of(email))
    email.refresh_from_db()
    assert [str(m["Subject"]).strip() for m in mail_server.messages] == [email.subject]
    assert email.state == EmailState.SENT


def test_what_is_kept_of_an_email_opens_nothing(
    queued: Queued, camille: Profile, mail_server: MailServer
) -> None:
    """A copy of the database holds no link that works."""
    email = reward(queued, camille)
    outbox.send(event_of(email))
    email.refresh_from_db()
    token = token_for(purpose=Purpose.EMAIL, row_id=email.id)
    arrived = mail_server.messages[0].get_body(preferencelist=("plain",))
    assert arrived is not None
    assert token in arrived.get_content()
    assert token not in email.text + email.html
    assert "/espace/entrer/…" in email.text


def test_the_digits_of_a_log_in_are_not_kept(
    queued: Queued, camille: Profile, mail_server: MailServer
) -> None:
    email = queued("space_link", profile=camille, **SAMPLES["space_link"])
    outbox.send(event_of(email))
    email.refresh_from_db()
    digits = str(mail_server.messages[0]["Subject"]).strip()[:7]
    assert re.fullmatch(r"\d{3} \d{3}", digits)
    assert digits not in email.subject + email.text + email.html


def test_a_mail_server_that_refuses_leaves_the_email_waiting(
    queued: Queued, camille: Profile, mail_server: MailServer
) -> None:
    email = reward(queued, camille)
    mail_server.refuse = True
    with pytest.raises(smtplib.SMTPException):
        outbox.send(event_of(email))
    email.refresh_from_db()
    assert email.state == EmailState.QUEUED
    mail_server.refuse = False
    outbox.send(event_of(email))
    assert len(mail_server.messages) == 1


def test_an_interrupted_money_email_goes_again_under_the_same_id(
    queued: Queued, camille: Profile, mail_server: MailServer
) -> None:
    """R6: at least once, and servers that compare ids show it once."""
    email = reward(queued, camille)
    outbox.send(event_of(email))
    Email.objects.filter(id=email.id).update(state=EmailState.QUEUED)
    outbox.send(event_of(email, interrupted=True))
    ids = [str(message["Message-ID"]) for message in mail_server.messages]
    assert ids == [f"<{email.id}@ricochet.localhost>"] * 2


def test_an_interrupted_invitation_does_not_go_again(
    queued: Queued, mail_server: MailServer
) -> None:
    """A friend is written to once (D7): it may have gone out already."""
    email = invitation(queued)
    outbox.send(event_of(email, interrupted=True))
    email.refresh_from_db()
    assert (email.state, email.skipped_because) == (EmailState.SKIPPED, "interrupted")
    assert mail_server.messages == []


def test_looking_at_the_unsubscribe_page_changes_nothing_and_posting_does(
    queued: Queued, mail_server: MailServer, merchant: Tenant
) -> None:
    """D10: GET never unsubscribes, POST needs no cookie; R44: the next email stops."""
    email = invitation(queued)
    client = TenantClient(merchant, enforce_csrf_checks=True)
    del client.defaults["HTTP_ORIGIN"]
    address = f"/desabonnement/{token_for(purpose=Purpose.UNSUBSCRIBE, row_id=email.id)}"
    assert client.get(address).status_code == 200
    assert Unsubscription.objects.count() == 0
    answer = client.post(address, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert Unsubscription.objects.count() == 1
    outbox.send(event_of(email))
    email.refresh_from_db()
    assert email.skipped_because == "unsubscribed"
    assert mail_server.messages == []


def test_unsubscribing_keeps_no_address(queued: Queued, merchant: Tenant) -> None:
    """D4: what stays is a hash."""
    unsubscribing.unsubscribe(email=invitation(queued), now=NOW)
    assert re.fullmatch(r"[0-9a-f]{64}", Unsubscription.objects.get().address_hash)
    assert unsubscribing.is_unsubscribed(address="AMI@exemple.fr")


def test_money_emails_reach_whoever_unsubscribed(
    queued: Queued, camille: Profile, mail_server: MailServer
) -> None:
    choosing.choose_own(profile=camille, wanted=(), opens=False, now=NOW)
    camille.refresh_from_db()
    outbox.send(event_of(reward(queued, camille)))
    assert len(mail_server.messages) == 1


def test_a_customer_takes_unsubscribing_back(camille: Profile) -> None:
    choosing.choose_own(profile=camille, wanted=(), opens=False, now=NOW)
    choosing.choose_own(profile=camille, wanted=tuple(Topic), opens=False, now=NOW)
    camille.refresh_from_db()
    assert camille.unsubscribed_at is None
    assert not unsubscribing.is_unsubscribed(address=camille.email, profile=camille)


def test_a_token_is_bound_to_purpose_tenant_and_row(
    queued: Queued, merchant: Tenant, other_merchant: Tenant
) -> None:
    """R24."""
    email = invitation(queued)
    token = token_for(purpose=Purpose.UNSUBSCRIBE, row_id=email.id)
    assert read_token(purpose=Purpose.UNSUBSCRIBE, token=token) == email.id
    assert read_token(purpose=Purpose.EMAIL, token=token) is None
    with enter(other_merchant):
        assert read_token(purpose=Purpose.UNSUBSCRIBE, token=token) is None
    changed = token[:5] + ("A" if token[5] != "A" else "B") + token[6:]
    for wrong in ("", "é" * 65, token[:-1], changed, token + "A"):
        assert read_token(purpose=Purpose.UNSUBSCRIBE, token=wrong) is None


def test_nobody_is_written_to_from_a_token_of_somewhere_else(
    queued: Queued, merchant: Tenant, other_merchant: Tenant
) -> None:
    """R24: the other merchant answers 404, and nobody is unsubscribed."""
    email = invitation(queued)
    address = f"/desabonnement/{token_for(purpose=Purpose.UNSUBSCRIBE, row_id=email.id)}"
    assert TenantClient(other_merchant).post(address).status_code == 404
    assert Unsubscription.objects.count() == 0
