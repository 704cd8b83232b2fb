"""The last contact with somebody, and who is a prospect: known, and nothing more (D6).

A contact is an act of theirs (a click on a link of ours, a log-in to their space, a participation,
a consent, a friend they invited), or a file of the merchant's that brings them again. What we write
to them is none, and neither is an email that they open. Each room's `personal.py` says which of its
tables tell of one; what leaves no row for three years is noted on the record.
"""

import uuid
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest

from tenants.profiles.models import Profile, ProfileKind
from tenants.profiles.personal import declared


def note(*, profile_id: uuid.UUID, at: datetime) -> None:
    """Somebody did something at this moment; an earlier moment changes nothing."""
    earlier = Q(last_contact_at=None) | Q(last_contact_at__lt=at)
    Profile.everyone.filter(earlier, id=profile_id, erased_at=None).update(last_contact_at=at)


def prospects() -> QuerySet[Any]:
    """Who never bought, booked, paid, referred, was referred or was rewarded; with `last_contact`.

    Whoever the merchant named an influencer or a partner is known for another reason.
    """
    found = Profile.objects.filter(
        erased_at=None,
        kind=ProfileKind.CUSTOMER,
        order_count=0,
        first_order_at=None,
        bought_before=None,
    )
    dates = [F("created_at"), F("account_created_at"), F("last_contact_at")]
    for table in declared():
        rows = table.model._base_manager.filter(**{table.person: OuterRef("id")})
        if table.contact is None:
            found = found.filter(~Exists(rows))
        elif table.contact:
            latest = rows.order_by().values(table.person).annotate(at=Max(table.contact))
            dates.append(Subquery(latest.values("at")))  # type: ignore[arg-type]
    # PostgreSQL passes over what is null.
    return found.annotate(last_contact=Greatest(*dates))
