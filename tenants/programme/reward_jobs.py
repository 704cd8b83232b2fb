"""Long work about prizes and tiers: many claims at once, and telling who reached a new tier."""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from kernel.db import atomic_with_retry
from kernel.errors import RicochetError
from kernel.jobs import services as jobs
from kernel.jobs.models import Job
from kernel.jobs.types import Progress, Step
from tenants.profiles.models import Profile
from tenants.programme import reward_notices, services, tiers
from tenants.rewards import services as rewards
from tenants.rewards.models import Claim, Tier

CLAIMS = "rewards.claims"
TELL = "rewards.tell"
MOST_CLAIMS = 5_000
# So few are done at once, while the page waits.
AT_ONCE = 50
_CLAIMS_A_STEP = 100
_PEOPLE_A_STEP = 500
SEND, HAND = "send", "hand"

_ACTS: dict[str, Callable[..., Claim]] = {
    SEND: services.send_claim,
    HAND: rewards.hand_over,
}


def act_on_claims(
    *, act: str, ids: Sequence[uuid.UUID], key: str, author_id: uuid.UUID, now: datetime
) -> Job:
    """Send or hand over many claims in the background; the same `key` is the same work."""
    return jobs.start(
        kind=CLAIMS,
        params={"act": act, "ids": [str(number) for number in ids[:MOST_CLAIMS]]},
        key=f"claims:{key}",
        author_id=author_id,
        total=min(len(ids), MOST_CLAIMS),
        now=now,
    )


def tell_who_is_there(*, tier: Tier, author_id: uuid.UUID, now: datetime) -> Job:
    """Write to everybody who has reached a tier and was not given it; each once for a tier."""
    return jobs.start(
        kind=TELL,
        params={"tier": str(tier.id)},
        author_id=author_id,
        total=tiers.reached(tier).count(),
        now=now,
    )


def do_claims(*, act: str, ids: Sequence[uuid.UUID], now: datetime) -> tuple[int, list[str]]:
    """Do it to each; returns (how many, the ids that somebody else had closed meanwhile)."""
    failed = []
    for number in ids:
        try:
            _one(act, number, now)
        except RicochetError:
            failed.append(str(number))
    return len(ids) - len(failed), failed


@atomic_with_retry
def _one(act: str, number: uuid.UUID, now: datetime) -> None:
    with transaction.atomic():  # one that fails leaves the others of its step alone
        _ACTS[act](claim_id=number, now=now)


def _claims_step(job: Job, now: datetime) -> Progress:
    ids = [uuid.UUID(text) for text in job.params["ids"]]
    start = int(job.cursor.get("at", 0))
    part = ids[start : start + _CLAIMS_A_STEP]
    count, failed = do_claims(act=job.params["act"], ids=part, now=now)
    at = start + len(part)
    return Progress(
        done=at,
        finished=at >= len(ids),
        cursor={"at": at},
        result={
            "changed": job.result.get("changed", 0) + count,
            "failed": [*job.result.get("failed", []), *failed],
        },
    )


def _tell_step(job: Job, now: datetime) -> Progress:
    tier = Tier.objects.filter(id=uuid.UUID(job.params["tier"]), active=True).first()
    told = int(job.result.get("told", 0))
    if tier is None:
        return Progress(done=job.done, finished=True, result={"told": told})
    wallets = tiers.reached(tier).order_by("owner_id")
    if after := job.cursor.get("after"):
        wallets = wallets.filter(owner_id__gt=uuid.UUID(after))
    found = wallets.values_list("owner_id", flat=True)[:_PEOPLE_A_STEP]
    numbers = [number for number in found if number is not None]
    for profile in Profile.objects.filter(id__in=numbers).exclude(email=""):
        if profile.unsubscribed_at is None:
            reward_notices.tier_waits(profile=profile, tier=tier, now=now)
            told += 1
    finished = len(numbers) < _PEOPLE_A_STEP
    return Progress(
        done=job.done + len(numbers),
        finished=finished,
        cursor={} if finished else {"after": str(numbers[-1])},
        result={"told": told},
    )


KINDS: dict[str, Step] = {CLAIMS: _claims_step, TELL: _tell_step}
