"""What is carried from the major to the minor: plain values, so that no row crosses by itself."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Proof:
    """A yes to the minor, in its exact words, as it was given to the major (D2)."""

    id: uuid.UUID
    purpose: str
    controller_name: str
    policy_url: str
    text: str
    text_hash: str
    language: str
    form_version: str
    source: dict[str, str]
    granted_at: datetime
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Carried:
    """One participation: a count, or with `proof` the fields that were asked for this partner."""

    operation_id: uuid.UUID
    participation_id: uuid.UUID
    module_id: uuid.UUID
    day: date
    source_kind: str
    brought_by: str
    source_ref: str = ""
    is_first: bool = False
    is_first_in_module: bool = False
    is_first_optin: bool = False
    fields: dict[str, str] = field(default_factory=dict)
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A yes that ended; `how` is where: "erasure" where the person asked to be forgotten."""

    operation_id: uuid.UUID
    participation_id: uuid.UUID
    how: str


@dataclass(frozen=True, slots=True)
class Description:
    """What a minor may know of an operation; `version` is a hash of all the rest."""

    operation_id: uuid.UUID
    partnership_id: uuid.UUID
    major_id: uuid.UUID
    values: dict[str, Any]
    version: str
