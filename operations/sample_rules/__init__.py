"""Official rules to begin with: filled in with what the operation says of itself, to be edited.

What only the merchant knows stands in square brackets; while one is left (`unfinished`), the
operation does not go live.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _

from operations import selectors
from operations.mechanics.prizes import told
from operations.models import Operation, OperationModule
from operations.words import pick
from shell import formats
from tenants.addresses import absolute_url
from tenants.context import current_tenant

_FOLDER = Path(__file__).parent
_LEFT = re.compile(r"\[(?:à compléter|to complete)\b")


def unfinished(text: str) -> bool:
    """Whether a passage in brackets still waits for its words."""
    return _LEFT.search(text) is not None


def sample(*, operation: Operation, language: str) -> str:
    """The rules of this operation in one language, as far as they follow from it."""
    tenant, modules = current_tenant(), selectors.modules_of(operation)
    text = (_FOLDER / f"{language}.md").read_text(encoding="utf-8")
    with translation.override(language):
        open_place = _("[à compléter]")
        names = list(selectors.partners_of(operation))
        joined = formats.join(names, language=language)
        starts, ends = operation.starts_at, operation.ends_at
        values = {
            "title": pick(operation.title, language) or operation.name,
            "organiser": tenant.name,
            "with_partners": " " + _("avec %(names)s") % {"names": joined} if names else "",
            "contact": tenant.public_email or open_place,
            "starts": formats.moment(starts) if starts is not None else open_place,
            "ends": formats.moment(ends) if ends is not None else open_place,
            "zone": tenant.timezone.rpartition("/")[2].replace("_", " "),
            "page": absolute_url(tenant, f"/o/{operation.slug}"),
            "prizes": _prizes(operation, modules, language) or open_place,
            "how": _how(modules),
        }
        return text.format_map(values)


def _prizes(operation: Operation, modules: Sequence[OperationModule], language: str) -> str:
    words = _("d’une valeur de %(value)s chacun")
    lines = []
    for prize in (row for module in modules for row in told(module, language)):
        line = f"- {formats.number(prize['stock'])} × {prize['name']}"
        if prize["value"]:
            value = formats.money(prize["value"], current_tenant().currency)
            line += ", " + words % {"value": value}
        lines.append(line)
    return "\n".join(lines) or pick(operation.prizes, language)


def _how(modules: Sequence[OperationModule]) -> str:
    kinds = {module.kind for module in modules}
    said = []
    if "draw" in kinds:
        said.append(_("Les gagnants sont tirés au sort à la fin de l’opération."))
    if "instant_win" in kinds:
        said.append(
            _("Les moments gagnants sont fixés avant le début : qui joue à ce moment gagne.")
        )
    return "".join(f"{one} " for one in said)
