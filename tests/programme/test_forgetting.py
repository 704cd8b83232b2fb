"""D7: a friend's address is used once, and goes when its time is over."""

from datetime import timedelta

import pytest

from tenants.context import enter
from tenants.messaging import unsubscribing
from tenants.messaging.models import Email, EmailState
from tenants.profiles import emails
from tenants.programme import clock, services
from tenants.referrals.models import Invitation
from tenants.referrals.services import NotInvitableError
from tests.fixtures.programme import NOW

LATER = NOW + timedelta(days=61)


@pytest.fixture
def invitation(camille):
    """Zoé was invited, and the email went out."""
    made = services.invite_friend(
        referrer=camille, email="zoe@exemple.fr", first_name="Zoé", now=NOW
    )
    Email.objects.filter(kind="invitation").update(
        state=EmailState.SENT, subject="Zoé, une invitation", text="Zoé", html="<p>Zoé</p>"
    )
    return made


def everything_kept():
    return [*Email.objects.filter(kind="invitation").values(), *Invitation.objects.values()]


def test_nothing_of_an_invited_friend_stays_after_sixty_days(invitation):
    clock.settle(now=NOW + timedelta(days=59), limit=100)
    assert "zoe@exemple.fr" in repr(everything_kept())
    clock.settle(now=LATER, limit=100)
    kept = repr(everything_kept())
    assert "zoe" not in kept.lower()
    assert "Zoé" not in kept


def test_the_link_of_a_forgotten_email_still_ends_marketing(invitation):
    """D4, D10: the friend is never written to again, whoever invites."""
    clock.settle(now=LATER, limit=100)
    email = Email.objects.get(kind="invitation")
    assert not unsubscribing.has_ended(email=email)
    unsubscribing.unsubscribe(email=email, now=LATER)
    assert unsubscribing.has_ended(email=email)
    assert unsubscribing.is_unsubscribed(address="Zoe@exemple.fr")


def test_an_invitation_that_never_went_out_does_not_go_once_it_is_forgotten(invitation):
    Email.objects.filter(kind="invitation").update(state=EmailState.QUEUED)
    clock.settle(now=LATER, limit=100)
    assert Email.objects.get(kind="invitation").state == EmailState.SKIPPED


@pytest.mark.parametrize("again", ["zoe@exemple.fr", "Zoe@Exemple.FR"])
def test_a_forgotten_friend_is_not_invited_again(invitation, camille, again):
    """D4: the address is gone, and still nobody writes to it twice."""
    clock.settle(now=LATER, limit=100)
    with pytest.raises(NotInvitableError):
        services.invite_friend(referrer=camille, email=again, first_name="Zoé", now=LATER)
    row = Invitation.objects.get()
    assert "zoe" not in row.email_hash and len(row.email_hash) == 64
    other = services.invite_friend(
        referrer=camille, email="lea@exemple.fr", first_name="Léa", now=LATER
    )
    assert other.email_hash != row.email_hash


def test_an_invitation_older_than_its_hash_gets_one_when_it_is_forgotten(invitation, camille):
    """D4: rows that were there before the column."""
    Invitation.objects.update(email_hash="")
    clock.settle(now=LATER, limit=100)
    with pytest.raises(NotInvitableError):
        services.invite_friend(
            referrer=camille, email="zoe@exemple.fr", first_name="Zoé", now=LATER
        )


def test_one_address_has_another_hash_at_another_merchant(merchant, other_merchant):
    """R21."""
    here = emails.hashed("zoe@exemple.fr", purpose="x")
    with enter(other_merchant):
        assert emails.hashed("zoe@exemple.fr", purpose="x") != here
