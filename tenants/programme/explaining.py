"""Every decision about one fact, in words."""

import uuid

from tenants.profiles.models import Profile
from tenants.programme.models import Decision
from tenants.programme.sentences import explain


def decisions_about(*, profile: Profile, fact_id: uuid.UUID) -> list[tuple[Decision, str]]:
    """The decisions about a customer's invoice or session, in their order."""
    rows = Decision.objects.select_related(
        "profile", "referral__referrer", "referral__referee", "version", "order"
    ).filter(profile=profile, facts__fact_id=str(fact_id))
    return [(row, explain(row)) for row in rows.order_by("decided_at", "id")]
