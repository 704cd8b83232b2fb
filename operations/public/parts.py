"""The page's modules as its template draws them: fields, boxes and errors, values never lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from operations import fields, optins
from operations.fields import Asked
from operations.mechanics import mechanic_of
from operations.mechanics.shape import Mechanic
from operations.models import OperationModule
from operations.words import pick


@dataclass(frozen=True, slots=True)
class Drawn:
    """One field with what was typed and what is wrong with it."""

    asked: Asked
    id: str
    value: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """One brand's box; ticked only when this person ticked it before an error."""

    optin: optins.OptIn
    id: str
    ticked: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One module on the page. `seal` is empty where there is nothing to send.

    Of several modules each is a step: `number` of `of`, of which one is open. See `public.steps`.
    """

    module: OperationModule
    mechanic: Mechanic
    title: str
    button: str
    seal: str
    fields: list[Drawn]
    boxes: list[Box]
    questions: Mapping[str, Any]
    play_template: str
    sent: QueryDict
    errors: Mapping[str, str] = field(default_factory=dict)
    said: str = ""
    number: int = 0
    of: int = 0
    open: bool = True
    done: bool = False

    @property
    def heading(self) -> str:
        """The merchant's title; else what the step is, or the button's words of a single module."""
        return self.title or (str(self.mechanic.heading) if self.of else "") or self.button

    @property
    def problems(self) -> list[tuple[str, str]]:
        """For the summary on top: where to go, and the words that stand there, too."""
        ids = {drawn.asked.name: drawn.id for drawn in self.fields}
        ids |= {"rules": self.rules_id, "age": self.age_id}
        return [(ids.get(name, name), text) for name, text in self.errors.items()]

    @property
    def rules_id(self) -> str:
        return f"rules-{self.module.public_id[-6:]}"

    @property
    def age_id(self) -> str:
        return f"age-{self.module.public_id[-6:]}"

    @property
    def focus(self) -> str:
        """A box that alone was forgotten is where the person goes on; else "": the summary is."""
        name = next(iter(self.errors), "")
        return name if len(self.errors) == 1 and name in ("rules", "age") else ""

    @property
    def asks_birth(self) -> bool:
        """Whether a date of birth that has to be given tells the age: nobody says it then."""
        return any(d.asked.name == "birth_date" and d.asked.required for d in self.fields)

    @property
    def other_errors(self) -> list[str]:
        """What is wrong with the mechanic's own questions: it shows them at their place as well."""
        names = {drawn.asked.name for drawn in self.fields}
        return [text for name, text in self.errors.items() if name not in names]


def part_of(
    module: OperationModule,
    *,
    language: str,
    seal: str,
    sent: QueryDict | None = None,
    errors: Mapping[str, str] | None = None,
    said: str = "",
) -> Part:
    """A module as it is drawn, with what somebody sent and what was wrong with it."""
    mechanic = mechanic_of(module)
    data = sent if sent is not None else QueryDict()
    wrong = dict(errors or {})
    questions = mechanic.questions(module=module, language=language)
    short = module.public_id[-6:]
    return Part(
        module=module,
        mechanic=mechanic,
        title=pick(module.title, language),
        button=str(questions.get("button") or "") or _("Participer"),
        seal=seal,
        fields=[
            Drawn(
                asked=asked,
                id=f"{asked.name}-{short}",
                value=data.get(asked.name, ""),
                error=wrong.get(asked.name, ""),
            )
            for asked in fields.asked(module, language=language)
        ],
        boxes=[
            Box(optin, id=f"box-{number}-{short}", ticked=optin.key in data.getlist("box"))
            for number, optin in enumerate(optins.offered(module, language=language))
        ],
        questions=questions,
        play_template=f"operations/mechanics/{mechanic.kind}/play.html",
        sent=data,
        errors=wrong,
        said=said,
    )
