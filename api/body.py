"""Reads a request's body: a small JSON object, and nothing that only looks like one."""

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from django.utils.translation import gettext as _

from kernel.errors import InvalidInputError, RicochetError

LIMIT = 64 * 1024


class MalformedBodyError(InvalidInputError):
    """The body is not a JSON object."""

    code = "malformed_json"


class BodyTooLargeError(RicochetError):
    """The body is larger than 64 KB."""

    code = "body_too_large"
    status = 413


class WrongContentTypeError(RicochetError):
    """The body is not declared as application/json."""

    code = "unsupported_media_type"
    status = 415


def read_object(request: HttpRequest) -> dict[str, Any]:
    """The JSON object in the body; at most 64 KB are read.

    Raises WrongContentTypeError, BodyTooLargeError, MalformedBodyError.
    """
    if request.content_type != "application/json":
        raise WrongContentTypeError(_("Envoyez le corps avec « Content-Type: application/json »."))
    raw = request.read(LIMIT + 1)
    if len(raw) > LIMIT:
        raise BodyTooLargeError(_("Envoyez au plus 64 Ko."))
    try:
        value = json.loads(
            raw.decode("utf-8"),
            parse_constant=_refuse_constant,
            object_pairs_hook=_no_duplicates,
        )
    except (ValueError, RecursionError) as error:
        raise MalformedBodyError(_("Le corps n’est pas du JSON en UTF-8.")) from error
    if not isinstance(value, dict):
        raise MalformedBodyError(_("Envoyez un objet JSON, entre accolades."))
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedBodyError(_("%(value)s n’existe pas en JSON.") % {"value": name})


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise MalformedBodyError(_("Ce champ figure deux fois."), param=printable(twice))
    return fields


def printable(name: str) -> str:
    """A field's name as it can be shown and stored: short, without control characters."""
    kept = "".join(char for char in name[:60] if char.isprintable())
    return kept or "?"
