"""The one shape of all mechanics: what the engine asks of them, in the order of a module's life.

A mechanic is one object, registered in `operations.mechanics.MECHANICS`. It holds no state: what a
merchant set is `module.settings`, what a mechanic has to remember lies in tables of its own
(`operations/models/<kind>.py`). It never writes to other rooms' tables, nor commits.

`operations.mechanics.base` answers all that many mechanics have no use for.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.http import QueryDict
from django.utils.functional import Promise

from billing.plans import Allowed
from operations.models import OperationModule, Participation
from shell.forms import HouseForm

Words = str | Promise


class SettingsForm(HouseForm):
    """What a merchant sets of a mechanic, in the editor; bad values get a sentence each.

    Made with `initial=form.initial_of(settings)`; once valid, `settings()` is what is kept.
    `module` is the module that is edited.
    """

    def __init__(self, *args: Any, module: OperationModule, **kwargs: Any) -> None:
        self.module = module
        kwargs.setdefault("initial", self.initial_of(module.settings))
        super().__init__(*args, **kwargs)

    @classmethod
    def initial_of(cls, settings: Mapping[str, Any]) -> dict[str, Any]:
        """What the fields show of settings that were kept."""
        return dict(settings)

    def settings(self) -> dict[str, Any]:
        """What is kept: plain JSON values."""
        return dict(self.cleaned_data)

    def save_more(self, *, now: datetime) -> None:
        """What does not fit into settings (a list of codes, say), in the editor's transaction."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps an operation from going live: what to do about it, said in words."""

    text: str
    step: str = "modules"
    # The public id of the module whose own form mends it, or of the partnership; and its field.
    module: str = ""
    partnership: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a play came to. `kind` names it (taken, won, lost, scored…), `data` is plain JSON.

    Kept on the participation as `{"kind": kind, **data}`; shown to the person and to the team.
    """

    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)

    def stored(self) -> dict[str, Any]:
        return {"kind": self.kind, **self.data}


@dataclass(frozen=True, slots=True)
class ResultEmail:
    """The email of a result: a name of `tenants.messaging.kinds.KINDS`, and its context."""

    kind: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """One count for the results page; `href` leads to the lines that add up to it (B17)."""

    label: Words
    value: int
    context: Words = ""
    href: str = ""


class Mechanic(Protocol):
    """What the engine calls. All arguments by keyword; all in the tenant's schema."""

    @property
    def kind(self) -> str:
        """Its key in the registry and in `OperationModule.kind`."""

    @property
    def label(self) -> Words:
        """What it is called."""

    @property
    def hint(self) -> Words:
        """One sentence: what a merchant does with it."""

    @property
    def heading(self) -> Words:
        """What people read above it as a step of several, where the merchant gave no title."""

    @property
    def icon(self) -> str:
        """A name of `shell.icons`."""

    @property
    def held_by(self) -> Allowed:
        """What a plan has to hold so that a merchant may begin one."""

    @property
    def needs_rules(self) -> bool:
        """Whether it gives something away by chance or merit, so that rules are needed."""

    @property
    def has_winners(self) -> bool:
        """Whether some win what is handed over to them: each is noted by `winning.record`."""

    @property
    def rehearsed(self) -> Words:
        """How a test comes out where chance decides in earnest; "" where both are the same."""

    @property
    def receipt(self) -> Words:
        """What the email that follows the form does, for the page that announces it."""

    @property
    def settings_form(self) -> type[SettingsForm]:
        """The form of its settings; the template is `operations/mechanics/<kind>/editor.html`."""

    def check(self, *, module: OperationModule) -> list[Problem]:
        """What keeps this module from going live; asked again at that moment."""

    def prepare(
        self, *, module: OperationModule, now: datetime, author_id: uuid.UUID | None = None
    ) -> None:
        """In the transaction that goes live (winning moments, say). Again changes nothing.

        Called again when a live operation gets other dates, by `author_id`: what is drawn between
        them follows.
        """

    def questions(self, *, module: OperationModule, language: str) -> Mapping[str, Any]:
        """Context of `play.html`, and of the version of the form. Never an answer, never a code."""

    def clean(
        self, *, module: OperationModule, data: QueryDict, language: str
    ) -> Mapping[str, Any]:
        """The answers to its own questions, as plain JSON; their inputs are named `m-…`.

        Raises `operations.fields.FieldsError`; refuses values that it did not offer.
        """

    def play(
        self,
        *,
        module: OperationModule,
        participation: Participation,
        answers: Mapping[str, Any],
        now: datetime,
    ) -> Outcome:
        """Decide, in the transaction of the participation, once for each.

        The person's row is locked already: lock your own stock after it, rows in key order. Where
        `participation.is_test`, play alike and take nothing from the stock.
        """

    def undo(self, *, module: OperationModule, participation: Participation, now: datetime) -> None:
        """Take back what a play gave, because the participation is voided. Again changes nothing.

        Of rehearsals, too: what a test wrote in tables of the mechanic's own goes away here.
        """

    def result(
        self, *, module: OperationModule, participation: Participation, language: str
    ) -> Mapping[str, Any]:
        """Context of `result.html`, beside `outcome`."""

    def at_once(
        self,
        *,
        module: OperationModule,
        answers: Mapping[str, Any],
        outcome: Mapping[str, Any] | None,
    ) -> Mapping[str, Any]:
        """What the page right after the form shows, in the shape of an outcome.

        Whoever reads it may have typed another's address, and `outcome` is None where that address
        has taken part as often as it may: nothing may tell these apart (R33). It follows from the
        answers, or is what everybody is shown; what is somebody's own (a code) goes by email.
        """

    def in_words(
        self, *, module: OperationModule, participation: Participation, language: str
    ) -> str:
        """A sentence or two for the receipt: what came of it, and what is still to come."""

    def is_decided(self, *, module: OperationModule) -> bool:
        """Whether whoever took part has a result to read, and not only an entry that counts."""

    def outcome_label(self, *, outcome: Mapping[str, Any]) -> str:
        """A few words for the list of participants; "" where there is nothing to say."""

    def result_email(
        self, *, module: OperationModule, participation: Participation
    ) -> ResultEmail | None:
        """The email that tells the result, or None where the receipt says all."""

    def figures(self, *, module: OperationModule) -> list[Figure]:
        """Its own counts, rehearsals left out."""

    def ending(self, *, module: OperationModule) -> str:
        """What ending the operation at this moment comes to, for whoever is about to: what nobody
        has won, and what becomes of it. "" where there is nothing to say.
        """

    def close(
        self, *, module: OperationModule, now: datetime, author_id: uuid.UUID | None = None
    ) -> None:
        """When the operation has ended (a draw, say), in one transaction. Again changes nothing.

        By `author_id`, or None where its day came.
        """
