"""What a mechanic answers where it has nothing of its own to say: every mechanic stands on it."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.http import QueryDict
from django.utils.translation import gettext_lazy

from billing.plans import Allowed
from operations.mechanics.shape import Figure, Problem, ResultEmail, SettingsForm, Words
from operations.models import OperationModule, Participation


class BaseMechanic:
    """A mechanic's answers where it has nothing of its own to say."""

    kind: ClassVar[str]
    label: ClassVar[Words]
    hint: ClassVar[Words] = ""
    heading: ClassVar[Words] = ""
    icon: ClassVar[str] = "document"
    held_by: ClassVar[Allowed] = Allowed.GAMES
    needs_rules: ClassVar[bool] = False
    has_winners: ClassVar[bool] = False
    rehearsed: ClassVar[Words] = ""
    receipt: ClassVar[Words] = gettext_lazy("Il confirme votre participation.")
    settings_form: ClassVar[type[SettingsForm]] = SettingsForm

    def check(self, *, module: OperationModule) -> list[Problem]:
        return []

    def prepare(
        self, *, module: OperationModule, now: datetime, author_id: uuid.UUID | None = None
    ) -> None:
        """Nothing to make ready."""

    def questions(self, *, module: OperationModule, language: str) -> Mapping[str, Any]:
        return {}

    def clean(
        self, *, module: OperationModule, data: QueryDict, language: str
    ) -> Mapping[str, Any]:
        return {}

    def undo(self, *, module: OperationModule, participation: Participation, now: datetime) -> None:
        """Nothing to give back."""

    def result(
        self, *, module: OperationModule, participation: Participation, language: str
    ) -> Mapping[str, Any]:
        return {}

    def at_once(
        self,
        *,
        module: OperationModule,
        answers: Mapping[str, Any],
        outcome: Mapping[str, Any] | None,
    ) -> Mapping[str, Any]:
        return {}

    def in_words(
        self, *, module: OperationModule, participation: Participation, language: str
    ) -> str:
        return ""

    def is_decided(self, *, module: OperationModule) -> bool:
        return False

    def outcome_label(self, *, outcome: Mapping[str, Any]) -> str:
        return ""

    def result_email(
        self, *, module: OperationModule, participation: Participation
    ) -> ResultEmail | None:
        return None

    def figures(self, *, module: OperationModule) -> list[Figure]:
        return []

    def ending(self, *, module: OperationModule) -> str:
        return ""

    def close(
        self, *, module: OperationModule, now: datetime, author_id: uuid.UUID | None = None
    ) -> None:
        """Nothing to settle."""
