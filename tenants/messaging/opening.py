"""That an email was opened: known of readers who agreed to it, and of nobody else."""

from datetime import datetime

from tenants.messaging.choosing import may_count_opens
from tenants.messaging.links import Purpose, read_token
from tenants.messaging.models import Email


def opened(*, token: str, now: datetime) -> bool:
    """Note the first time that an email was opened; says whether it was noted.

    Consent that was withdrawn since counts at once, also for emails that carry the picture.
    """
    email_id = read_token(purpose=Purpose.OPEN, token=token)
    if email_id is None:
        return False
    email = Email.objects.select_related("profile").filter(id=email_id, countable=True).first()
    if email is None or email.opened_at is not None or not may_count_opens(email=email):
        return False
    return bool(Email.objects.filter(id=email_id, opened_at=None).update(opened_at=now))
