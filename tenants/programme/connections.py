"""The health of each connection, and the alert when one falls silent (O7)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Sum
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Role
from accounts.selectors import members_of
from kernel.db import atomic_with_retry
from shell import formats
from tenants.activity import connections as heard
from tenants.activity.connections import Rhythm
from tenants.context import current_tenant
from tenants.messaging import services as messaging
from tenants.profiles.models import CustomerImport

PATH = "/reglages/trackers"


@dataclass(frozen=True, slots=True)
class Connection:
    """Something that brings facts. `url` is where it is set up, `begin` how it begins.

    `seen_at` is when it spoke last, whether or not it brought anything.
    """

    name: str
    label: str
    kind: str
    icon: str
    seen_at: datetime | None
    url: str
    begin: str
    is_test: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """How a connection does: its state's look, when it was heard, what was refused, what to do."""

    label: str
    kind: str
    icon: str
    state: str
    word: str
    last: datetime | None
    usual: str
    failures: int
    advice: str
    url: str
    link: str
    is_test: bool = False


def outside() -> list[Connection]:
    """What stands on higher floors, by a dotted path."""
    path = getattr(settings, "CONNECTIONS", "")
    found: list[Connection] = import_string(path)() if path else []
    return found


def cards(*, now: datetime) -> list[Card]:
    """A card for each connection, those that ask for a hand first."""
    rhythms, failures = heard.rhythms(now=now), heard.failures(now=now)
    found = [_card(row, rhythms.get(row.name), failures.get(row.name, 0), now) for row in outside()]
    rank = {"to_fix": 0, "paused": 1, "draft": 2}
    found.sort(key=lambda card: (card.is_test, rank.get(card.state, 3)))
    return [*found, *_imports()]


def check(*, now: datetime) -> int:
    """In the current tenant: find who fell silent and tell the owners, once; returns how many.

    Whoever is heard again is found by the same look, and by `heard` itself.
    """
    there = {row.name: row for row in outside() if not row.is_test}
    rhythms = heard.rhythms(now=now)
    silent = {
        name: rhythms[name].last
        for name in there
        if name in rhythms and rhythms[name].silent(now=now)
    }
    return _told(silent, there, now)


@atomic_with_retry
def _told(silent: dict[str, datetime], there: dict[str, Connection], now: datetime) -> int:
    new = heard.note_silences(silent=silent, known=there)
    owners = [m.user for m in members_of(tenant_id=current_tenant().id) if m.role == Role.OWNER]
    drafts = [
        messaging.Draft(
            kind="connection_silent",
            to=user.email,
            key=f"connection-silent:{name}:{silent[name].isoformat()}:{user.pk}",
            language=user.language,
            context={
                "connection": there[name].label,
                "last_at": silent[name].isoformat(),
                "path": PATH,
            },
        )
        for name in new
        for user in owners
        if user.is_active
    ]
    messaging.queue_all(drafts=drafts, now=now)
    return len(new)


def _card(row: Connection, rhythm: Rhythm | None, failures: int, now: datetime) -> Card:
    last = rhythm.last if rhythm is not None else None
    usual = ""
    if rhythm is not None and rhythm.usual is not None:
        usual = _("d’habitude, jamais plus de %(span)s sans rien") % {"span": _span(rhythm.usual)}
    state, word, advice, url, link = _judged(row, rhythm, failures, now)
    return Card(
        label=row.label,
        kind=row.kind,
        icon=row.icon,
        state=state,
        word=word,
        last=last,
        usual=usual,
        failures=failures,
        advice=advice,
        url=url,
        link=link,
        is_test=row.is_test,
    )


def _judged(
    row: Connection, rhythm: Rhythm | None, failures: int, now: datetime
) -> tuple[str, str, str, str, str]:
    """State, its word, what to do, and where."""
    if rhythm is None:
        return "draft", _("Rien reçu"), row.begin, row.url, _("Ouvrir les réglages")
    if rhythm.silent(now=now) and not row.is_test:
        advice = _(
            "Plus rien depuis %(when)s. Passez une commande d’essai ; si elle n’arrive pas,"
            " vérifiez ce qui a changé sur votre boutique."
        ) % {"when": formats.day(rhythm.last)}
        return "paused", _("Silencieuse"), advice, row.url, _("Ouvrir les réglages")
    if failures:
        advice = _("Corrigez ce que votre boutique envoie : la raison est dite pour chacune.")
        return "to_fix", _("À corriger"), advice, reverse("programme:refused"), _("Voir pourquoi")
    return "active", _("Active"), _("Rien à faire."), "", ""


def _span(span: timedelta) -> str:
    """How long, in the largest unit that fits."""
    hours = max(round(span.total_seconds() / 3600), 1)
    if hours < 48:
        return ngettext("%(n)s heure", "%(n)s heures", hours) % {"n": hours}
    days = round(hours / 24)
    return ngettext("%(n)s jour", "%(n)s jours", days) % {"n": days}


def _imports() -> list[Card]:
    """The files of customers: the last one that was taken in."""
    last = CustomerImport.objects.filter(applied_at__isnull=False).order_by("-applied_at").first()
    if last is None:
        return []
    lines = CustomerImport.objects.filter(applied_at__isnull=False).aggregate(n=Sum("rows"))["n"]
    words = ngettext("%(n)s ligne importée en tout.", "%(n)s lignes importées en tout.", lines)
    return [
        Card(
            label=last.file_name,
            kind=_("Import de clients"),
            icon="upload",
            state="active",
            word=_("Importé"),
            last=last.applied_at,
            usual="",
            failures=0,
            advice=words % {"n": formats.number(lines)},
            url=reverse("programme:imports"),
            link=_("Voir les imports"),
        )
    ]
