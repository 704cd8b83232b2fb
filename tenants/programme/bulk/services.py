"""Asking about a selection, and doing it in the background."""

import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from kernel.db import atomic_with_retry
from kernel.errors import InvalidInputError, NotFoundError
from kernel.jobs import services as jobs
from kernel.jobs.models import Job
from kernel.jobs.types import Progress, Step
from tenants.features import require
from tenants.programme.bulk.acts import ACTS
from tenants.programme.bulk.models import Item, ItemState, Selection
from tenants.programme.bulk.shapes import Act, Call

KIND = "programme.bulk"
_ROWS_A_STEP = 300
_ROWS_AT_ONCE = 2_000
_UNANSWERED_FOR = timedelta(days=1)


class NothingSelectedError(InvalidInputError):
    """A bulk act needs at least one row."""

    code = "nothing_selected"
    words = gettext_lazy("Cochez au moins une ligne.")


class UnknownSelectionError(NotFoundError):
    """There is no such selection."""

    code = "unknown_selection"
    words = gettext_lazy("Cette sélection n’existe plus. Recommencez depuis la liste.")


@atomic_with_retry
def prepare(
    *,
    act: str,
    rows: QuerySet[Any],
    author_id: uuid.UUID | None,
    now: datetime,
    args: Mapping[str, Any] | None = None,
) -> Selection:
    """Keep which rows were chosen, and to which of them the act applies; nothing is done yet.

    `args` are plain values without personal data. Questions that nobody answered for a day are
    forgotten. Raises NothingSelectedError.
    """
    found = ACTS[act]
    _forget_unanswered(now)
    selection = Selection.objects.create(
        act=act, args=dict(args or {}), author_id=author_id, created_at=now
    )
    ids = rows.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=_ROWS_AT_ONCE)
    for some in _batches(iter(ids)):
        codes = found.judge(_call(selection, some, now))
        Item.objects.bulk_create(
            [
                Item(
                    selection=selection,
                    subject_id=number,
                    state=ItemState.SKIPPED if number in codes else ItemState.OPEN,
                    code=codes.get(number, ""),
                )
                for number in some
            ]
        )
        selection.total += len(some)
        selection.applicable += len(some) - len(codes)
    if not selection.total:
        raise NothingSelectedError
    selection.save(update_fields=["total", "applicable"])
    return selection


@atomic_with_retry
def start(*, selection_id: uuid.UUID, author_id: uuid.UUID | None, now: datetime) -> Selection:
    """Do it, in the background. Twice is once."""
    selection = get(selection_id=selection_id, lock=True)
    if selection.job_id is None:
        job = jobs.start(
            kind=KIND,
            params={"selection_id": str(selection.id), "act": selection.act},
            now=now,
            author_id=author_id,
            key=f"bulk:{selection.id}",
            total=selection.applicable,
        )
        selection.job_id, selection.author_id = job.id, author_id
        selection.save(update_fields=["job_id", "author_id"])
    return selection


def step(job: Job, now: datetime) -> Progress:
    """Do the next rows. Each is done once: its state is written with what was done."""
    selection = get(selection_id=uuid.UUID(job.params["selection_id"]), lock=True)
    act = act_of(selection)
    if act.feature is not None:
        require(act.feature)
    items = list(selection.items.filter(state=ItemState.OPEN).order_by("id")[:_ROWS_A_STEP])
    failed = act.apply(_call(selection, [item.subject_id for item in items], now)) if items else {}
    for item in items:
        item.code = failed.get(item.subject_id, "")
        item.state = ItemState.FAILED if item.code else ItemState.DONE
    Item.objects.bulk_update(items, ["state", "code"])
    selection.failed += len(failed)
    selection.save(update_fields=["failed"])
    return Progress(
        done=job.done + len(items),
        finished=len(items) < _ROWS_A_STEP,
        result={"failed": selection.failed, "selection": selection.public_id},
    )


def get(*, selection_id: uuid.UUID, lock: bool = False) -> Selection:
    """The selection; UnknownSelectionError when there is none."""
    rows = Selection.objects.select_for_update() if lock else Selection.objects.all()
    selection = rows.filter(id=selection_id).first()
    if selection is None or selection.act not in ACTS:
        raise UnknownSelectionError
    return selection


def act_of(selection: Selection) -> Act:
    """What is to be done with it."""
    return ACTS[selection.act]


def job_of(selection: Selection) -> Job:
    """The work of a selection that was confirmed."""
    if selection.job_id is None:
        raise UnknownSelectionError
    return jobs.get(job_id=selection.job_id)


def _call(selection: Selection, ids: list[uuid.UUID], now: datetime) -> Call:
    return Call(ids=ids, args=selection.args, author_id=selection.author_id, now=now)


def _batches(ids: Iterator[uuid.UUID]) -> Iterator[list[uuid.UUID]]:
    while some := list(islice(ids, _ROWS_AT_ONCE)):
        yield some


def _forget_unanswered(now: datetime) -> None:
    old = Selection.objects.filter(job_id__isnull=True, created_at__lt=now - _UNANSWERED_FOR)
    old.delete()


JOBS: dict[str, Step] = {KIND: step}
