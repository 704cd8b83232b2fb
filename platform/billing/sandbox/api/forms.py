"""Stripe's requests: forms whose names hold brackets, `items[0][price]=…`."""

import re
from typing import Any
from urllib.parse import parse_qsl

from billing.sandbox.errors import RefusalError, invalid
from billing.sandbox.store import Json

_PART = re.compile(r"\[([^\[\]]*)\]")
_MOST_FIELDS = 500


def read(text: str) -> Json:
    """The nested values of a query or body; lists where the names are numbers or `[]`."""
    try:
        pairs = parse_qsl(
            text, keep_blank_values=True, strict_parsing=bool(text), max_num_fields=_MOST_FIELDS
        )
    except ValueError as error:
        raise RefusalError("The request could not be read as a form.") from error
    values: Json = {}
    for name, value in pairs:
        first, bracket, _ = name.partition("[")
        path = [first, *_PART.findall(name[len(first) :])] if bracket else [name]
        _put(values, path, value)
    listed: Json = _listed(values)
    return listed


def _put(values: Json, path: list[str], value: str) -> None:
    here = values
    for part in path[:-1]:
        key = part or str(len(here))
        inner = here.setdefault(key, {})
        if not isinstance(inner, dict):
            raise invalid(path[0], f"Invalid nesting of `{path[0]}`.")
        here = inner
    here[path[-1] or str(len(here))] = value


def _listed(value: Any) -> Any:
    """Mappings whose every key is a number become lists, in the order of the numbers."""
    if not isinstance(value, dict):
        return value
    if value and all(key.isdecimal() for key in value):
        return [_listed(value[key]) for key in sorted(value, key=int)]
    return {key: _listed(inner) for key, inner in value.items()}


# ---------------------------------------------------------------- values
def known(params: Json, *names: str) -> None:
    """Refuse what this address does not know, as Stripe does."""
    for name in params:
        if name not in names and name != "expand":
            raise RefusalError(
                f"Received unknown parameter: {name}", code="parameter_unknown", param=name
            )


def need(params: Json, name: str) -> str:
    value = params.get(name)
    if not isinstance(value, str) or not value:
        raise RefusalError(f"Missing required param: {name}.", code="parameter_missing", param=name)
    return value


def whole(params: Json, name: str) -> int | None:
    """A whole number, or None where it is not given."""
    value = params.get(name)
    if value in (None, ""):
        return None
    if not isinstance(value, str) or not re.fullmatch(r"-?\d{1,15}", value):
        raise RefusalError(
            f"Invalid integer: {value}", code="parameter_invalid_integer", param=name
        )
    return int(value)


def flag(params: Json, name: str, *, default: bool = False) -> bool:
    value = params.get(name)
    if value is None:
        return default
    if value not in ("true", "false"):
        raise invalid(name, f"Invalid boolean: {value}")
    return bool(value == "true")


def among(params: Json, name: str, *choices: str, default: str) -> str:
    value = params.get(name, default)
    if value not in choices:
        raise invalid(name, f"Invalid {name}: must be one of {', '.join(choices)}")
    return str(value)


def merged(old: Json, new: object) -> Json:
    """Metadata: keys are added, an empty value takes one away, an empty text takes all."""
    if new is None:
        return old
    if new == "":
        return {}
    if not isinstance(new, dict):
        raise invalid("metadata", "Invalid object")
    return {key: value for key, value in {**old, **new}.items() if value != ""}
