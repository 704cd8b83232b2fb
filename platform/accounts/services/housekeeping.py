"""Rows that nobody needs any more."""

from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.db.models import Q

from accounts.models import Invitation, LoginSession, OneTimeLink, Throttle

# An answered or expired invitation holds an email: it is kept as long as it can explain a refusal.
KEEP_INVITATIONS = timedelta(days=90)
KEEP_LINKS = timedelta(days=1)
# A wrong password holds an address; a month shows an attack, more is curiosity.
KEEP_ATTEMPTS = timedelta(days=30)


def purge(*, now: datetime) -> int:
    """Delete sessions, links, throttles, attempts and invitations that are over; how many."""
    over = [
        LoginSession.objects.filter(expire_date__lt=now),
        OneTimeLink.objects.filter(expires_at__lt=now - KEEP_LINKS),
        Throttle.objects.filter(resets_at__lt=now),
        AccessAttempt.objects.filter(attempt_time__lt=now - KEEP_ATTEMPTS),
        Invitation.objects.filter(
            Q(expires_at__lt=now - KEEP_INVITATIONS)
            | Q(accepted_at__lt=now - KEEP_INVITATIONS)
            | Q(withdrawn_at__lt=now - KEEP_INVITATIONS)
        ),
    ]
    return sum(rows.delete()[0] for rows in over)
