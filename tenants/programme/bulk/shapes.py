"""What a bulk act is: add one to `acts.ACTS`, and the question, the job and its page are there."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.functional import Promise

from kernel.errors import RicochetError
from tenants.features import Feature

Text = str | Promise
Codes = dict[uuid.UUID, str]


@dataclass(frozen=True, slots=True)
class Call:
    """What an act is asked: on which rows, with what, by whom, when."""

    ids: Sequence[uuid.UUID]
    args: Mapping[str, Any]
    author_id: uuid.UUID | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Act:
    """One act on rows of `model`.

    `question` and `consequence` are told with the number of rows it applies to; `verb` is the
    button, `done` the sentence at the end. `judge` gives a code for each row that it does not
    apply to, `apply` does it and gives a code for each row where it could not be done: both are
    sets, and `reasons` has words for the codes. `each` makes an `apply` out of a function for one
    row.
    """

    key: str
    model: type[models.Model]
    nouns: tuple[Text, Text]
    verb: Text
    question: Callable[[int], str]
    consequence: Callable[[int], str]
    done: Callable[[int], str]
    apply: Callable[[Call], Codes]
    back: Callable[[], str]
    judge: Callable[[Call], Codes] = lambda _call: {}
    reasons: Mapping[str, Text] = field(default_factory=dict)
    feature: Feature | None = None
    danger: bool = False
    row_name: Callable[[Any], str] = str
    row_url: Callable[[Any], str] = lambda _row: ""


def each(act: Callable[[uuid.UUID, Call], object]) -> Callable[[Call], Codes]:
    """An `apply` that does rows one by one; a refusal of one leaves the others as they are."""

    def apply(call: Call) -> Codes:
        failed: Codes = {}
        for number in call.ids:
            try:
                with transaction.atomic():
                    act(number, call)
            except RicochetError as error:
                failed[number] = error.code
        return failed

    return apply
