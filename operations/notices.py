"""The emails of an operation: the confirmation, the receipt, the result.

A rehearsal writes to nobody; what would have left is told by its trace.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kernel.db import atomic_with_retry
from operations import links, optins, slots
from operations.links import Purpose
from operations.mechanics import prizes
from operations.mechanics.shape import ResultEmail
from operations.models import OperationModule, Participation, ParticipationState
from operations.words import pick
from shell import formats
from tenants.context import current_tenant
from tenants.messaging.services import queue
from tenants.profiles import emails
from tenants.profiles.models import Consent, Profile
from tenants.profiles.selectors import by_email
from tenants.programme.dates import local


@dataclass(frozen=True, slots=True)
class Game:
    """What somebody took part in and what came of it, in words of their language."""

    played: str = ""
    came_to: str = ""


# What one address gets of confirmations to press, for one module in one day.
MOST_LETTERS = 5


def ask_confirmation(
    *, participation: Participation, given: Sequence[Consent], now: datetime
) -> None:
    """The link that makes the participation count; pressed once, and by a button (D10).

    It names the brands whose boxes were ticked: whoever sent the form may not be who reads this. A
    day has five such letters at most; each link leads to the latest form, so that none is missed.
    """
    if participation.profile_id is None:
        return  # a rehearsal
    same_day = Participation.objects.filter(
        module_id=participation.module_id,
        profile_id=participation.profile_id,
        day=participation.day,
        is_test=False,
    )
    if same_day.count() > MOST_LETTERS:
        return
    _queue(
        participation,
        "operation_confirm",
        {
            "path": _path("operations:confirm", participation, Purpose.CONFIRM),
            "expires_at": _iso(participation.operation.last_moment),
            "brands": _brands(participation, given),
            "prizes": _to_win(participation),
        },
        now,
        of_new=True,
    )


@atomic_with_retry
def told_already(
    *, module: OperationModule, address: str, now: datetime, decided: bool = False
) -> None:
    """Somebody typed an address that took part before: its owner is told, once a day at most;
    `decided` says that there is a result to read again.

    It may have been an alias of it: the letter goes to the address that plays. The page says the
    same to everybody (R33). An entry that still waits has given way before.
    """
    profile = by_email(email=address) or Profile(email_folded=emails.folded(address))
    rows = Participation.objects.select_related("operation", "profile").filter(
        slots.of_person(profile), module=module, is_test=False
    )
    counted = rows.filter(state=ParticipationState.COUNTED)
    earlier = counted.order_by("-created_at", "-id").first()
    if earlier is None:
        return
    context = {
        "path": _path("operations:choices", earlier, Purpose.CHOICES),
        "result_path": _path("operations:thanks", earlier, Purpose.THANKS),
        "decided": decided,
    }
    _queue(earlier, "operation_again", context, now, turn=local(now).date().isoformat())


def receipt(
    *,
    participation: Participation,
    given: Sequence[Consent],
    game: Game,
    now: datetime,
    of_new: bool = False,
) -> None:
    """What was played and what came of it, which brands may write, and the page where each yes is
    taken back.

    `of_new`, here and below: this transaction made the participation, so nothing was sent yet.
    """
    _queue(
        participation,
        "operation_receipt",
        {
            "path": _path("operations:choices", participation, Purpose.CHOICES),
            "brands": _brands(participation, given),
            "played": game.played,
            "result": game.came_to,
        },
        now,
        of_new=of_new,
    )


def result(
    *, participation: Participation, email: ResultEmail, now: datetime, of_new: bool = False
) -> None:
    """What the mechanic has to tell."""
    context = {
        "path": _path("operations:thanks", participation, Purpose.THANKS),
        "choices_path": _path("operations:choices", participation, Purpose.CHOICES),
        **email.context,
    }
    _queue(participation, email.kind, context, now, of_new=of_new)


def _queue(
    participation: Participation,
    kind: str,
    context: dict[str, Any],
    now: datetime,
    *,
    turn: str = "",
    of_new: bool = False,
) -> None:
    profile = participation.profile
    if profile is not None and profile.merged_into is not None:
        profile = profile.merged_into  # two records of one person became one since
    if participation.is_test or profile is None:
        return
    queue(
        kind=kind,
        to=profile.email,
        key=":".join(filter(None, (kind, str(participation.id), turn))),
        context={
            "first_name": participation.fields.get("first_name") or profile.first_name,
            "operation": pick(participation.operation.title, participation.language)
            or participation.operation.name,
            "organisers": _organisers(participation),
            **context,
        },
        now=now,
        profile=profile,
        language=participation.language,
        of_new=of_new,
    )


def _brands(participation: Participation, given: Sequence[Consent]) -> str:
    return formats.join([row.controller_name for row in given], language=participation.language)


def _to_win(participation: Participation) -> str:
    with translation.override(participation.language):
        return prizes.named(participation.module, participation.language)


def _organisers(participation: Participation) -> str:
    """Whose operation it is: the merchant's, as the rules say; the module's brands are with it."""
    module = participation.module
    there = [row for row in module.partners.all() if not optins.is_another(module, row)]
    major, language = current_tenant().name, participation.language
    names = list(dict.fromkeys(optins.name_of(module, row) for row in there))
    if not names:
        return major
    with translation.override(language):
        words = _("%(brand)s avec %(partners)s")
    return words % {"brand": major, "partners": formats.join(names, language=language)}


def _path(name: str, participation: Participation, purpose: Purpose) -> str:
    return reverse(name, args=[links.token_for(purpose=purpose, row_id=participation.id)])


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
