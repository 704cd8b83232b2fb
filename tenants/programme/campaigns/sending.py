"""The work that sends a campaign: chunk by chunk, one email for each person, whatever happens."""

import logging
import uuid
from collections import Counter
from datetime import datetime
from typing import Any

from billing.plans import Limit
from kernel.db import atomic_with_retry
from kernel.errors import ConflictError, InvalidInputError
from kernel.jobs import services as jobs
from kernel.jobs.models import OPEN_STATES, Job
from kernel.jobs.types import Progress, Step
from kernel.ledger import selectors as ledger
from tenants import features, limits
from tenants.context import current_tenant
from tenants.features import Feature
from tenants.limits import LimitReachedError
from tenants.messaging import campaigns
from tenants.messaging import services as messaging
from tenants.messaging.campaigns import CampaignStateError
from tenants.messaging.kinds import Topic
from tenants.messaging.models import Campaign, CampaignState, Email, EmailState
from tenants.messaging.permission import mailing_reasons
from tenants.profiles.models import Profile
from tenants.programme import limit_notices, promises, versions
from tenants.programme.campaigns.segments import audience, people
from tenants.programme.models import Side
from tenants.referrals import codes
from tenants.referrals.models import ReferralCode

logger = logging.getLogger(__name__)

KIND = "campaign.send"
CHUNK = 100


class AudienceChangedError(ConflictError):
    """More or fewer people than were confirmed would get the campaign; `allowed` says how many."""

    code = "audience_changed"

    def __init__(self, allowed: int) -> None:
        self.allowed = allowed
        super().__init__(str(allowed))


@atomic_with_retry
def launch(
    *,
    campaign_id: uuid.UUID,
    now: datetime,
    author_id: uuid.UUID | None = None,
    expected: int | None = None,
    planned: bool = False,
) -> Campaign:
    """Begin to send, or go on after a pause. Twice is once.

    `expected` is the number of people that somebody confirmed: AudienceChangedError when it is
    another by now. `planned` begins only what is planned for now, still. CampaignStateError once
    it was cancelled or is over, LimitReachedError where the plan has no room for so many emails.
    """
    features.require(Feature.CAMPAIGNS)
    row = campaigns.get(campaign_id=campaign_id, lock=True)
    if planned and not _is_due(row, now):
        raise CampaignStateError
    if row.state == CampaignState.SENDING:
        return row
    if row.state not in (CampaignState.DRAFT, CampaignState.SCHEDULED, CampaignState.PAUSED):
        raise CampaignStateError
    campaigns.check(row=row, tenant=current_tenant())
    found = audience(segment=row.segment, now=now)
    if expected is not None and expected != found.allowed:
        raise AudienceChangedError(found.allowed)
    limits.require(Limit.EMAILS, now=now, more=_to_write(row.kind, found.allowed))
    if row.state == CampaignState.PAUSED:
        campaigns.release(row=row, now=now)
    row.run += 1
    job = jobs.start(
        kind=KIND,
        params={"campaign_id": str(row.id), "allowed": found.allowed},
        key=f"campaign:{row.id}:{row.run}",
        total=found.chosen,
        author_id=author_id,
        now=now,
    )
    row.state, row.job_id, row.changed_at = CampaignState.SENDING, job.id, now
    row.started_at = row.started_at or now
    row.save(update_fields=["run", "state", "job_id", "started_at", "changed_at"])
    return row


def launch_due(*, now: datetime) -> int:
    """In the current tenant: begin what was planned for now. Returns how many."""
    if not features.is_on(Feature.CAMPAIGNS):
        return 0
    due = Campaign.objects.filter(state=CampaignState.SCHEDULED, scheduled_at__lte=now)
    ids = list(due.order_by("scheduled_at").values_list("id", flat=True))
    return sum(_launch_planned(number, now) for number in ids)


def _launch_planned(campaign_id: uuid.UUID, now: datetime) -> bool:
    """Begin one; one that cannot begin keeps none of the others waiting."""
    try:
        launch(campaign_id=campaign_id, now=now, planned=True)
    except LimitReachedError:
        row = campaigns.unschedule(campaign_id=campaign_id, now=now)
        limit_notices.tell_held(campaign=row, now=now)
        return False
    except CampaignStateError:
        return False  # somebody took it back, or planned it for later, this very moment
    except InvalidInputError:
        # Its words name what is no more. As a draft it can be mended; planned, it never could.
        logger.warning("the planned campaign %s cannot be sent: a draft again", campaign_id)
        campaigns.unschedule(campaign_id=campaign_id, now=now)
        return False
    except Exception:
        logger.exception("the planned campaign %s did not begin", campaign_id)
        return False
    return True


def still_to_write() -> int:
    """In the current tenant: the emails of campaigns that have begun and are not written yet."""
    under_way = Job.objects.filter(kind=KIND, state__in=OPEN_STATES)
    sending = Campaign.objects.filter(state=CampaignState.SENDING)
    works = set(sending.values_list("job_id", flat=True))
    return sum(
        _to_write(f"campaign:{job.params['campaign_id']}", job.params.get("allowed", 0))
        for job in under_way
        if job.id in works
    )


def _to_write(kind: str, allowed: int) -> int:
    """How many emails it has still to write: those of an earlier run are counted already, but for
    what a pause set aside."""
    written = Email.objects.filter(kind=kind, is_test=False)
    aside = written.filter(state=EmailState.SKIPPED, skipped_because=campaigns.HELD)
    return max(allowed - written.count() + aside.count(), 0)


def _is_due(row: Campaign, now: datetime) -> bool:
    at = row.scheduled_at
    return row.state == CampaignState.SCHEDULED and at is not None and at <= now


def step(job: Job, now: datetime) -> Progress:
    """Plan the emails of the next people; ends at once when it was paused or cancelled."""
    row = campaigns.get(campaign_id=uuid.UUID(job.params["campaign_id"]), lock=True)
    if row.state != CampaignState.SENDING or row.job_id != job.id:
        return Progress(done=job.done, finished=True, result=job.result)
    after = uuid.UUID(job.cursor["after"]) if job.cursor else uuid.UUID(int=0)
    chosen = people(segment=row.segment, now=row.started_at or now)
    part = list(chosen.filter(id__gt=after).order_by("id")[:CHUNK])
    reasons = mailing_reasons(profiles=part, topic=Topic.CAMPAIGNS)
    allowed = [p for p, reason in zip(part, reasons, strict=True) if reason is None]
    messaging.queue_all(drafts=_drafts(row, allowed, now), now=now)
    counts = Counter[str](job.result.get("excluded", {}))
    counts.update(reason for reason in reasons if reason)
    finished = len(part) < CHUNK
    row.excluded = dict(counts)
    if finished:
        row.state, row.finished_at = CampaignState.SENT, now
    row.save(update_fields=["excluded", "state", "finished_at"])
    return Progress(
        done=job.done + len(part),
        finished=finished,
        cursor={"after": str(part[-1].id)} if part else job.cursor,
        result={"excluded": dict(counts)},
    )


def _drafts(row: Campaign, allowed: list[Profile], now: datetime) -> list[messaging.Draft]:
    version = versions.in_force(now=now)
    unit = version.unit if version else current_tenant().currency
    ids = [person.id for person in allowed]
    balances = ledger.balances(owner_ids=ids, unit=unit)
    shared: dict[str, Any] = {"unit": unit}
    if version is not None:
        trigger = promises.main_trigger(version)
        shared["amount"] = promises.amount(version, side=Side.REFERRER, trigger=trigger)
    known = dict(ReferralCode.objects.filter(profile_id__in=ids).values_list("profile_id", "code"))
    drafts = []
    for person in allowed:
        code = known.get(person.id) or codes.code_for(profile=person, now=now).code
        balance = balances.get(person.id)
        context = {
            **shared,
            "first_name": person.first_name,
            "code": code,
            "balance": max(balance.available, 0) if balance else 0,
        }
        drafts.append(
            messaging.Draft(
                kind=row.kind,
                to=person.email,
                # One email for each person and campaign, however often the work is done.
                key=f"{row.kind}:{person.id}",
                context=context,
                profile=person,
                language=person.language,
            )
        )
    return drafts


JOBS: dict[str, Step] = {KIND: step}
