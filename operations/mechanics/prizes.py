"""The prizes of a module, for every mechanic that gives some: their form, and their fixed rows.

While an operation is prepared they are `settings["prizes"]`, a list of `{"number", "name",
"description", "stock", "value"}`: they are copied and rehearsed with the module. Going live writes
the rows (`freeze`); from then on these alone count.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kernel.db import insert_if_absent
from operations.mechanics.blocks import BlocksForm
from operations.mechanics.shape import Problem
from operations.models import OperationModule, OperationPrize
from operations.words import pair, pick, spread
from shell import formats
from shell.fields import IntegerField, MoneyField

MOST_KINDS = 8
NAME, DESCRIPTION = 80, 200
DEAREST = 10_000_000
# How many kinds a sentence names.
_NAMED = 3
_PARTS = ("name_fr", "name_en", "stock", "value", "description_fr", "description_en")


class PrizeRow(NamedTuple):
    """The fields of one prize in the editor; `open` where something stands in it."""

    number: int
    open: bool
    name_fr: BoundField
    name_en: BoundField
    stock: BoundField
    value: BoundField
    description_fr: BoundField
    description_en: BoundField


class PrizesForm(BlocksForm):
    """Put before a mechanic's own fields: up to eight prizes, `most` pieces in all."""

    needed = ("name_fr", "stock")
    most = 10_000

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MOST_KINDS + 1):
            self._add(f"p{number}")
        self.show_needed()

    def _add(self, key: str) -> None:
        def line(label: Any, most: int) -> forms.CharField:
            return forms.CharField(label=label, required=False, max_length=most)

        self.fields[f"{key}-name_fr"] = line(gettext_lazy("Lot, en français"), NAME)
        self.fields[f"{key}-name_en"] = line(gettext_lazy("Lot, en anglais"), NAME)
        self.fields[f"{key}-stock"] = IntegerField(
            label=gettext_lazy("Nombre à gagner"), minimum=1, maximum=self.most, required=False
        )
        self.fields[f"{key}-value"] = MoneyField(
            label=gettext_lazy("Valeur de chacun"), minimum=1, maximum=DEAREST, required=False
        )
        label = gettext_lazy("Description, en français")
        self.fields[f"{key}-description_fr"] = line(label, DESCRIPTION)
        label = gettext_lazy("Description, en anglais")
        self.fields[f"{key}-description_en"] = line(label, DESCRIPTION)

    @classmethod
    def initial_of(cls, settings: Mapping[str, Any]) -> dict[str, Any]:
        # Most often there is one of it.
        found: dict[str, Any] = {} if settings.get("prizes") else {"p1-stock": 1}
        for row in settings.get("prizes") or ():
            key = f"p{row['number']}"
            found |= spread(row.get("name"), f"{key}-name")
            found |= spread(row.get("description"), f"{key}-description")
            found |= {f"{key}-stock": row.get("stock"), f"{key}-value": row.get("value")}
        return found

    def rows(self) -> list[PrizeRow]:
        rows = []
        for number in range(1, MOST_KINDS + 1):
            bound = [self[f"p{number}-{part}"] for part in _PARTS]
            filled = any(field.value() or field.errors for field in bound)
            rows.append(PrizeRow(number, filled, *bound))
        return rows

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for number in range(1, MOST_KINDS + 1):
            key = f"p{number}"
            if _is_empty({part: data.get(f"{key}-{part}") for part in _PARTS}, number):
                continue
            if not data.get(f"{key}-name_fr") and f"{key}-name_fr" not in self.errors:
                self.add_error(f"{key}-name_fr", _("Nommez ce lot, par exemple Lampe Halo."))
            if not data.get(f"{key}-stock") and f"{key}-stock" not in self.errors:
                self.add_error(f"{key}-stock", _("Indiquez combien il y en a à gagner."))
        total = sum(data.get(f"p{number}-stock") or 0 for number in range(1, MOST_KINDS + 1))
        if total > self.most:
            words = _("Proposez %(most)s lots au plus dans un module.") % {
                "most": formats.number(self.most)
            }
            self.add_error("p1-stock", words)
        return data

    def prizes(self) -> list[dict[str, Any]]:
        """What is kept of the prizes."""
        data = self.cleaned_data
        return [
            {
                "number": number,
                "name": pair(data, f"p{number}-name"),
                "description": pair(data, f"p{number}-description"),
                "stock": data[f"p{number}-stock"],
                "value": data.get(f"p{number}-value"),
            }
            for number in range(1, MOST_KINDS + 1)
            if data.get(f"p{number}-name_fr")
        ]

    def settings(self) -> dict[str, Any]:
        return {"prizes": self.prizes()}


def _is_empty(typed: Mapping[str, Any], number: int) -> bool:
    """Whether nobody typed anything: the first prize comes with a number that we proposed."""
    said = {part: value for part, value in typed.items() if value}
    return not said or (number == 1 and said == {"stock": 1})


def how_it_comes(*, description: Any, words: Any, language: str) -> dict[str, Any]:
    """Context of the winner's email: what the prize is, and the merchant's words on how it comes.

    `says_how` is False where there are none: the email then says who will write.
    """
    told, how = pick(description, language), pick(words, language)
    return {"description": how or told, "details": told if how else "", "says_how": bool(how)}


def missing(module: OperationModule) -> list[Problem]:
    """Nothing to win keeps a module from going live."""
    if module.settings.get("prizes"):
        return []
    return [Problem(_("Ajoutez au moins un lot à gagner."))]


def freeze(*, module: OperationModule, now: datetime) -> list[OperationPrize]:
    """The rows of this module's prizes, written the first time; again changes nothing."""
    there = list(OperationPrize.objects.filter(module=module))
    if there:
        return there
    insert_if_absent(
        [
            OperationPrize(
                module=module,
                number=row["number"],
                name=row["name"],
                description=row.get("description") or {},
                stock=row["stock"],
                value=row.get("value"),
                created_at=now,
            )
            for row in module.settings.get("prizes") or ()
        ]
    )
    return list(OperationPrize.objects.filter(module=module))


def told(module: OperationModule, language: str) -> list[dict[str, Any]]:
    """What people may know of the prizes: of the settings, which going live wrote down alike."""
    return [
        {
            "name": pick(row["name"], language),
            "description": pick(row.get("description"), language),
            "stock": row["stock"],
            "value": row.get("value"),
        }
        for row in module.settings.get("prizes") or ()
    ]


def named(module: OperationModule, language: str) -> str:
    """What can be won, in a line: the first three prizes by name, and that there are others."""
    rows = told(module, language)
    said = [
        f"{formats.number(row['stock'], language=language)} × {row['name']}"
        if row["stock"] > 1
        else row["name"]
        for row in rows[:_NAMED]
        if row["name"]
    ]
    if len(rows) > _NAMED:
        said.append(_("d’autres lots"))
    return formats.join(said, language=language)


def unwon(*, left: int, total: int) -> str:
    """What becomes of prizes that nobody will win, for whoever is about to end it."""
    words = ngettext(
        "%(left)s lot sur %(total)s n’a pas de gagnant. Il ne pourra plus être gagné : il vous"
        " reste, sauf si votre règlement en dispose autrement.",
        "%(left)s lots sur %(total)s n’ont pas de gagnant. Ils ne pourront plus être gagnés : ils"
        " vous restent, sauf si votre règlement en dispose autrement.",
        left,
    )
    return words % {"left": formats.number(left), "total": formats.number(total)}


def as_won(prize: OperationPrize) -> dict[str, Any]:
    """What an outcome keeps of a prize: its words and value of that day."""
    return {
        "prize": prize.number,
        "name": prize.name,
        "description": prize.description,
        "value": prize.value,
    }
