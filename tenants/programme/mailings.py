"""What came of emails that were sent to many: clicks, referrals and orders in the days after.

Who opened an email is known of readers who agreed to a picture that tells it, and of nobody else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import (
    CharField,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Concat

from tenants.activity.models import Order
from tenants.messaging.campaigns import HELD
from tenants.messaging.models import Campaign, Click, Email, EmailState
from tenants.referrals.models import Referral, ReferralState

AFTER = timedelta(days=30)
NOT_COUNTED = (ReferralState.REFUSED, ReferralState.REVERSED)


@dataclass(frozen=True, slots=True)
class Results:
    """Counts. Orders and referrals are those of the readers, in the 30 days after an email.

    `opened` is of `countable`: the emails whose readers let us know.
    """

    sent: int = 0
    skipped: int = 0
    waiting: int = 0
    countable: int = 0
    opened: int = 0
    clicked: int = 0
    orders: int = 0
    referrals: int = 0


def results(*, kinds: Iterable[str]) -> Results:
    """What came of the emails of these kinds; tests are left out."""
    emails = Email.objects.filter(kind__in=list(kinds), is_test=False)
    sent = emails.filter(state=EmailState.SENT)
    return Results(
        sent=sent.count(),
        skipped=emails.filter(state=EmailState.SKIPPED).exclude(skipped_because=HELD).count(),
        waiting=emails.filter(Q(state=EmailState.QUEUED) | Q(skipped_because=HELD)).count(),
        countable=sent.filter(countable=True).count(),
        opened=sent.filter(opened_at__isnull=False).count(),
        clicked=Click.objects.filter(email__in=sent).values("email_id").distinct().count(),
        orders=_orders(sent),
        referrals=_referrals(sent),
    )


def with_counts(rows: QuerySet[Campaign]) -> QuerySet[Campaign]:
    """Campaigns, each with how many emails were `sent` and how many readers `clicked`."""
    kind = Concat(Value("campaign:"), Cast(OuterRef("id"), CharField()))
    sent = Email.objects.filter(kind=kind, is_test=False, state=EmailState.SENT)
    clicked = sent.filter(Exists(Click.objects.filter(email=OuterRef("pk"))))
    return rows.annotate(sent=_count(sent), clicked=_count(clicked))


def _count(emails: QuerySet[Email]) -> Subquery:
    counted = emails.order_by().values("kind").annotate(n=Count("id"))
    return Subquery(counted.values("n"), output_field=IntegerField())


def _orders(sent: QuerySet[Email]) -> int:
    mine = sent.filter(
        profile_id=OuterRef("profile_id"),
        sent_at__lte=OuterRef("ordered_at"),
        sent_at__gt=OuterRef("ordered_at") - AFTER,
    )
    return Order.objects.filter(Exists(mine), is_test=False).count()


def _referrals(sent: QuerySet[Email]) -> int:
    mine = sent.filter(
        profile_id=OuterRef("referrer_id"),
        sent_at__lte=OuterRef("created_at"),
        sent_at__gt=OuterRef("created_at") - AFTER,
    )
    return Referral.objects.exclude(state__in=NOT_COUNTED).filter(Exists(mine)).count()
