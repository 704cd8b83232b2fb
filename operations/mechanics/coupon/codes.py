"""The codes of a coupon: always a list of `tenants.rewards`, made by us or brought by the merchant.

So each is given out once, whoever asks at the same time, and the team is told before they run out.
"""

import uuid
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.db import atomic_with_retry
from kernel.errors import ConflictError, InvalidInputError
from operations.models import OperationModule, OperationState
from tenants.programme import codes as importing
from tenants.rewards.code_lists import Imported, import_codes, save_list
from tenants.rewards.giving_codes import generate
from tenants.rewards.models import CodeList, ListedCode

MADE, LIST = "made", "list"
MOST_MADE = 20_000
WARN_BELOW = 20


class AllGivenError(ConflictError):
    """Every code has been given out: this participation is not taken."""

    code = "no_code_left"
    words = gettext_lazy(
        "Tous les codes ont été donnés. Votre participation ne compte pas, "
        "et rien n’est transmis à personne."
    )


class AlreadyMadeError(ConflictError):
    """The list is not what the form said: somebody, or a first click, has added codes already."""

    code = "codes_already_made"
    words = gettext_lazy(
        "Des codes ont été ajoutés entre-temps. Vérifiez combien il y en a avant d’en ajouter."
    )


class BadCodesError(InvalidInputError):
    """Some lines are no codes; none of them was taken."""

    code = "bad_codes"


def list_id_of(module: OperationModule) -> uuid.UUID | None:
    """The list that this module gives from: the one that was chosen, else its own."""
    chosen = str(module.settings.get("list") or "")
    if module.settings.get("codes") != LIST:
        return module.id
    try:
        return uuid.UUID(chosen)
    except ValueError:
        return None


def list_of(module: OperationModule) -> CodeList | None:
    """That list, where it has been made."""
    number = list_id_of(module)
    return CodeList.objects.filter(id=number).first() if number else None


def own_list(*, module: OperationModule, now: datetime) -> CodeList:
    """The list of this module alone, made the first time; named after the operation."""
    short = module.public_id[-6:].upper()
    return save_list(
        list_id=module.id,
        name=f"{module.operation.name[:60]} ({short})",
        warn_below=int(module.settings.get("warn_below") or WARN_BELOW),
        now=now,
        new=True,
    )


@atomic_with_retry
def prepare(*, module: OperationModule, now: datetime) -> None:
    """Going live: the codes are made, once, and the list is watched until the end."""
    row = list_of(module)
    if module.settings.get("codes") != LIST:
        row = row or own_list(module=module, now=now)
        if not ListedCode.objects.filter(code_list=row).exists():
            make(code_list=row, count=int(module.settings.get("count") or 0), now=now)
    if row is not None:
        CodeList.objects.filter(id=row.id).update(in_use=True)


def release(module: OperationModule) -> None:
    """The operation has ended: nobody is told any more that the list runs out."""
    row = list_of(module)
    if row is None:
        return
    others = OperationModule.objects.filter(
        kind=module.kind, removed_at=None, operation__state=OperationState.LIVE
    ).exclude(operation_id=module.operation_id)
    if row.id not in {list_id_of(other) for other in others}:
        CodeList.objects.filter(id=row.id).update(in_use=False)


def make(*, code_list: CodeList, count: int, now: datetime) -> None:
    """Add so many codes that nobody can guess."""
    wanted = min(count, MOST_MADE)
    while wanted > 0:
        found = import_codes(
            code_list_id=code_list.id, texts=[generate() for _n in range(wanted)], now=now
        )
        # A code that there was already, by a chance of one in millions, is made again.
        wanted -= found.new


@atomic_with_retry
def add(
    *,
    code_list: CodeList,
    seen: int,
    count: int,
    pasted: str,
    file: bytes | None,
    now: datetime,
) -> Imported:
    """More codes while people take part: `count` made by us, and those that were pasted or sent.

    `seen` is how many there were when the form was drawn: sent twice, it adds once.
    """
    row = CodeList.objects.select_for_update().get(id=code_list.id)
    if ListedCode.objects.filter(code_list=row).count() != seen:
        raise AlreadyMadeError
    found = Imported()
    if pasted.strip() or file:
        found = importing.import_into(list_id=row.id, pasted=pasted, file=file, now=now)
    make(code_list=row, count=count, now=now)
    found.new += count
    return found


@atomic_with_retry
def bring(*, module: OperationModule, list_id: uuid.UUID, pasted: str, now: datetime) -> None:
    """Codes pasted into the editor: all of them are taken, or the first bad line is named."""
    if list_id == module.id:
        own_list(module=module, now=now)
    found = import_codes(code_list_id=list_id, texts=pasted.splitlines(), now=now)
    if found.rejected:
        bad = found.rejected[0]
        words = _("Ligne %(line)s, « %(text)s » : %(why)s. Aucun code n’est ajouté.")
        told = words % {"line": bad.line, "text": bad.text, "why": bad.why}
        raise BadCodesError(told, param="pasted")
