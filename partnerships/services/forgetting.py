"""What partnerships forget with time (D6): the contact whom a major named, once all is over."""

from datetime import datetime, timedelta

from partnerships.models import Partnership, State

KEEP_CONTACTS = timedelta(days=3 * 365)


def forget_contacts(*, now: datetime) -> int:
    """Blank the contacts of partnerships that ended three years ago; returns how many.

    That both were partners, when, and what each accepted stays.
    """
    over = Partnership.objects.filter(state=State.ENDED, ended_at__lt=now - KEEP_CONTACTS)
    return over.exclude(contact_email="").update(
        contact_first_name="",
        contact_last_name="",
        contact_email="",
        asked_user_id=None,
        asked_tenant_id=None,
    )
