"""What is typed when a received person's answers are put right."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kernel.errors import RicochetError
from operations.fields import KNOWN, LONGEST
from shell.fields import DateField
from shell.forms import HouseForm


class CorrectForm(HouseForm):
    """One input for each thing that was asked for this merchant: `answers` as `people.answers`."""

    def __init__(
        self, data: Any = None, *, answers: Mapping[str, tuple[str, str]], has_record: bool
    ) -> None:
        super().__init__(data)
        for name, (label, value) in answers.items():
            if name == "birth_date":
                self.fields[name] = DateField(label=label, required=False, initial=_day(value))
                continue
            self.fields[name] = forms.CharField(
                label=label,
                initial=value,
                max_length=254 if name == "email" else LONGEST,
                required=name == "email" and has_record,
                error_messages={
                    "required": _("Indiquez une adresse e-mail, ou effacez la personne.")
                },
            )

    def clean(self) -> dict[str, Any]:
        """Each answer as its form had it: an address in lower case, a telephone in full."""
        data = super().clean() or {}
        for name, typed in list(data.items()):
            known = KNOWN.get(name)
            if not typed:
                data[name] = ""
            elif isinstance(typed, date):
                data[name] = typed.isoformat()
            elif known is not None:
                try:
                    data[name] = known.clean(" ".join(typed.split()))
                except RicochetError as error:
                    self.add_error(name, ValidationError(error.message))
        return data


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
