"""What operations tell of a customer on their record: where they took part, and what they won."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from operations.models import Operation, Participation, ParticipationState, Win
from operations.words import pick
from tenants.profiles.models import Profile
from tenants.programme.timeline import Source
from tenants.programme.timeline_events import Happening, latest


def participations(profile: Profile, until: datetime | None, limit: int) -> Iterable[Happening]:
    """Where they took part, each time that counts."""
    rows = Participation.objects.select_related("operation").filter(
        profile=profile, is_test=False, state=ParticipationState.COUNTED
    )
    for row in latest(rows, "created_at", until, limit):
        words = _("A participé à « %(operation)s »") % {"operation": _title(row.operation)}
        yield Happening(row.created_at, words, url=_url(row.operation))


def wins(profile: Profile, until: datetime | None, limit: int) -> Iterable[Happening]:
    """What they won, and whether they have it."""
    rows = Win.objects.select_related("participation__operation", "prize").filter(
        participation__profile=profile, participation__is_test=False
    )
    told = (
        ("won_at", _("A gagné « %(prize)s »")),
        ("handed_at", _("« %(prize)s » remis")),
        ("voided_at", _("« %(prize)s » ne lui revient plus")),
    )
    for column, words in told:
        for row in latest(rows, column, until, limit):
            operation = row.participation.operation
            text = words % {"prize": pick(row.prize.name, _language())}
            at = getattr(row, column)
            yield Happening(at, text, _title(operation), url=_url(operation))


def _title(operation: Operation) -> str:
    return pick(operation.title, _language()) or operation.name


def _url(operation: Operation) -> str:
    return reverse("operations:operation", args=[operation.public_id])


def _language() -> str:
    return translation.get_language() or "fr"


SOURCES: tuple[Source, ...] = (participations, wins)
