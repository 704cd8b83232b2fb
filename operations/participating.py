"""`participate`: the one way to take part, whatever page, widget or program it came through."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from kernel.db import atomic_with_retry, gathered, prepared_cursor
from kernel.errors import RicochetError
from operations import counting, fields, official, optins, slots
from operations.errors import (
    AlreadyTookPartError,
    KeyReusedError,
    NotOpenYetError,
    OperationOverError,
    RulesNotAcceptedError,
    StaleFormError,
    TooYoungError,
    UnknownOperationError,
)
from operations.mechanics import mechanic_of
from operations.models import (
    OperationModule,
    Participation,
    ParticipationState,
    SourceKind,
)
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity, find_or_create
from tenants.programme.dates import local


@dataclass(frozen=True, slots=True)
class Submission:
    """What somebody sent, as strings; every box that is not named was left unticked.

    `key` is the form's own, so that the same form sent twice is one participation. `version` is
    what `optins.form_version` was when the form was shown. `data` holds the mechanic's inputs.
    """

    key: str
    version: str
    fields: Mapping[str, str]
    boxes: frozenset[str] = frozenset()
    data: QueryDict = field(default_factory=QueryDict)
    language: str = "fr"
    accepts_rules: bool = False
    old_enough: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """How the person came: `ref` names the widget or link, `partnership_id` who brought them."""

    kind: SourceKind = SourceKind.SITE
    ref: str = ""
    partnership_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """The participation, and whether this very form had been taken before."""

    participation: Participation
    replayed: bool = False


def participate(
    *,
    module: OperationModule,
    submission: Submission,
    source: Source,
    now: datetime,
    test: bool = False,
) -> Taken:
    """Take part, once by key and by the module's rule; all of it in one transaction or nothing.

    `module` comes with its operation and partners. Raises the errors of `operations.errors`, and
    `fields.FieldsError` with a sentence for each input. The same form sent again answers as before.
    """
    body = body_hash(module, submission)
    replay = _replay(submission.key, body)
    if replay is not None:
        return replay
    _check_open(module, now, test=test)
    if test:
        optins.as_if_agreed(module)
    if submission.version != optins.form_version(module):
        raise StaleFormError
    boxes = _boxes(module, submission)
    answers = _answered(module, submission, day=local(now).date())
    participation = Participation(
        operation=module.operation,
        module=module,
        source_kind=source.kind,
        source_ref=source.ref[:80],
        source_partnership_id=source.partnership_id,
        day=local(now).date(),
        is_test=test,
        rehearsal=module.operation.rehearsal if test else 0,
        state=ParticipationState.PENDING if module.double_optin else ParticipationState.COUNTED,
        language=submission.language,
        fields=answers["fields"],
        answers=answers["mechanic"],
        boxes=sorted(submission.boxes) if test else [],
        going={box.key: fields.going_to(module, box.key) for box in boxes if box.tenant_id},
        form_version=submission.version,
        key=submission.key,
        body_hash=body,
        created_at=now,
    )
    return _take(participation, boxes, now)


@atomic_with_retry
@gathered()
def _take(participation: Participation, boxes: list[optins.OptIn], now: datetime) -> Taken:
    """The person's row is locked first: whoever presses twice at once is served in turn."""
    profile = None
    if not participation.is_test:
        profile, participation.was_new = _person(participation, now)
        participation.profile = profile
        if participation.module.asks_rules:
            participation.rules = official.accepted(operation=participation.operation, now=now)
            participation.rules_accepted_at = now
    if not slots.put(participation, now=now):
        # The same form may have been taken this very moment, before the lock was ours.
        return _replay_or_refuse(participation)
    given = (
        optins.grant(participation=participation, profile=profile, boxes=boxes, now=now)
        if profile is not None and boxes
        else []
    )
    counting.begin(participation=participation, given=given, now=now)
    return Taken(participation)


def _replay_or_refuse(participation: Participation) -> Taken:
    replay = _replay(participation.key, participation.body_hash)
    if replay is None:
        raise AlreadyTookPartError
    return replay


def _person(participation: Participation, now: datetime) -> tuple[Profile, bool]:
    given = participation.fields
    profile, made = find_or_create(
        identity=Identity(
            email=given["email"],
            first_name=given.get("first_name", ""),
            last_name=given.get("last_name", ""),
            phone=given.get("phone", ""),
        ),
        source="operation",
        now=now,
    )
    if made and profile.language != participation.language:
        profile.language = participation.language
        profile.save(update_fields=["language"])
    return profile, made


def _replay(key: str, body: str) -> Taken | None:
    """What the same form came to before; KeyReusedError where it says something else now."""
    with prepared_cursor() as cursor:
        cursor.execute("SELECT id FROM operations_participation WHERE key = %s", [key])
        row = cursor.fetchone()
    if row is None:
        return None
    found = Participation.objects.select_related("module", "operation", "profile").get(id=row[0])
    if found.body_hash != body:
        raise KeyReusedError
    return Taken(found, replayed=True)


def _check_open(module: OperationModule, now: datetime, *, test: bool) -> None:
    operation = module.operation
    if module.removed_at is not None or operation.archived_at is not None:
        raise UnknownOperationError
    if test:
        return
    state = operation.shown_state(now)
    if state == "planned":
        raise NotOpenYetError
    if state == "ended":
        raise OperationOverError
    if state != "live":
        raise UnknownOperationError


def _boxes(module: OperationModule, submission: Submission) -> list[optins.OptIn]:
    offered = optins.offered(module, language=submission.language)
    if submission.boxes - {box.key for box in offered}:
        raise fields.UnknownFieldsError
    return [box for box in offered if box.key in submission.boxes]


def _answered(
    module: OperationModule, submission: Submission, *, day: date
) -> dict[str, dict[str, Any]]:
    """The answers of both kinds; FieldsError with everything that is wrong, all of it at once.

    A single condition that is not met keeps its own error: TooYoungError, RulesNotAcceptedError.
    """
    answers, problems = _cleaned(module, submission)
    conditions: list[RicochetError] = []
    if (young := _too_young(module, submission, answers, problems, day=day)) is not None:
        conditions.append(young)
    if module.asks_rules and not submission.accepts_rules:
        conditions.append(RulesNotAcceptedError(param="rules"))
    if not problems and len(conditions) == 1:
        raise conditions[0]
    problems |= {str(condition.param): condition.said for condition in conditions}
    if problems:
        raise fields.FieldsError(problems)
    return answers


def _cleaned(
    module: OperationModule, submission: Submission
) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """The answers of both kinds, and what is wrong with either: a person sees it all at once."""
    answers: dict[str, dict[str, Any]] = {"fields": {}, "mechanic": {}}
    problems: dict[str, str] = {}
    try:
        answers["fields"] = dict(
            fields.clean(module, submission.fields, language=submission.language)
        )
    except fields.FieldsError as error:
        answers["fields"] = dict(error.answers)
        problems.update(error.errors)
    try:
        answers["mechanic"] = dict(
            mechanic_of(module).clean(
                module=module, data=submission.data, language=submission.language
            )
        )
    except fields.FieldsError as error:
        problems.update(error.errors)
    return answers, problems


def _too_young(
    module: OperationModule,
    submission: Submission,
    answers: Mapping[str, Mapping[str, Any]],
    problems: Mapping[str, str],
    *,
    day: date,
) -> TooYoungError | None:
    """By the date of birth where it is asked, else by the person's word."""
    if not module.minimum_age:
        return None
    words = _("Cette opération est réservée aux personnes de %(age)s ans ou plus.")
    said = words % {"age": module.minimum_age}
    born = answers["fields"].get("birth_date")
    if born:
        young = fields.age_on(date.fromisoformat(born), day) < module.minimum_age
        return TooYoungError(said, param="birth_date") if young else None
    if submission.old_enough or "birth_date" in problems:
        return None
    return TooYoungError(said, param="age")


def body_hash(module: OperationModule, submission: Submission) -> str:
    """What tells whether the same form, sent again, says the same."""
    told = [
        str(module.id),
        submission.version,
        sorted(submission.fields.items()),
        sorted(submission.boxes),
        sorted((name, submission.data.getlist(name)) for name in submission.data),
        submission.accepts_rules,
        submission.old_enough,
    ]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()
