"""An operation of Maison Lumen alone that is over, "Les soirs d’atelier": who won, and who has it.

An instant win and a draw, told through the services that people use. Some prizes were handed over,
one winner was replaced, the others wait. Called in public; who is there already is left alone.
"""

import random
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from config.demo import cast
from config.demo.mail import send_past
from kernel.errors import RicochetError
from operations import editing, modules, optins, running, winning
from operations.mechanics.draw import replacing
from operations.mechanics.draw.replacing import Reason
from operations.models import DrawPlace, Operation, OperationModule, SourceKind, Why, Win
from operations.participating import Source, Submission, participate
from tenants.context import enter
from tenants.models import Tenant

_NAME = "Les soirs d’atelier"
_DAYS = 12
_PEOPLE = 40
_WORDS = {
    "title": {"fr": _NAME, "en": "Evenings at the workshop"},
    "subtitle": {
        "fr": "Des bougies Aube à gagner tout de suite, une lampe Halo au tirage.",
        "en": "Aube candles to win at once, a Halo lamp in the draw.",
    },
    "rules": {
        "fr": "# Règlement\n\nMaison Lumen organise cette opération. Une participation par personne"
        " majeure résidant en France.\n\n## Les lots\n\nHuit bougies Aube d’une valeur de 24 €"
        " chacune par instants gagnants, une lampe Halo d’une valeur de 89 € par tirage au sort."
        "\n\nLes lots se retirent à l’atelier, sur présentation du code reçu par e-mail.",
        "en": "# Rules\n\nMaison Lumen runs this operation. One participation for each adult living"
        " in France.\n\n## The prizes\n\nEight Aube candles worth €24 each by instant win, a Halo"
        " lamp worth €89 by draw.\n\nPrizes are collected at the workshop for the code received by"
        " email.",
    },
}
_COMES = {
    "fr": "Votre lot vous attend à l’atelier, du mardi au samedi, de 10 h à 19 h.",
    "en": "Your prize is waiting at the workshop, Tuesday to Saturday, 10 am to 7 pm.",
}
_CANDLE = {
    "number": 1,
    "name": {"fr": "Bougie Aube 190 g", "en": "Aube candle 190 g"},
    "description": {"fr": "Cire de colza, mèche en coton.", "en": "Rapeseed wax, cotton wick."},
    "stock": 8,
    "value": 2_400,
}
_LAMP = {
    "number": 1,
    "name": {"fr": "Lampe Halo", "en": "Halo lamp"},
    "description": {"fr": "À poser, en verre soufflé.", "en": "For a table, in blown glass."},
    "stock": 1,
    "value": 8_900,
}


def play(*, major: Tenant, team: Sequence[uuid.UUID], now: datetime) -> None:
    """Twelve days of it, over since five; `team` are those who hand prizes over."""
    with enter(major):
        if Operation.objects.filter(name=_NAME).exists():
            return
        parts = _make(ZoneInfo(major.timezone), now)
        ends = parts[0].operation.ends_at or now
        _people(parts, ends)
        running.end_due(
            operation_id=parts[0].operation_id, ends_at=ends, now=ends + timedelta(minutes=1)
        )
        _afterwards(parts[1], team, now)
        send_past(now=now)


def _make(zone: ZoneInfo, now: datetime) -> list[OperationModule]:
    last = (now.astimezone(zone) - timedelta(days=5)).replace(
        hour=23, minute=59, second=0, microsecond=0
    )
    first = last - timedelta(days=_DAYS)
    before = first - timedelta(days=3)
    operation = editing.create(name=_NAME, starts_at=first, ends_at=last, now=before)
    editing.save_words(operation_id=operation.id, now=before, **_WORDS)
    settings = {
        "instant_win": {"prizes": [_CANDLE], "wins": 1, "won": _COMES},
        "draw": {"prizes": [_LAMP], "chances": "person", "substitutes": 2, "won": _COMES},
    }
    for kind, of_kind in settings.items():
        module = modules.add_module(operation_id=operation.id, kind=kind, now=before)
        modules.save_mechanic(module=module, settings=of_kind, now=before)
    running.go_live(operation_id=operation.id, now=before)
    rows = OperationModule.objects.select_related("operation").filter(operation=operation)
    return list(rows.order_by("position", "id"))


def _people(parts: Sequence[OperationModule], ends: datetime) -> None:
    """Customers of the shop, from the first evening to the last: each plays, and is in the draw."""
    rng = random.Random(29)  # noqa: S311 - a story, not a secret
    crowd = cast.people(random.Random(7), 60)[12 : 12 + _PEOPLE]  # noqa: S311 - the story's cast
    begins = ends - timedelta(days=_DAYS)
    span = int(timedelta(days=_DAYS).total_seconds()) - 3_600
    moments = sorted(begins + timedelta(seconds=rng.randint(0, span)) for _ in crowd)
    for person, moment in zip(crowd, moments, strict=True):
        for number, module in enumerate(parts):
            submission = Submission(
                key=uuid.UUID(int=rng.getrandbits(128)).hex,
                version=optins.form_version(module),
                fields={"first_name": person["first_name"], "email": person["email"]},
                accepts_rules=True,
                old_enough=True,
            )
            try:
                participate(
                    module=module,
                    submission=submission,
                    source=Source(SourceKind.QR),
                    now=moment + timedelta(minutes=number),
                )
            except RicochetError:
                continue  # somebody who took part already


def _afterwards(drawn: OperationModule, team: Sequence[uuid.UUID], now: datetime) -> None:
    """Three candles were collected; the lamp's first winner never answered."""
    candles = Win.objects.filter(prize__module__kind="instant_win").order_by("won_at", "id")
    for number, win in enumerate(candles[:3]):
        at = min(win.won_at + timedelta(days=2, hours=number), now - timedelta(hours=3))
        winning.hand_over(win_id=win.id, author_id=team[number % len(team)], now=at)
    place = DrawPlace.objects.filter(draw__module=drawn, prize__isnull=False).first()
    if place is None:
        return
    note = "Deux e-mails et un appel, sans réponse."
    replacing.pass_on(
        place_id=place.id,
        module=drawn,
        reason=Reason(Why.UNREACHABLE, note, team[0]),
        now=now - timedelta(days=1),
    )
