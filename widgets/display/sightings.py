"""Noting where widgets are asked for, and what people do with them there: no word of who.

A page asks often; a row is written once a minute at most. Their number is bounded: past so many
pages, all others of an origin share one row.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import unquote

from django.core.cache import cache
from django.db.models import F

from kernel.ids import parse_public_id
from widgets.display.models import Outcome, Widget, WidgetSighting
from widgets.tracker import limits

MOST_PAGES, MOST_STRANGERS = 50, 5
_FRESH = 60
# Whoever sends a header may pretend to be a page: only so many new ones are looked at in a minute.
_MOST_A_MINUTE = {"page": 240, "stranger": 20}
_LONGEST = 200
# What a page may report, and the column that counts it.
COUNTED = {"shown": "hits", "opened": "opened", "followed": "followed"}


def tidy(path: str) -> str:
    """A path as it is kept: pieces that look like a person's own are left out (D9)."""
    pieces = unquote(path[:2000], errors="replace").partition("?")[0].split("/")
    kept = ["…" if "@" in piece or _is_a_token(piece) else piece for piece in pieces]
    text = "/".join(kept)
    return "".join(char for char in text if char.isprintable())[:_LONGEST] or "/"


def _is_a_token(piece: str) -> bool:
    digits = sum(char.isdigit() for char in piece)
    return digits >= 6 or len(piece) > 60


def noted(*, outcomes: Mapping[uuid.UUID, str], origin: str, path: str, now: datetime) -> None:
    """A page of an allowed site asked: what came of each widget. Once a minute for each page."""
    if not outcomes or not _due(f"{origin}{path}", "page", now):
        return
    for number, outcome in outcomes.items():
        _note(number, origin, outcome, tidy(path), now)


def refused(*, origin: str, path: str, now: datetime) -> None:
    """A page of a site that is not allowed asked: its owner may have forgotten to add it."""
    if not origin.startswith(("https://", "http://")) or len(origin) > 270:
        return
    if not _due(f"?{origin}", "stranger", now):
        return
    for number in Widget.objects.filter(active=True).values_list("id", flat=True):
        _make_room(number, origin)
        _note(number, origin, Outcome.ORIGIN, tidy(path), now)


def _make_room(number: uuid.UUID, origin: str) -> None:
    """The strangers seen last stay: made-up ones never keep a forgotten site out."""
    rows = WidgetSighting.objects.filter(widget_id=number, outcome=Outcome.ORIGIN)
    others = rows.exclude(origin=origin).order_by("-last_seen_at", "-id")
    kept = list(others.values_list("id", flat=True)[: MOST_STRANGERS - 1])
    others.exclude(id__in=kept).delete()


def told(*, widget: str, what: str, origin: str, path: str, now: datetime) -> bool:
    """Count what a person did with a widget; False where there is none of this id."""
    number = parse_public_id("wdg", widget)
    if number is None or not Widget.objects.filter(id=number).exists():
        return False
    place = _note(number, origin, Outcome.SHOWN, tidy(path), now)
    column = COUNTED[what]
    WidgetSighting.objects.filter(
        widget_id=number, origin=origin, outcome=Outcome.SHOWN, place=place
    ).update(**{column: F(column) + 1})
    return True


def _due(what: str, kind: str, now: datetime) -> bool:
    """Whether this page was not noted within the last minute, by any process."""
    key = f"display:noted:{uuid.uuid5(uuid.NAMESPACE_URL, what).hex}"
    if not cache.add(key, 1, _FRESH):
        return False
    most = _MOST_A_MINUTE[kind]
    return not limits.count(name=f"display-{kind}", value="", limit=most, now=now).exceeded


def _note(number: uuid.UUID, origin: str, outcome: str, path: str, now: datetime) -> str:
    """Bring the row of this page up to date, or make one; returns its `place`."""
    place = path if outcome == Outcome.SHOWN else ""
    rows = WidgetSighting.objects.filter(widget_id=number, origin=origin, outcome=outcome)
    for at in dict.fromkeys((place, "")):
        if rows.filter(place=at).update(last_seen_at=now, path=path):
            return at
        if at and WidgetSighting.objects.filter(widget_id=number).count() >= MOST_PAGES:
            continue
        row = WidgetSighting(
            widget_id=number, origin=origin, outcome=outcome, place=at, path=path,
            first_seen_at=now, last_seen_at=now,
        )  # fmt: skip
        WidgetSighting.objects.bulk_create([row], ignore_conflicts=True)
        return at
    return ""
