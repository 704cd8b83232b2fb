"""The official rules once people may read them: a change is a dated amendment, never a rewriting.

A participation keeps which version was accepted, and when: without personal data, so that it is
proven after an erasure, too.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.db import insert_if_absent
from kernel.errors import ConflictError
from operations.errors import StaleFormError
from operations.models import Operation, RulesVersion
from operations.words import pick

PUBLIC = ("live", "planned")


class RulesStayError(ConflictError):
    """What people accept may be amended, and never taken away."""

    code = "rules_stay"
    words = _("Le règlement d’une opération en ligne se modifie, mais ne s’efface pas.")


def hash_of(text: Mapping[str, Any]) -> str:
    """The SHA-256 of a text in all its languages, in hexadecimal."""
    told = json.dumps(dict(text), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def versions(*, operation: Operation) -> list[RulesVersion]:
    """All of them, the one in force last; none before the operation is online."""
    return list(operation.rules_versions.order_by("number"))


def in_force(*, operation: Operation, now: datetime) -> RulesVersion | None:
    """The version of today; an operation that went online before versions were kept gets its first
    one here. None where there are no rules.
    """
    latest = operation.rules_versions.order_by("-number").first()
    if latest is None and pick(operation.rules, "fr"):
        _add(operation, 1, operation.live_at or now)
        latest = operation.rules_versions.order_by("-number").first()
    return latest


def accepted(*, operation: Operation, now: datetime) -> RulesVersion | None:
    """What somebody accepts who read `operation.rules`; StaleFormError if amended meanwhile."""
    latest = in_force(operation=operation, now=now)
    if latest is not None and latest.text_hash != hash_of(operation.rules):
        raise StaleFormError
    return latest


def amend(*, operation: Operation, text: Mapping[str, str], now: datetime) -> None:
    """Of a locked operation, before it takes the new text: what was in force stays readable.

    RulesStayError where nothing would be left to read.
    """
    if operation.shown_state(now) not in PUBLIC or hash_of(text) == hash_of(operation.rules):
        return
    if pick(operation.rules, "fr") and not pick(text, "fr"):
        raise RulesStayError(param="rules_fr")
    before = in_force(operation=operation, now=now)
    operation.rules = dict(text)
    _add(operation, before.number + 1 if before is not None else 1, now)


def _add(operation: Operation, number: int, since: datetime) -> None:
    row = RulesVersion(
        operation=operation,
        number=number,
        text=operation.rules,
        text_hash=hash_of(operation.rules),
        since=since,
    )
    insert_if_absent([row])
