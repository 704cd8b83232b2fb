"""What "Data acquisition" shows of a module that is there: the other way of its form."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField

from operations.fields import going_to
from operations.models import OperationModule
from operations.parties import seal_of
from operations.words import spread
from partnerships.selectors import Partner

QUESTIONS = tuple(f"q{number}" for number in range(1, 6))


@dataclass(frozen=True, slots=True)
class AskedRow:
    """One known field, as the page's table shows it."""

    name: str
    label: str
    ask: BoundField | None
    must: BoundField | None


@dataclass(frozen=True, slots=True)
class PartnerPart:
    """One partner's part of the form."""

    partner: Partner
    on: BoundField
    asks: BoundField
    policy_url: BoundField
    text_fr: BoundField
    text_en: BoundField
    fields: BoundField

    @property
    def read(self) -> str:
        """The name of the field that carries whom this part shows; see `parties.hold`."""
        return read_of(self.partner)

    @property
    def seal(self) -> str:
        """What it carries: of this page, never of the one that was sent."""
        return seal_of(self.partner)


def read_of(partner: Partner) -> str:
    return f"{partner.public_id}-read"


def initial_of(module: OperationModule, choosable: Sequence[Partner]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "asks_optin": module.asks_optin,
        "double_optin": module.double_optin,
        **spread(module.optin_text, "optin"),
    }
    for row in module.fields:
        name = str(row["name"])
        found[f"ask-{name}"] = True
        found[f"must-{name}"] = bool(row.get("required"))
        if name in QUESTIONS:
            found |= spread(row.get("label"), f"{name}-label")
            for code in ("fr", "en"):
                lines = [choice.get(code, "") for choice in row.get("choices") or ()]
                found[f"{name}-choices_{code}"] = "\n".join(filter(None, lines))
    there = {row.partnership_id: row for row in module.partners.all()}
    for partner in choosable:
        key, chosen = partner.public_id, there.get(partner.partnership_id)
        found[f"{key}-on"] = chosen is not None
        found[f"{key}-asks"] = chosen.asks_optin if chosen else True
        found[f"{key}-policy_url"] = partner.policy_url or (chosen.policy_url if chosen else "")
        found |= spread(chosen.optin_text if chosen else {}, f"{key}-text")
        found[f"{key}-fields"] = going_to(module, partner.partnership_id)
    return found


def lines_of(text: Any) -> list[str]:
    return [line.strip() for line in str(text or "").splitlines() if line.strip()]
