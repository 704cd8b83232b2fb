"""`manage.py outbox list | retry`: what has not left, what never will, and another try."""

import uuid
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from kernel.outbox import services
from kernel.outbox.models import Event, EventState
from tenants.context import enter
from tenants.due import active_tenants
from tenants.management.noting import note
from tenants.models import Tenant

PLATFORM = "platform"


class Command(BaseCommand):
    help = "Shows undelivered events of every merchant, and retries dead ones."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["list", "retry"])
        parser.add_argument("--tenant", help=f"a merchant's slug, or '{PLATFORM}'; default: all")
        parser.add_argument("--dead", action="store_true", help="list dead events only")
        parser.add_argument("--id", action="append", default=[], help="retry these events only")

    def handle(self, *_: Any, **options: Any) -> None:
        ids = [self._uuid(text) for text in options["id"]] or None
        total = 0
        for label, tenant in _places(options["tenant"]):
            with enter(tenant) if tenant else nullcontext():
                if options["action"] == "retry":
                    total += self._retry(tenant, ids)
                else:
                    total += self._list(label, dead=options["dead"])
        done = "retried" if options["action"] == "retry" else "undelivered"
        self.stdout.write(f"{total} events {done}")

    @staticmethod
    @transaction.atomic
    def _retry(tenant: Tenant | None, ids: list[uuid.UUID] | None) -> int:
        now = timezone.now()
        count = services.retry_dead(now=now, ids=ids)
        if count:
            note(act="event_retried", tenant=tenant, about=f"{count} × outbox", now=now)
        return count

    def _list(self, label: str, *, dead: bool) -> int:
        events = Event.objects.exclude(state=EventState.DONE).order_by("due_at")
        if dead:
            events = events.filter(state=EventState.DEAD)
        for event in events:
            self.stdout.write(
                f"{label}  {event.id}  {event.kind}  {event.state}  failures={event.failures}"
                f"  due={event.due_at:%Y-%m-%d %H:%M:%S}  {event.last_error}"
            )
        return len(events)

    @staticmethod
    def _uuid(text: str) -> uuid.UUID:
        try:
            return uuid.UUID(text)
        except ValueError as error:
            raise CommandError(f"{text} is not an event's id; `outbox list` shows them") from error


def _places(slug: str | None) -> Iterator[tuple[str, Tenant | None]]:
    connection.set_schema_to_public()  # type: ignore[attr-defined]
    known: dict[str, Tenant | None] = {PLATFORM: None}
    known |= {tenant.slug: tenant for tenant in active_tenants()}
    if slug is not None and slug not in known:
        raise CommandError(f"there is no active merchant '{slug}'; see `manage.py tenants list`")
    yield from (item for item in known.items() if slug in (None, item[0]))
