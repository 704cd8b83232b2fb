"""Why some of a campaign's people got no email: left out when it was planned, or stopped after."""

from collections import Counter

from django.db.models import Count

from tenants.messaging.campaigns import HELD
from tenants.messaging.models import Campaign, Email, EmailState


def why_not(row: Campaign) -> dict[str, int]:
    """Counts by reason, the most frequent first."""
    late = (
        Email.objects.filter(kind=row.kind, state=EmailState.SKIPPED, is_test=False)
        .exclude(skipped_because=HELD)
        .values_list("skipped_because")
        .annotate(n=Count("id"))
    )
    counts = Counter[str](row.excluded)
    counts.update(dict(late))
    return dict(counts.most_common())
