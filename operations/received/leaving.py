"""Telling a guest's owners who has left: one summary, the morning after a day with a withdrawal.

Whoever took their yes back is written to no more from here. What was exported to another mailing
tool is in the owners' own hands: the letter counts, the list that it leads to names the addresses.
"""

from datetime import date, datetime, time, timedelta

from django.urls import reverse
from django.utils.timezone import now as clock

from kernel.outbox.services import emit
from kernel.outbox.types import EventData, Handler
from operations.received.people import who_left
from partnerships.selectors import owners_of
from tenants.context import current_tenant
from tenants.messaging.services import queue
from tenants.programme.dates import local

LEFT_EVENT = "operations.received.left"
MORNING = time(9, 0)


def noted(*, now: datetime) -> None:
    """Somebody took a yes back: have the day's summary sent; in the transaction that ends it."""
    day = local(now)
    due = datetime.combine(day.date() + timedelta(days=1), MORNING, tzinfo=day.tzinfo)
    key = f"{LEFT_EVENT}:{day.date().isoformat()}"
    emit(kind=LEFT_EVENT, payload={"day": day.date().isoformat()}, now=now, due_at=due, key=key)


def summary(*, day: date, now: datetime) -> None:
    """Write to the owners of those who left on this day and have not come back since."""
    begin = datetime.combine(day, time(0), tzinfo=local(now).tzinfo)
    people = who_left(begin=begin, end=begin + timedelta(days=1)).count()
    if not people:
        return
    for owner in owners_of(tenant_id=current_tenant().id):
        queue(
            kind="partner_left",
            to=owner.email,
            key=f"partner_left:{day.isoformat()}:{owner.pk}",
            context={
                "first_name": owner.first_name,
                "left": people,
                "path": f"{reverse('operations:received_people')}?vue=retirees",
            },
            language=owner.language,
            now=now,
        )


def _left(event: EventData) -> None:
    summary(day=date.fromisoformat(event.payload["day"]), now=clock())


HANDLERS: dict[str, Handler] = {LEFT_EVENT: _left}
