"""Room: what has begun and is not written yet counts, so that two at once do not both take it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.models import Invitation, Role, User
from accounts.services import invite, resend_invitation
from accounts.services.invitations import LIFETIME, invite_owner
from billing.plans import Limit
from kernel.jobs import services as jobs
from kernel.jobs.models import Job
from tenants import limits
from tenants.limits import LimitReachedError
from tenants.messaging import campaigns
from tenants.messaging import scenarios as stored
from tenants.messaging.models import (
    Campaign,
    CampaignState,
    Email,
    EmailState,
    Enrolment,
    Scenario,
)
from tenants.models import Tenant
from tenants.profiles.models import ImportState, Profile
from tenants.programme import customer_files
from tenants.programme.campaigns import sending
from tenants.programme.scenarios import clock
from tests.billing.conftest import NOW
from tests.billing.test_limits import draft, limited, owner, people, small
from tests.fixtures.plans import begin_with
from tests.fixtures.programme import publish
from tests.profiles.importing.conftest import Files, run

__all__ = ["owner", "small"]
pytestmark = pytest.mark.django_db


def test_of_two_campaigns_of_one_moment_the_second_finds_no_room(
    small: Tenant, owner: User
) -> None:
    """What the first has still to write counts, though not one of its emails is there yet."""
    publish(now=NOW)
    people(4)
    rows = [draft(), draft()]
    for row in rows:
        campaigns.schedule(campaign_id=row.id, at=NOW + timedelta(hours=1), tenant=small, now=NOW)
    limited(small, emails_a_month=5)
    assert sending.launch_due(now=NOW + timedelta(hours=1)) == 1
    states = sorted(Campaign.objects.values_list("state", flat=True))
    assert states == [CampaignState.DRAFT, CampaignState.SENDING]
    assert [told.to for told in Email.objects.filter(kind="campaign_held")] == [owner.email]
    assert limits.used(Limit.EMAILS, now=NOW) == 4 + 1, "the notice is an email, too"
    written = Email.objects.filter(kind__startswith="campaign:")
    going = Campaign.objects.get(state=CampaignState.SENDING)
    job = Job.objects.get(id=going.job_id)
    jobs.run_step(job_id=job.id, step=job.step, now=NOW)
    assert written.count() == 4
    assert limits.used(Limit.EMAILS, now=NOW) == 4 + 1, "written, each is counted once"


def test_what_a_pause_set_aside_needs_room_again(small: Tenant) -> None:
    publish(now=NOW)
    people(3)
    row = sending.launch(campaign_id=draft().id, now=NOW)
    jobs.run_step(job_id=row.job_id, step=0, now=NOW)
    Campaign.objects.filter(id=row.id).update(state=CampaignState.PAUSED)
    Email.objects.update(state=EmailState.SKIPPED, skipped_because=campaigns.HELD)
    limited(small, emails_a_month=2)
    with pytest.raises(LimitReachedError):
        sending.launch(campaign_id=row.id, now=NOW)
    limited(small, emails_a_month=3)
    assert sending.launch(campaign_id=row.id, now=NOW).state == CampaignState.SENDING
    assert limits.used(Limit.EMAILS, now=NOW) == 3


def test_of_two_files_at_once_the_second_finds_no_room(small: Tenant) -> None:
    files = Files()
    made = [
        files.check("email\n" + "".join(f"{name}{n}@exemple.fr\n" for n in range(4)))
        for name in ("a", "b")
    ]
    limited(small, profiles=5)
    first = customer_files.start_import(import_id=made[0].id, whole=False, author_id=None, now=NOW)
    with pytest.raises(LimitReachedError) as refused:
        customer_files.start_import(import_id=made[1].id, whole=False, author_id=None, now=NOW)
    assert refused.value.facts == {"most": 5, "used": 4, "more": 4}
    made[1].refresh_from_db()
    assert made[1].state == ImportState.CHECKED
    assert run(first).state == "done"
    assert Profile.objects.count() == limits.used(Limit.PROFILES, now=NOW) == 4


def test_each_scenario_has_what_the_ones_before_it_left(
    merchant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two scenarios with more due than there is room for write no more than the room."""
    begin_with(merchant, "growing")
    publish(now=NOW)
    for key in ("balance", "share"):
        stored.switch(key=key, enabled=True, author_id=None, now=NOW)
    people(6)
    for key in ("balance", "share"):
        scenario = Scenario.objects.get(key=key)
        for person in Profile.objects.all():
            Enrolment.objects.create(
                scenario=scenario,
                profile=person,
                occasion=str(person.id),
                anchor_at=NOW,
                started_at=NOW,
                due_at=NOW,
            )
    for key, spec in clock.SPECS.items():
        monkeypatch.setitem(
            clock.SPECS,
            key,
            replace(spec, find=lambda *_: [], speak=lambda *_: {}),
        )
    limited(merchant, emails_a_month=8)
    assert clock.run(now=NOW, limit=100) == 8
    assert limits.used(Limit.EMAILS, now=NOW) == 8
    assert clock.run(now=NOW, limit=100) == 0


def test_an_invitation_that_ran_out_asks_for_a_seat_again(small: Tenant, owner: User) -> None:
    limited(small, users=2)
    first = invite(
        email="lou@exemple.fr", role=Role.MANAGER, tenant_id=small.id, invited_by=owner, now=NOW
    )
    resend_invitation(invitation_id=first.id, tenant_id=small.id, now=NOW)  # it holds its seat
    later = NOW + LIFETIME + timedelta(hours=1)
    invite(
        email="max@exemple.fr", role=Role.MANAGER, tenant_id=small.id, invited_by=owner, now=later
    )
    before = Invitation.objects.values().get(id=first.id)
    with pytest.raises(LimitReachedError):
        resend_invitation(invitation_id=first.id, tenant_id=small.id, now=later)
    assert Invitation.objects.values().get(id=first.id) == before
    limited(small, users=3)
    resend_invitation(invitation_id=first.id, tenant_id=small.id, now=later)
    assert limits.used(Limit.USERS, now=later) == 3


def test_the_operator_writes_to_an_owner_whatever_room_there_is(small: Tenant) -> None:
    invite_owner(email="lou@exemple.fr", tenant_id=small.id, now=NOW)
    limited(small, users=1)
    invite_owner(email="lou@exemple.fr", tenant_id=small.id, now=NOW + 2 * LIFETIME)
    assert Invitation.objects.get().expires_at == NOW + 3 * LIFETIME
