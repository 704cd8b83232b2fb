"""One customer's timeline: everything that they did and that happened to them, latest first.

Each kind of event has its sources; a source gives its latest events up to a moment. Pages follow
one another by the moment of the last event shown, so that they stay put while new ones arrive.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.utils.module_loading import import_string

from tenants.features import Feature, is_on
from tenants.profiles.models import Profile
from tenants.programme import timeline_events as events
from tenants.programme.timeline_consents import consents
from tenants.programme.timeline_events import Happening

PAGE = 25


class Topic(StrEnum):
    """What an event is about, as the filters name it."""

    PURCHASES = "achats"
    REFERRAL = "parrainage"
    WALLET = "cagnotte"
    OPERATIONS = "operations"
    MESSAGES = "messages"
    RECORD = "fiche"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of events. `next` is where the following one begins; empty at the end."""

    shown: list[Happening]
    next: str = ""


Source = Callable[[Profile, datetime | None, int], Iterable[Happening]]


def happenings(*, profile: Profile, limit: int = 8) -> list[Happening]:
    """The latest events of all topics."""
    return page(profile=profile, limit=limit).shown


def page(
    *, profile: Profile, topic: Topic | None = None, after: str = "", limit: int = PAGE
) -> Page:
    """The events of one topic, or of all, from `after` (a former page's `next`) on.

    What is no place of ours begins at the latest event.
    """
    until, seen = _place(after)
    groups = [topic] if topic else topics()
    sources = [one for group in groups for one in _sources(group)]
    found = [event for source in sources for event in source(profile, until, limit + seen + 1)]
    found.sort(key=lambda event: event.at, reverse=True)
    shown = found[seen : seen + limit]
    if len(found) <= seen + limit or not shown:
        return Page(shown)
    last = shown[-1].at
    same = sum(1 for event in found[: seen + limit] if event.at == last)
    return Page(shown, f"{last.isoformat()}~{same}")


def topics() -> list[Topic]:
    """What there is to look at: what a module tells is not shown while it is off (OF-07)."""
    return [one for one in Topic if one != Topic.REFERRAL or is_on(Feature.REFERRAL)]


def _sources(topic: Topic) -> Sequence[Source]:
    if topic == Topic.OPERATIONS:  # they stand above, and say themselves what they tell
        found: Sequence[Source] = import_string(settings.TIMELINE_OF_OPERATIONS)
        return found
    return SOURCES[topic]


def _place(text: str) -> tuple[datetime | None, int]:
    """A moment, and how many events of exactly that moment were shown before."""
    moment, _tilde, seen = text.partition("~")
    try:
        at = datetime.fromisoformat(moment)
        count = int(seen)
    except ValueError:
        return None, 0
    return (at, count) if at.tzinfo is not None and 0 <= count <= 1_000 else (None, 0)


SOURCES: dict[Topic, Sequence[Source]] = {
    Topic.PURCHASES: (
        events.orders,
        events.refunds,
        events.invoices,
        events.payments,
        events.sessions,
    ),
    Topic.REFERRAL: (events.invitations, events.clicks, events.received, events.made),
    Topic.WALLET: (
        events.rewards,
        events.earnings,
        events.claims,
        events.awards,
        events.corrections,
    ),
    Topic.MESSAGES: (events.emails, events.followed),
    Topic.RECORD: (events.record, events.merged, consents),
}
