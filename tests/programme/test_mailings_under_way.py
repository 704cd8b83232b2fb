"""A mailing that is paused, taken back or interrupted on its way (OF-06, R6, R44)."""

import smtplib
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core.mail.backends.smtp import EmailBackend
from django.utils import timezone

from config.outbox import HANDLERS
from kernel.outbox.models import Event, EventState
from kernel.outbox.relay import relay
from tenants.messaging import campaigns, choosing, outbox
from tenants.messaging.campaigns import CampaignStateError
from tenants.messaging.models import Campaign, CampaignState, Email, EmailState
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tenants.programme.campaigns import sending
from tenants.programme.campaigns.forms import WhenForm
from tenants.programme.campaigns.skipped import why_not
from tenants.programme.mailings import results
from tenants.programme.models import ProgrammeVersion
from tests.fixtures.mail import MailServer
from tests.fixtures.programme import NOW
from tests.messaging.conftest import event_of
from tests.programme.test_campaigns import draft, person, work

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(merchant: Tenant, programme: ProgrammeVersion) -> Campaign:
    """A campaign for one person, planned for tomorrow."""
    person("ana")
    row = draft()
    return campaigns.schedule(campaign_id=row.id, at=NOW + DAY, tenant=merchant, now=NOW)


@pytest.fixture
def queued(programme: ProgrammeVersion) -> Campaign:
    """A campaign of which all is planned and nothing has left."""
    person("ana")
    person("bob")
    row = draft()
    sending.launch(campaign_id=row.id, now=NOW)
    return work(row)


def deliver() -> None:
    while relay(handlers=HANDLERS, clock=timezone.now):
        pass


def readers(mail_server: MailServer) -> list[str]:
    return sorted(str(message["To"]) for message in mail_server.messages)


def test_a_pause_holds_what_waits_in_the_queue_until_it_goes_on(
    queued: Campaign, mail_server: MailServer
) -> None:
    assert queued.state == CampaignState.SENT
    campaigns.pause(campaign_id=queued.id, now=NOW)
    deliver()
    assert readers(mail_server) == []
    counts = results(kinds=[queued.kind])
    assert (counts.waiting, counts.skipped, counts.sent) == (2, 0, 0)
    assert why_not(queued) == {}
    sending.launch(campaign_id=queued.id, now=NOW)
    deliver()
    assert readers(mail_server) == ["ana@exemple.fr", "bob@exemple.fr"]
    deliver()
    assert len(mail_server.messages) == 2


def test_whoever_opts_out_during_a_pause_gets_nothing_after_it(
    queued: Campaign, mail_server: MailServer
) -> None:
    """R44."""
    campaigns.pause(campaign_id=queued.id, now=NOW)
    deliver()
    bob = Profile.objects.get(first_name="Bob")
    choosing.choose_own(profile=bob, wanted=(), opens=False, now=NOW)
    sending.launch(campaign_id=queued.id, now=NOW)
    deliver()
    assert readers(mail_server) == ["ana@exemple.fr"]


def test_what_a_pause_held_is_dropped_when_the_campaign_is_cancelled(
    queued: Campaign, mail_server: MailServer
) -> None:
    campaigns.pause(campaign_id=queued.id, now=NOW)
    deliver()
    campaigns.cancel(campaign_id=queued.id, now=NOW)
    deliver()
    assert mail_server.messages == []
    assert why_not(queued) == {"cancelled": 2}


def test_what_still_waits_can_be_cancelled_when_all_is_planned_and_nothing_else(
    queued: Campaign, mail_server: MailServer
) -> None:
    outbox.send(event_of(Email.objects.get(profile__first_name="Ana")))
    campaigns.cancel(campaign_id=queued.id, now=NOW)
    deliver()
    assert readers(mail_server) == ["ana@exemple.fr"]
    Campaign.objects.filter(id=queued.id).update(state=CampaignState.SENT)
    for act in (campaigns.pause, campaigns.cancel):
        with pytest.raises(CampaignStateError):
            act(campaign_id=queued.id, now=NOW)


def test_an_email_whose_worker_died_does_not_come_back_with_the_campaign(
    queued: Campaign, mail_server: MailServer
) -> None:
    """It may have left before the pause: going on must not send it a second time."""
    email = Email.objects.get(profile__first_name="Ana")
    campaigns.pause(campaign_id=queued.id, now=NOW)
    outbox.send(event_of(email, interrupted=True))
    sending.launch(campaign_id=queued.id, now=NOW)
    deliver()
    assert readers(mail_server) == ["bob@exemple.fr"]
    assert why_not(queued) == {"interrupted": 1}


@pytest.mark.parametrize("how", ["draft", "later"])
def test_what_is_taken_back_at_the_very_moment_does_not_leave(
    planned: Campaign, merchant: Tenant, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    launch = sending.launch

    def too_late(**arguments: object) -> Campaign:
        """The merchant was first, after the clock had read the list of what is due."""
        if how == "draft":
            campaigns.unschedule(campaign_id=planned.id, now=NOW)
        else:
            at = NOW + 9 * DAY
            campaigns.schedule(campaign_id=planned.id, at=at, tenant=merchant, now=NOW)
        return launch(**arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(sending, "launch", too_late)
    assert sending.launch_due(now=NOW + DAY) == 0
    planned.refresh_from_db()
    assert planned.state == ("draft" if how == "draft" else "scheduled")
    assert not Email.objects.exists()


def test_one_that_cannot_begin_keeps_no_other_waiting(planned: Campaign, merchant: Tenant) -> None:
    """Its words name what is no more: it is a draft again, and the next one leaves."""
    broken = draft()
    campaigns.schedule(campaign_id=broken.id, at=NOW + DAY / 2, tenant=merchant, now=NOW)
    Campaign.objects.filter(id=broken.id).update(body="{{ inconnu }}")
    assert sending.launch_due(now=NOW + DAY) == 1
    planned.refresh_from_db()
    broken.refresh_from_db()
    assert (planned.state, broken.state) == (CampaignState.SENDING, CampaignState.DRAFT)


@pytest.mark.parametrize(
    ("typed", "zone", "meant"),
    [
        ("2027-03-27T02:30", "Europe/Paris", datetime(2027, 3, 27, 1, 30, tzinfo=UTC)),
        ("2027-03-28T09:00", "Europe/Paris", datetime(2027, 3, 28, 7, 0, tzinfo=UTC)),
        # The hour that comes twice: the first of them.
        ("2027-10-31T02:30", "Europe/Paris", datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        # Left out in Paris, an hour like any other elsewhere.
        ("2027-03-28T02:30", "America/Guadeloupe", datetime(2027, 3, 28, 6, 30, tzinfo=UTC)),
        ("2027-03-28T02:30", "Europe/Paris", None),
    ],
)
def test_a_moment_is_the_merchants_own_also_when_clocks_change(
    merchant: Tenant, typed: str, zone: str, meant: datetime | None
) -> None:
    merchant.timezone = zone
    form = WhenForm({"at": typed})
    if meant is None:
        assert not form.is_valid()
        assert "n’existe pas" in str(form.errors["at"])
    else:
        assert form.is_valid(), form.errors
        assert form.moment().astimezone(UTC) == meant


Break = Callable[[str, Exception], None]


@pytest.fixture
def breaks(monkeypatch: pytest.MonkeyPatch) -> Break:
    """`breaks("close", TimeoutError())`: the line is lost at that moment, after the real act."""

    def arm(name: str, error: Exception) -> None:
        real = getattr(EmailBackend, name)

        def broken(self: EmailBackend, *arguments: object) -> None:
            if name != "open":
                real(self, *arguments)
            raise error

        monkeypatch.setattr(EmailBackend, name, broken)

    return arm


def _events() -> list[tuple[str, int]]:
    rows = Event.objects.filter(kind="messaging.send").order_by("id")
    return list(rows.values_list("state", "failures"))


@pytest.mark.parametrize(
    "error", [TimeoutError(), smtplib.SMTPServerDisconnected("gone"), ConnectionResetError()]
)
def test_a_line_that_breaks_while_handing_over_sends_marketing_once(
    queued: Campaign, mail_server: MailServer, breaks: Break, error: Exception
) -> None:
    """The server took it, and its answer was lost: asking again would send it twice."""
    breaks("send_messages", error)
    deliver()
    assert readers(mail_server) == ["ana@exemple.fr", "bob@exemple.fr"]
    assert why_not(queued) == {"interrupted": 2}
    assert _events() == [(EventState.DONE, 0)] * 2


def test_a_server_that_hangs_up_badly_has_the_message_all_the_same(
    queued: Campaign, mail_server: MailServer, breaks: Break
) -> None:
    breaks("close", TimeoutError())
    deliver()
    assert results(kinds=[queued.kind]).sent == 2
    assert _events() == [(EventState.DONE, 0)] * 2


def test_a_server_that_is_away_is_tried_again_and_nobody_is_forgotten(
    queued: Campaign, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:

        def refuse(*_arguments: object, **_options: object) -> None:
            raise socket.gaierror

        away.setattr(EmailBackend, "open", refuse)
        deliver()
    assert set(Email.objects.values_list("state", flat=True)) == {EmailState.QUEUED}
    assert _events() == [(EventState.PENDING, 1)] * 2
    Event.objects.filter(state=EventState.PENDING).update(due_at=NOW)
    deliver()
    assert readers(mail_server) == ["ana@exemple.fr", "bob@exemple.fr"]
