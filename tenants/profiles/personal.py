"""Where personal data lie: every table that tells something of a customer, declared by its room.

One declaration serves three ends: a test fails where a personal field states no purpose and no
time (D6), a person's file gathers all that is declared, and erasing blanks it. Each room has its
own `personal.py`; `config.personal` merges them.
"""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string

from tenants.profiles.models import PURPOSES, Consent, ImportRow, Profile


class End(StrEnum):
    """Why somebody is forgotten; consents keep it as `how`."""

    WISH = "erasure"
    TIME = "time"


Erase = Callable[[Collection[uuid.UUID], datetime, End], None]
Redact = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Personal:
    """One table, as seen from a person.

    `person` is the lookup from a row to the customer's id. `purposes` says of each personal field
    what it is for and how long it is kept; `technical` names the other texts, which tell nothing of
    a person. Erasing writes `blank`, deletes the rows (`forget`), or calls `erase`. `withheld`
    fields (secrets, hashes) are not in a person's file, and `redact` takes out of a row of it what
    is another person's to read.

    `contact` tells whether a row makes more of somebody than a prospect, who is forgotten three
    years after the last contact: None says that it does, the name of a field that the row is a
    contact of that time, "" that it is neither.
    """

    model: type[models.Model]
    person: str
    name: str
    purposes: Mapping[str, str] = field(default_factory=dict)
    technical: frozenset[str] = frozenset()
    blank: Mapping[str, Any] = field(default_factory=dict)
    forget: bool = False
    erase: Erase | None = None
    withheld: frozenset[str] = frozenset()
    redact: Redact | None = None
    contact: str | None = None

    def rows(self, ids: Collection[uuid.UUID]) -> models.QuerySet[Any]:
        """The rows about these records of one person."""
        return self.model._base_manager.filter(**{f"{self.person}__in": list(ids)})


def declared() -> tuple[Personal, ...]:
    """Every room's declarations."""
    found: tuple[Personal, ...] = import_string(settings.PERSONAL_DATA)
    return found


def texts(model: type[models.Model]) -> set[str]:
    """The fields of a table that could hold anything: what a declaration has to speak of."""
    kinds = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
    fields = model._meta.concrete_fields
    return {f.name for f in fields if isinstance(f, kinds) and not f.choices}


PERSONAL = (
    Personal(
        Profile,
        "id",
        "fiche",
        purposes=PURPOSES,
        technical=frozenset({"source"}),
        blank={
            "email": "",
            "email_key": None,
            "email_folded": "",
            "phone": "",
            "first_name": "",
            "last_name": "",
            "gender": "",
            "shop": "",
            "external_id": None,
            "notes": "",
            "search_text": "",
        },
        withheld=frozenset({"search_text", "email_key", "email_folded"}),
        contact="",
    ),
    Personal(
        ImportRow,
        "profile_id",
        "lignes-importees",
        purposes=dict.fromkeys(
            ("email_key", "external_id", "phone", "data", "problems", "before"),
            "Take a file of customers in and back; 7 days.",
        ),
        forget=True,
        withheld=frozenset({"before", "email_key"}),
        contact="",
    ),
    # The proof of a yes stays, of somebody who has no name any more (D2).
    Personal(
        Consent,
        "profile_id",
        "accords",
        purposes={
            "text": "Prove what the person agreed to; 3 years after the agreement ended.",
            "source": "Prove where the person agreed, by ids; as long as the text.",
        },
        technical=frozenset(
            {
                "controller_name",
                "policy_url",
                "text_hash",
                "language",
                "form_version",
                "source_kind",
            }
        ),
        contact="granted_at",
    ),
)
