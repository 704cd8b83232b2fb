"""Campaigns: the segment, who is left out, one email each, pause and cancel (OF-06, R37, R44)."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from kernel.jobs.models import Job
from kernel.jobs.services import run_step
from tenants import features
from tenants.features import Feature, FeatureOffError
from tenants.messaging import campaigns, choosing, outbox
from tenants.messaging.campaigns import CampaignStateError
from tenants.messaging.models import Campaign, CampaignState, Email, EmailState
from tenants.messaging.writing.texts import Text
from tenants.models import Tenant
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tenants.programme import clock, conductor
from tenants.programme.campaigns import segments, sending
from tenants.programme.campaigns.skipped import why_not
from tenants.programme.mailings import results
from tenants.programme.models import ProgrammeVersion
from tenants.referrals import codes
from tests.fixtures.mail import MailServer
from tests.fixtures.programme import NOW
from tests.messaging.conftest import event_of

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db
WORDS = Text(subject="Bonjour {{ first_name }}", body="Merci.", button="Inviter un proche")


def person(name: str, **fields: Any) -> Profile:
    row = profiles.create(
        email=f"{name}@exemple.fr", first_name=name.title(), source="manual", now=NOW
    )
    Profile.objects.filter(id=row.id).update(**{"order_count": 1, "last_order_at": NOW, **fields})
    return Profile.objects.get(id=row.id)


def draft(**segment: Any) -> Campaign:
    row = campaigns.create(name="Rentrée", text=WORDS, author_id=None, now=NOW)
    Campaign.objects.filter(id=row.id).update(segment=segment)
    row.refresh_from_db()
    return row


def work(row: Campaign, steps: int = 20) -> Campaign:
    """Let the job run, as the outbox would."""
    for _ in range(steps):
        row.refresh_from_db()
        job = Job.objects.get(id=row.job_id)
        if not job.is_open:
            break
        run_step(job_id=job.id, step=job.step, now=NOW)
    row.refresh_from_db()
    return row


def names(**segment: Any) -> set[str]:
    return {p.first_name for p in segments.people(segment=segment, now=NOW + 10 * DAY)}


def test_each_field_of_a_segment_chooses(programme: ProgrammeVersion) -> None:
    person("ana", kind="influencer", language="en", consented_at=NOW)
    person("bob", last_order_at=NOW - 100 * DAY)
    assert names() == {"Ana", "Bob"}
    assert names(kind="influencer") == {"Ana"}
    assert names(language="fr") == {"Bob"}
    assert names(ordered_within=30) == {"Ana"}
    assert names(not_ordered_for=30) == {"Bob"}
    assert names(consent="yes") == {"Ana"}
    assert names(member="yes") == set()
    assert names(tier=str(uuid.uuid4())) == set()
    assert names(unheard_of="1") == {"Ana", "Bob"}


def test_balance_and_referrals_choose(camille: Profile, order_of: Callable[..., Any]) -> None:
    code = codes.code_for(profile=camille, now=NOW).code
    conductor.order_received(order=order_of(referral_code=code), now=NOW)
    assert names(referrals_min=1) == set()
    clock.settle(now=NOW + 15 * DAY, limit=100)
    assert names(referrals_min=1) == {"Camille"}
    assert names(referrals_max=0) == {"Thomas"}
    assert names(balance_min=600) == {"Camille"}
    assert names(balance_max=500) == {"Thomas"}


def test_who_must_not_be_written_to_is_counted_by_reason(programme: ProgrammeVersion) -> None:
    person("ana")
    person("bob", unsubscribed_at=NOW)
    person("cleo", order_count=0)
    person("dan", email="", email_key=None)
    person("eve", is_test=True)
    found = segments.audience(segment={}, now=NOW)
    assert (found.chosen, found.allowed) == (4, 1)
    assert found.excluded == {"unsubscribed": 1, "no_consent": 1, "no_address": 1}


def test_everybody_gets_one_email_whatever_is_asked_twice(
    programme: ProgrammeVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "CHUNK", 2)
    for name in ("ana", "bob", "cleo", "dan", "eve"):
        person(name)
    person("fay", unsubscribed_at=NOW)
    row = draft()
    sending.launch(campaign_id=row.id, now=NOW, expected=5)
    sending.launch(campaign_id=row.id, now=NOW)
    row = work(row)
    assert row.state == CampaignState.SENT
    assert Email.objects.filter(kind=row.kind).count() == 5
    assert Job.objects.filter(kind=sending.KIND).count() == 1
    assert why_not(row) == {"unsubscribed": 1}


def test_another_number_than_confirmed_sends_nothing(programme: ProgrammeVersion) -> None:
    person("ana")
    row = draft()
    with pytest.raises(sending.AudienceChangedError) as caught:
        sending.launch(campaign_id=row.id, now=NOW, expected=2)
    assert caught.value.allowed == 1
    row.refresh_from_db()
    assert row.state == CampaignState.DRAFT
    assert not Job.objects.exists()


def test_a_pause_stops_and_going_on_writes_to_nobody_twice(
    programme: ProgrammeVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "CHUNK", 2)
    for name in ("ana", "bob", "cleo"):
        person(name)
    row = draft()
    sending.launch(campaign_id=row.id, now=NOW)
    work(row, steps=1)
    campaigns.pause(campaign_id=row.id, now=NOW)
    work(row)
    assert Email.objects.filter(kind=row.kind).count() == 2
    sending.launch(campaign_id=row.id, now=NOW)
    row = work(row)
    assert row.state == CampaignState.SENT
    assert Email.objects.filter(kind=row.kind).count() == 3


def test_cancelling_stops_what_waits_in_the_queue(
    programme: ProgrammeVersion, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "CHUNK", 1)
    person("ana")
    person("bob")
    row = draft()
    sending.launch(campaign_id=row.id, now=NOW)
    work(row, steps=1)
    email = Email.objects.get(kind=row.kind)
    campaigns.cancel(campaign_id=row.id, now=NOW)
    outbox.send(event_of(email))
    work(row)
    assert mail_server.messages == []
    assert Email.objects.filter(kind=row.kind).count() == 1
    assert why_not(Campaign.objects.get(id=row.id)) == {"cancelled": 1}
    with pytest.raises(CampaignStateError):
        sending.launch(campaign_id=row.id, now=NOW)


def test_an_opt_out_during_the_mailing_stops_the_next_email(
    programme: ProgrammeVersion, mail_server: MailServer
) -> None:
    ana, bob = person("ana"), person("bob")
    row = draft()
    sending.launch(campaign_id=row.id, now=NOW)
    work(row)
    choosing.choose_own(profile=bob, wanted=(), opens=False, now=NOW)
    for email in Email.objects.filter(kind=row.kind):
        outbox.send(event_of(email))
    assert [message["To"] for message in mail_server.messages] == [ana.email]
    [message] = mail_server.messages
    assert message["Subject"] == "Bonjour Ana"
    assert message["List-Unsubscribe"]
    assert results(kinds=[row.kind]).sent == 1
    assert why_not(row) == {"unsubscribed": 1}


def test_what_is_planned_begins_at_its_moment_once(
    merchant: Tenant, programme: ProgrammeVersion
) -> None:
    person("ana")
    row = draft()
    campaigns.schedule(campaign_id=row.id, at=NOW + DAY, tenant=merchant, now=NOW)
    assert sending.launch_due(now=NOW) == 0
    assert sending.launch_due(now=NOW + DAY) == 1
    assert sending.launch_due(now=NOW + DAY) == 0
    row.refresh_from_db()
    assert row.state == CampaignState.SENDING


def test_nothing_begins_while_the_module_is_off(
    merchant: Tenant, programme: ProgrammeVersion
) -> None:
    row = draft()
    campaigns.schedule(campaign_id=row.id, at=NOW + DAY, tenant=merchant, now=NOW)
    features.switch(tenant_id=merchant.id, off=[Feature.CAMPAIGNS])
    assert sending.launch_due(now=NOW + 2 * DAY) == 0
    with pytest.raises(FeatureOffError):
        sending.launch(campaign_id=row.id, now=NOW)


def test_results_count_orders_of_readers_in_the_thirty_days_after(
    programme: ProgrammeVersion, order_of: Callable[..., Any]
) -> None:
    person("ana")
    row = draft()
    sending.launch(campaign_id=row.id, now=NOW)
    work(row)
    Email.objects.filter(kind=row.kind).update(state=EmailState.SENT, sent_at=NOW)
    for number, days in (("L1", 3), ("L2", 40)):
        at = NOW + days * DAY
        conductor.order_received(
            order=order_of("ana@exemple.fr", external_id=number, ordered_at=at), now=at
        )
    assert results(kinds=[row.kind]).orders == 1
