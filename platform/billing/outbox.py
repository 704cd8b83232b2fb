"""Answers the outbox events of billing."""

from billing import reminders
from billing.services.closing import FOLLOW
from billing.stripe import closing, events
from kernel.outbox.types import Handler

HANDLERS: dict[str, Handler] = {
    events.KIND: events.handle,
    FOLLOW: closing.handle,
    reminders.TELL: reminders.tell_owners,
    reminders.MAIL: reminders.mail_owner,
}
