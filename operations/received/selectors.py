"""Reading what partners' operations left here."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from kernel.ids import parse_public_id
from operations.models import ReceivedOperation, ReceivedParticipation
from operations.received.standing import first_yes, with_end
from operations.words import pick
from shell import formats


def operations() -> QuerySet[Any]:
    """Every operation that was told of, each with its three figures."""
    return ReceivedOperation.objects.annotate(
        participants=Count("participations", filter=Q(participations__is_first=True)),
        optins=Count(
            "participations",
            filter=Q(participations__in=first_yes(ReceivedParticipation.objects.all())),
        ),
        new_profiles=Count("participations", filter=Q(participations__was_new=True)),
    ).order_by("-received_at", "-id")


def operation(*, public_id: str) -> ReceivedOperation | None:
    """The one that an address names, of this merchant's own (R23)."""
    number = parse_public_id("rop", public_id)
    return ReceivedOperation.objects.filter(id=number).first() if number else None


def agreed(operation: ReceivedOperation) -> QuerySet[Any]:
    """What people agreed to share, the latest first; those who took it back are among them."""
    rows = ReceivedParticipation.objects.filter(operation=operation, proof__isnull=False)
    rows = with_end(rows).select_related("profile__merged_into", "consent")
    return rows.order_by("-received_at", "-id")


def asked(operation: ReceivedOperation, *, language: str) -> dict[str, str]:
    """What this merchant receives of each person who agrees: labels by the fields' names."""
    return _labels(_told(operation), language)


def known(operation: ReceivedOperation, *, language: str) -> dict[str, str]:
    """The same, and what was asked before: who took part then is here with it."""
    return _labels([*_told(operation), *operation.known_fields], language)


def _told(operation: ReceivedOperation) -> list[Any]:
    return [field for module in operation.modules for field in module["fields"]]


def _labels(fields: Iterable[Any], language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for field in fields:
        found.setdefault(field["name"], pick(field["label"], language) or field["name"])
    order = ("first_name", "last_name", "email", "phone")
    usual = [name for name in order if name in found]
    return {name: found[name] for name in [*usual, *(n for n in found if n not in order)]}


def asked_in_words(operation: ReceivedOperation, *, language: str) -> str:
    """`Prénom et e-mail`."""
    labels = list(asked(operation, language=language).values())
    later = [label[:1].lower() + label[1:] for label in labels[1:]]
    return formats.join([*labels[:1], *later], language=language)


def boxes(operation: ReceivedOperation, *, language: str) -> list[str]:
    """The words of this merchant's box, as people read them; each once."""
    texts = [pick(module["optin_text"], language) for module in operation.modules]
    return list(dict.fromkeys(text for text in texts if text))


def days_left(operation: ReceivedOperation, now: datetime) -> int:
    """Whole days until the end, nought on the last one."""
    if operation.ends_at is None or now >= operation.ends_at:
        return 0
    return (operation.ends_at - now).days
