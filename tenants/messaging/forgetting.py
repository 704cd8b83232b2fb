"""Letters that were sent long ago: that they were is kept, what they said and to whom is not."""

from datetime import datetime, timedelta

from tenants.messaging.models import Email, EmailState
from tenants.messaging.unsubscribing import forget_recipients

# Long enough to answer "what did you write to me?"; kind, date and state stay for the record.
KEEP_LETTERS = timedelta(days=365)
_SLICE = 500


def forget_old_letters(*, now: datetime) -> int:
    """Blank address, subject and words of letters older than a year; returns how many.

    What still waits to be sent is left alone, however old.
    """
    old = Email.objects.filter(queued_at__lt=now - KEEP_LETTERS).exclude(state=EmailState.QUEUED)
    forgotten = 0
    while keys := list(old.exclude(to="").order_by("id").values_list("key", flat=True)[:_SLICE]):
        forget_recipients(keys=keys)
        forgotten += len(keys)
    return forgotten
