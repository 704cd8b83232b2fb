"""Answers the outbox events of billing."""

from billing import reminders
from billing.stripe import events
from kernel.outbox.types import Handler

HANDLERS: dict[str, Handler] = {
    events.KIND: events.handle,
    reminders.TELL: reminders.tell_owners,
    reminders.MAIL: reminders.mail_owner,
}
