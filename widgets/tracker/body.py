"""Reads a report's body: a small JSON object, and nothing that only looks like one."""

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from django.utils.translation import gettext as _

from widgets.tracker.problems import MalformedReportError

LIMIT = 8 * 1024


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedReportError(_("%(value)s n’est pas une valeur JSON.") % {"value": name})


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise MalformedReportError(_("Un champ figure deux fois."))
    return fields


def read_object(request: HttpRequest) -> dict[str, Any]:
    """The JSON object in the body; raises MalformedReportError. At most 8 KB are read.

    The content type does not matter: the script sends `text/plain`, which needs no preflight.
    """
    raw = request.read(LIMIT + 1)
    if len(raw) > LIMIT:
        raise MalformedReportError(_("Envoyez au plus %(most)s octets.") % {"most": LIMIT})
    try:
        value = json.loads(
            raw.decode("utf-8"),
            parse_constant=_refuse_constant,
            object_pairs_hook=_no_duplicates,
        )
    except (ValueError, RecursionError) as error:
        raise MalformedReportError(_("Envoyez du JSON en UTF-8.")) from error
    if not isinstance(value, dict):
        raise MalformedReportError(_("Envoyez un objet JSON."))
    return value
