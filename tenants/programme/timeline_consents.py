"""The yeses of a customer on their timeline: given, and taken back."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from shell import formats
from tenants.profiles.models import Consent, ConsentEvent, ConsentEventKind, Profile
from tenants.programme.timeline_events import Happening, latest


def consents(profile: Profile, until: datetime | None, limit: int) -> Iterable[Happening]:
    """Whose offers they agreed to, and whose they want no more."""
    confirmed = ConsentEvent.objects.filter(consent=OuterRef("pk"), kind=ConsentEventKind.CONFIRMED)
    given = Consent.objects.filter(Q(needs_confirmation=False) | Exists(confirmed), profile=profile)
    for row in latest(given, "granted_at", until, limit):
        yield Happening(row.granted_at, _said(_("Accord donné à %(brand)s"), row), row.text)
    ended = ConsentEvent.objects.select_related("consent").filter(
        consent__profile=profile, kind=ConsentEventKind.WITHDRAWN
    )
    for event in latest(ended, "at", until, limit):
        yield Happening(event.at, _said(_("Accord retiré à %(brand)s"), event.consent))


def _said(words: str, row: Consent) -> str:
    return formats.elided(words % {"brand": row.controller_name}, row.controller_name)
