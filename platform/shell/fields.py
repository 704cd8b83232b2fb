"""Form fields that take what French people type and paste (B5), and answer in plain words (B4)."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.money import CURRENCIES, POINTS
from shell import formats, parsing

_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$"}


class _TypedField(forms.Field):
    """A text box whose words are read by `parse` and whose value is shown by `show`.

    Limits are inclusive. The error names both limits in the unit of the field, with an example.
    """

    unit: str | Promise = ""
    input_mode = "decimal"

    def __init__(
        self,
        *,
        minimum: Any = None,
        maximum: Any = None,
        unit: str | Promise | None = None,
        **options: Any,
    ) -> None:
        self.minimum, self.maximum = minimum, maximum
        if unit is not None:
            self.unit = unit
        options.setdefault("widget", forms.TextInput)
        super().__init__(**options)
        self.widget.attrs.setdefault("inputmode", self.input_mode)
        self.widget.attrs.setdefault("autocomplete", "off")

    @abstractmethod
    def parse(self, text: str) -> Any:
        """The typed text as a value; raises ValidationError with words on what to type."""

    def show(self, value: Any) -> str:
        return str(value)

    def to_python(self, value: Any) -> Any:
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        if not isinstance(value, str):
            return value
        try:
            return self.parse(value[:100])
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from None

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is None:
            return
        low, high = self.minimum, self.maximum
        if (low is None or value >= low) and (high is None or value <= high):
            return
        words = {"low": self.limit(low), "high": self.limit(high)}
        if low is not None and high is not None:
            message = _("Indiquez une valeur entre %(low)s et %(high)s.")
        elif low is not None:
            message = _("Indiquez au moins %(low)s.")
        else:
            message = _("Indiquez au plus %(high)s.")
        raise ValidationError(message, code="limits", params=words)

    def limit(self, value: Any) -> str:
        """A limit as the error says it."""
        if value is None:
            return ""
        return f"{self.show(value)}{formats.NBSP}{self.unit}" if self.unit else self.show(value)

    def prepare_value(self, value: Any) -> Any:
        """What was typed stays as typed; a value from the program is written out."""
        return value if value is None or isinstance(value, str) else self.show(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True


class MoneyField(_TypedField):
    """An amount: `1 234,50 €` is cleaned to 123450 cents."""

    default_error_messages = {"required": _("Indiquez un montant, par exemple 8,00.")}

    def __init__(self, *, currency: str = "EUR", **options: Any) -> None:
        self.currency = currency
        options.setdefault("unit", _SYMBOLS.get(currency, currency))
        super().__init__(**options)

    def parse(self, text: str) -> int:
        return parsing.cents(text, decimals=CURRENCIES[self.currency])

    def show(self, value: Any) -> str:
        places = CURRENCIES[self.currency]
        return formats.number(Decimal(value).scaleb(-places), decimals=places)


class IntegerField(_TypedField):
    """A whole number: `1 240`."""

    input_mode = "numeric"
    default_error_messages = {"required": _("Indiquez un nombre, par exemple 12.")}

    def parse(self, text: str) -> int:
        return parsing.integer(text)

    def show(self, value: Any) -> str:
        return formats.number(value)


def amount_field(*, unit: str, **options: Any) -> _TypedField:
    """The field for an amount in `unit`: whole points, or cents of a currency."""
    if unit == POINTS:
        return IntegerField(unit=_("points"), **options)
    return MoneyField(currency=unit, **options)


class DecimalField(_TypedField):
    """A number with decimals: `12,5`. `places` is how many are shown at least."""

    default_error_messages = {"required": _("Indiquez un nombre, par exemple 12,5.")}

    def __init__(self, *, places: int = 0, **options: Any) -> None:
        self.places = places
        super().__init__(**options)

    def parse(self, text: str) -> Decimal:
        return parsing.decimal(text)

    def show(self, value: Any) -> str:
        exponent = Decimal(str(value)).normalize().as_tuple().exponent
        own = max(0, -exponent) if isinstance(exponent, int) else 0
        return formats.number(value, decimals=max(own, self.places))


class PercentField(DecimalField):
    """A percentage: `12,5 %` is cleaned to Decimal("12.5")."""

    unit = "%"
    default_error_messages = {"required": _("Indiquez un pourcentage, par exemple 12,5.")}

    def parse(self, text: str) -> Decimal:
        return parsing.percentage(text)


class DateField(_TypedField):
    """A day: with `/`, `.` or `-`, two or four digits for the year, or the month in letters."""

    input_mode = "text"
    default_error_messages = {"required": _("Indiquez une date, par exemple 18/11/2026.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.widget.attrs.setdefault("placeholder", _("jj/mm/aaaa"))

    def parse(self, text: str) -> date:
        return parsing.day(text)

    def show(self, value: Any) -> str:
        return f"{value.day:02}/{value.month:02}/{value.year}"


_F = TypeVar("_F", bound=forms.Field)


def optional_until(field: _F, when: str | Promise) -> _F:
    """An optional field that something later needs: `when` stands in place of "Facultatif"."""
    field.required = False
    field.optional = when  # type: ignore[attr-defined]  # read by c-field
    return field


class TilesField(forms.ChoiceField):
    """Two to six exclusive choices, each with one line that explains it.

    `options` are (value, label, explanation); `lines` are more lines for each value.
    """

    tiles = True

    def __init__(
        self,
        *,
        options: Sequence[tuple[str, str | Promise, str | Promise]],
        lines: Mapping[str, Sequence[str]] | None = None,
        **rest: Any,
    ) -> None:
        self.lines = dict(lines or {})
        self.details = {value: detail for value, _label, detail in options}
        choices: list[tuple[str, Any]] = [(value, label) for value, label, _detail in options]
        super().__init__(choices=choices, widget=forms.RadioSelect, **rest)


class ToggleField(forms.BooleanField):
    """Yes or no, drawn as a switch; unticked is a valid answer."""

    toggle = True

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(**options)
        self.widget.attrs.setdefault("role", "switch")
