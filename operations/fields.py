"""What a module asks of people: the fields there are, and how an answer is cleaned.

`OperationModule.fields` holds `{"name", "required", "partners"}` for each field that is asked.
The email is always asked. A question of the merchant's own is named `q1`, `q2`… and brings its
`label` in both languages, its `kind` (text or choice) and its `choices`.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import phonenumbers
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.errors import InvalidInputError
from operations.models import OperationModule
from operations.words import pick
from shell import formats, parsing
from tenants.profiles import emails
from tenants.profiles.names import clean_name

LONGEST = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_POSTCODE = re.compile(r"[0-9A-Z][0-9A-Z -]{2,9}\Z")
OWN_QUESTION = re.compile(r"q[1-9]\Z")


def _email(text: str) -> str:
    return emails.clean(text)


def _name(text: str) -> str:
    return clean_name(text, param="name")


def _phone(text: str) -> str:
    try:
        number = phonenumbers.parse(text, "FR")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise InvalidInputError(_("Saisissez un numéro de téléphone, par exemple 06 12 34 56 78."))
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _birth_date(text: str) -> str:
    try:
        born = parsing.day(text)
    except ValueError:
        born = None
    if born is None or not date(1900, 1, 1) <= born:
        raise InvalidInputError(_("Saisissez votre date de naissance, par exemple 17/04/1990."))
    return born.isoformat()


def _postcode(text: str) -> str:
    found = text.upper()
    if not _POSTCODE.match(found):
        raise InvalidInputError(_("Saisissez un code postal, par exemple 69002."))
    return found


def _line(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class KnownField:
    """A field that every operation can ask for."""

    name: str
    label: str | Promise
    clean: Callable[[str], str]
    missing: str | Promise
    kind: str = "text"
    autocomplete: str = ""
    inputmode: str = ""


KNOWN: dict[str, KnownField] = {
    known.name: known
    for known in (
        KnownField(
            "first_name",
            gettext_lazy("Prénom"),
            _name,
            gettext_lazy("Indiquez votre prénom."),
            autocomplete="given-name",
        ),
        KnownField(
            "last_name",
            gettext_lazy("Nom"),
            _name,
            gettext_lazy("Indiquez votre nom."),
            autocomplete="family-name",
        ),
        KnownField(
            "email",
            gettext_lazy("Adresse e-mail"),
            _email,
            gettext_lazy("Indiquez votre adresse e-mail, par exemple camille@exemple.fr."),
            kind="email",
            autocomplete="email",
            inputmode="email",
        ),
        KnownField(
            "phone",
            gettext_lazy("Téléphone"),
            _phone,
            gettext_lazy("Indiquez votre téléphone, par exemple 06 12 34 56 78."),
            kind="tel",
            autocomplete="tel",
            inputmode="tel",
        ),
        KnownField(
            "birth_date",
            gettext_lazy("Date de naissance"),
            _birth_date,
            gettext_lazy("Indiquez votre date de naissance, par exemple 17/04/1990."),
            autocomplete="bday",
        ),
        KnownField(
            "postcode",
            gettext_lazy("Code postal"),
            _postcode,
            gettext_lazy("Indiquez votre code postal, par exemple 69002."),
            autocomplete="postal-code",
        ),
        KnownField(
            "city",
            gettext_lazy("Ville"),
            _line,
            gettext_lazy("Indiquez votre ville."),
            autocomplete="address-level2",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One field of a module's form, in one language."""

    name: str
    label: str
    required: bool
    partners: tuple[str, ...]
    kind: str = "text"
    choices: tuple[str, ...] = ()
    autocomplete: str = ""
    inputmode: str = ""


class FieldsError(InvalidInputError):
    """Some answers cannot be taken: `errors` has a sentence for each input's name.

    `answers` holds those that can: what else is wrong is told at the same time.
    """

    code = "participation_fields"
    status = 422

    def __init__(self, errors: Mapping[str, str], answers: Mapping[str, str] | None = None) -> None:
        super().__init__(next(iter(errors.values()), ""), param=next(iter(errors), None))
        self.errors = dict(errors)
        self.answers = dict(answers or {})


class UnknownFieldsError(InvalidInputError):
    """The form holds something that was not asked for (R26)."""

    code = "fields_not_asked"
    words = gettext_lazy(
        "Ce formulaire contient des réponses qui n’étaient pas demandées. Rouvrez la page"
        " et recommencez."
    )


def asked(module: OperationModule, *, language: str) -> list[Asked]:
    """What the form asks, in order. The email is always there, and required."""
    return [_asked(row, language) for row in _rows(module)]


def _rows(module: OperationModule) -> list[dict[str, Any]]:
    """What is asked. The email is, whatever the merchant chose, and goes wherever anything goes: by
    it a partner keeps the proof of the yes, and finds the person when the yes ends (D2, D4, D6).
    """
    partners = [str(one) for row in module.fields for one in row.get("partners") or ()]
    email = {"name": "email", "required": True, "partners": list(dict.fromkeys(partners))}
    rows = [{**row, **email} if row["name"] == "email" else row for row in module.fields]
    return rows if any(row["name"] == "email" for row in rows) else [*rows, email]


def _asked(row: Mapping[str, Any], language: str) -> Asked:
    name = str(row["name"])
    known = KNOWN.get(name)
    partners = tuple(str(partner) for partner in row.get("partners") or ())
    required = bool(row.get("required")) or name == "email"
    if known is not None:
        return Asked(
            name=name,
            label=str(known.label),
            required=required,
            partners=partners,
            kind=known.kind,
            autocomplete=known.autocomplete,
            inputmode=known.inputmode,
        )
    choices = tuple(pick(choice, language) for choice in row.get("choices") or ())
    return Asked(
        name=name,
        label=pick(row.get("label"), language),
        required=required,
        partners=partners,
        kind="choice" if choices else "text",
        choices=choices,
    )


def clean(module: OperationModule, values: Mapping[str, str], *, language: str) -> dict[str, str]:
    """The answers, tidied, by field name; what was left empty is left out.

    UnknownFieldsError where something else was sent, FieldsError with a sentence for each field.
    """
    fields = asked(module, language=language)
    if set(values) - {field.name for field in fields}:
        raise UnknownFieldsError
    cleaned: dict[str, str] = {}
    errors: dict[str, str] = {}
    for field in fields:
        try:
            answer = _answer(field, values.get(field.name, ""))
        except InvalidInputError as error:
            errors[field.name] = error.message
        else:
            if answer:
                cleaned[field.name] = answer
    if errors:
        raise FieldsError(errors, cleaned)
    return cleaned


def _answer(field: Asked, typed: str) -> str:
    text = " ".join(_CONTROL.sub(" ", typed).split())
    known = KNOWN.get(field.name)
    if not text:
        if field.required:
            raise InvalidInputError(
                str(known.missing) if known is not None else _("Répondez à cette question.")
            )
        return ""
    if len(text) > LONGEST and field.name != "email":
        raise InvalidInputError(
            _("Écrivez au plus %(most)s caractères.") % {"most": formats.number(LONGEST)}
        )
    if field.choices and text not in field.choices:
        raise InvalidInputError(_("Choisissez une des réponses proposées."))
    return known.clean(text) if known is not None else text


def age_on(born: date, day: date) -> int:
    """Full years on a day; born on 29 February, one is a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def going_to(module: OperationModule, partnership_id: object) -> list[str]:
    """The names of the fields that go to one partner, once the person agreed to that."""
    return [
        str(row["name"])
        for row in _rows(module)
        if str(partnership_id) in {str(partner) for partner in row.get("partners") or ()}
    ]


def with_email(ticked: Collection[str]) -> set[str]:
    """What goes to a partner: nothing, or the email with whatever was chosen."""
    return {"email", *ticked} if ticked else set()


def within(field: Asked) -> str:
    """A label inside a sentence: ours without a capital, a question in its marks."""
    if field.name in KNOWN:
        return f"{field.label[:1].lower()}{field.label[1:]}"
    return _("« %(question)s »") % {"question": field.label}
