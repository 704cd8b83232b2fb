"""The shapes of bodies, declared once: they are parsed by it and published in the OpenAPI schema.

Types are strict: "12" is no number, true is no number, 12.0 is no whole number. Unknown fields
are refused by name (R26). `null` stands for a field that is left out. What a value means is asked
of the floors below, as at every door.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from api.body import printable
from kernel.errors import InvalidInputError

# Control characters and half surrogates: no name has them, and databases refuse them.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})\Z"
)
_MOST_WHOLE = 1_000_000_000
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

Schema = dict[str, Any]


class FieldError(InvalidInputError):
    """A field of the body is missing, unknown or of another type."""

    code = "invalid_field"


class UnknownFieldError(InvalidInputError):
    """There is no such field: it is read-only, or it does not exist."""

    code = "unknown_field"


@dataclass(frozen=True, slots=True)
class Text:
    """A text on one line, trimmed; "" where it is left out."""

    most: int
    required: bool = False
    about: str | Promise = ""
    example: str = ""

    def parse(self, value: Any, param: str) -> str:
        if value is None:
            value = ""
        if not isinstance(value, str):
            raise FieldError(_("Indiquez un texte, entre guillemets."), param=param)
        if len(value) > self.most:
            raise FieldError(
                _("Indiquez au plus %(most)s caractères.") % {"most": self.most}, param=param
            )
        if _CONTROL.search(value):
            raise FieldError(_("Retirez les caractères de contrôle."), param=param)
        text = value.strip()
        if self.required and not text:
            raise FieldError(_("Ce champ est obligatoire."), param=param)
        return text

    def schema(self) -> Schema:
        shape: Schema = {"type": "string", "minLength": 1} if self.required else _nullable("string")
        shape["maxLength"] = self.most
        return _with(shape, self.about, self.example)


@dataclass(frozen=True, slots=True)
class Cents:
    """A whole number above zero, in the smallest part of the currency."""

    required: bool = True
    about: str | Promise = ""
    example: int = 8400

    def parse(self, value: Any, param: str) -> int:
        if value is None:
            raise FieldError(_("Ce champ est obligatoire."), param=param)
        if type(value) is not int:
            raise FieldError(
                _("Indiquez un nombre entier de centimes : 8400 pour 84,00."), param=param
            )
        return value

    def schema(self) -> Schema:
        shape = {"type": "integer", "minimum": 1, "maximum": 100_000_000}
        return _with(shape, self.about, self.example)


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number above zero: points."""

    required: bool = True
    about: str | Promise = ""
    example: int = 100

    def parse(self, value: Any, param: str) -> int:
        if value is None:
            raise FieldError(_("Ce champ est obligatoire."), param=param)
        if type(value) is not int or not 1 <= value <= _MOST_WHOLE:
            raise FieldError(_("Indiquez un nombre entier, à partir de 1."), param=param)
        return value

    def schema(self) -> Schema:
        shape = {"type": "integer", "minimum": 1, "maximum": _MOST_WHOLE}
        return _with(shape, self.about, self.example)


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false; false where it is left out."""

    required: bool = False
    about: str | Promise = ""

    def parse(self, value: Any, param: str) -> bool:
        if value is None:
            return False
        if not isinstance(value, bool):
            raise FieldError(_("Indiquez true ou false, sans guillemets."), param=param)
        return value

    def schema(self) -> Schema:
        return _with(_nullable("boolean"), self.about)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    options: tuple[str, ...]
    required: bool = True
    about: str | Promise = ""

    def parse(self, value: Any, param: str) -> str:
        if value is None and self.required:
            raise FieldError(_("Ce champ est obligatoire."), param=param)
        if value is None:
            return ""
        if not isinstance(value, str) or value not in self.options:
            raise FieldError(
                _("Indiquez un de ces mots : %(options)s.") % {"options": ", ".join(self.options)},
                param=param,
            )
        return value

    def schema(self) -> Schema:
        shape: Schema = {"type": "string", "enum": list(self.options)}
        if not self.required:
            shape = {"type": ["string", "null"], "enum": [*self.options, None]}
        return _with(shape, self.about)


@dataclass(frozen=True, slots=True)
class Moment:
    """An RFC 3339 date and time with its offset; None where it is left out."""

    required: bool = False
    about: str | Promise = ""
    example: str = "2026-03-14T15:09:26+01:00"

    def parse(self, value: Any, param: str) -> datetime | None:
        if value is None:
            return None
        moment = None
        if isinstance(value, str) and _RFC3339.match(value):
            try:
                moment = datetime.fromisoformat(value.upper())
            except ValueError:
                moment = None
        if moment is None:
            raise FieldError(
                _("Indiquez une date RFC 3339 avec son décalage : 2026-03-14T15:09:26+01:00."),
                param=param,
            )
        # Far from the calendar's ends, where an offset leads out of it.
        if not 1970 < moment.year < 9000 or moment < _EARLIEST:
            raise FieldError(_("Indiquez une date après 1990."), param=param)
        return moment

    def schema(self) -> Schema:
        return _with(_nullable("string") | {"format": "date-time"}, self.about, self.example)


@dataclass(frozen=True, slots=True)
class Body:
    """An object of declared fields."""

    fields: dict[str, "Text | Cents | Whole | Flag | Choice | Moment | Body"]
    required: bool = True
    about: str | Promise = ""
    any_of: tuple[str, ...] = field(default=())

    def parse(self, value: Any, param: str = "") -> dict[str, Any]:
        """Every declared field's value by name; FieldError, UnknownFieldError with its path."""
        if value is None:
            raise FieldError(_("Ce champ est obligatoire."), param=param)
        if not isinstance(value, dict):
            raise FieldError(_("Envoyez un objet JSON, entre accolades."), param=param)
        prefix = f"{param}." if param else ""
        for name in value:
            if name not in self.fields:
                raise UnknownFieldError(
                    _("Ce champ n’existe pas ici : retirez-le."), param=prefix + printable(name)
                )
        return {
            name: shape.parse(value.get(name), prefix + name) for name, shape in self.fields.items()
        }

    def schema(self) -> Schema:
        shape: Schema = {
            "type": "object",
            "additionalProperties": False,
            "properties": {name: shape.schema() for name, shape in self.fields.items()},
            "required": [name for name, shape in self.fields.items() if shape.required],
        }
        if self.any_of:
            shape["anyOf"] = [
                {
                    "required": [name],
                    "properties": {name: {"type": "string", "minLength": 1}},
                }
                for name in self.any_of
            ]
        return _with({k: v for k, v in shape.items() if v != []}, self.about)


def _nullable(kind: str) -> Schema:
    return {"type": [kind, "null"]}


def _with(shape: Schema, about: str | Promise, example: Any = None) -> Schema:
    if about:
        shape = shape | {"description": about}
    return shape | {"examples": [example]} if example else shape
