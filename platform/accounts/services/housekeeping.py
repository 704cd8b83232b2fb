"""Rows that nobody needs any more."""

from datetime import datetime, timedelta

from django.db.models import Q

from accounts.models import Invitation, LoginSession, OneTimeLink, Throttle

# An answered or expired invitation holds an email: it is kept as long as it can explain a refusal.
KEEP_INVITATIONS = timedelta(days=90)
KEEP_LINKS = timedelta(days=1)


def purge(*, now: datetime) -> int:
    """Delete sessions, links, throttles and invitations that are over; returns how many."""
    over = [
        LoginSession.objects.filter(expire_date__lt=now),
        OneTimeLink.objects.filter(expires_at__lt=now - KEEP_LINKS),
        Throttle.objects.filter(resets_at__lt=now),
        Invitation.objects.filter(
            Q(expires_at__lt=now - KEEP_INVITATIONS)
            | Q(accepted_at__lt=now - KEEP_INVITATIONS)
            | Q(withdrawn_at__lt=now - KEEP_INVITATIONS)
        ),
    ]
    return sum(rows.delete()[0] for rows in over)
