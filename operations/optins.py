"""The boxes of a module: one for the merchant, one for each partner, none ticked beforehand (D1).

Also the version of a form: whoever sends one that reads otherwise today is asked to read again.
"""

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.utils import translation
from django.utils.translation import gettext as _

from operations import parties
from operations.models import ModulePartner, OperationModule, Participation
from operations.models.modules import followed
from operations.words import pick
from partnerships.selectors import Minor, agreed_minors, minors
from shell import formats
from tenants.context import current_tenant
from tenants.profiles import consents
from tenants.profiles.models import Consent, Profile

OWN = "own"


@dataclass(frozen=True, slots=True)
class OptIn:
    """One box: `key` is `OWN` or the partnership's id; `tenant_id` is None for the merchant."""

    key: str
    name: str
    text: str
    policy_url: str = ""
    tenant_id: uuid.UUID | None = None
    # Shown by a test or a preview only: the agreement with this partner is not accepted yet.
    waits: bool = False

    @property
    def parts(self) -> tuple[str, str, str]:
        """The words before the brand's name, the name, and the words after it."""
        before, name, after = self.text.partition(self.name)
        return before, name, after


@lru_cache(maxsize=2_000)
def usual_text(*, name: str, language: str) -> str:
    """The words of a box whose merchant wrote none."""
    with translation.override(language):
        text = _("J’accepte de recevoir les offres de %(brand)s par e-mail.") % {"brand": name}
        return formats.elided(text, name)


def offered(module: OperationModule, *, language: str) -> list[OptIn]:
    """The boxes that the form shows, the merchant's first, in one language."""
    boxes = []
    if module.asks_optin:
        own = current_tenant()
        text = _text(module.optin_text, own.name, language)
        boxes.append(OptIn(OWN, own.name, text, followed(own.policy_url)))
    return boxes + [_box(module, partner, language) for partner in _asking(module)]


def _box(module: OperationModule, partner: ModulePartner, language: str) -> OptIn:
    """The box of a partner as it calls itself now: a yes keeps the words of its own moment.

    The merchant's words for it name the brand that it was then; another name has the usual ones.
    """
    name = name_of(module, partner)
    return OptIn(
        str(partner.partnership_id),
        name,
        _text(partner.optin_text if name == partner.name else {}, name, language),
        policy_of(module, partner),
        back_office(module, partner),
        waits=waits(module, partner),
    )


def back_office(module: OperationModule, partner: ModulePartner) -> uuid.UUID:
    """The merchant that a partner of this module is, as the partnership says.

    The row's own copy is of when the partner was chosen: an invitation whose address was corrected
    since may have been taken up by another back office.
    """
    return parties.office_of(partner, _minors(module).get(partner.partnership_id))


def name_of(module: OperationModule, partner: ModulePartner) -> str:
    """What a partner of this module is called now."""
    return parties.name_of(partner, _minors(module).get(partner.partnership_id))


def policy_of(module: OperationModule, partner: ModulePartner) -> str:
    """Where a partner's policy is read now; "" where that is not known."""
    return parties.policy_of(partner, _minors(module).get(partner.partnership_id))


def is_another(module: OperationModule, partner: ModulePartner) -> bool:
    """Whether somebody else stands where this partner was chosen; see `operations.parties`."""
    return parties.is_another(partner, _minors(module).get(partner.partnership_id))


def waits(module: OperationModule, partner: ModulePartner) -> bool:
    """Of a module that is shown as if all had agreed: whether this partner has still to."""
    return partner.partnership_id in getattr(module, "not_agreed", ())


def is_over(module: OperationModule, partner: ModulePartner) -> bool:
    """Of such a module: whether the partnership has ended."""
    return partner.partnership_id not in _minors(module)


def _minors(module: OperationModule) -> dict[uuid.UUID, Minor]:
    """The partners with whom the agreement is accepted (D5), each with its back office.

    Asked once for a module in memory, however often its form is read.
    """
    known: dict[uuid.UUID, Minor] | None = getattr(module, "agreed_minors", None)
    if known is None:
        numbers = [row.partnership_id for row in module.partners.all()]
        known = agreed_minors(partnership_ids=numbers) if numbers else {}
        module.agreed_minors = known  # type: ignore[attr-defined]
    return known


def as_if_agreed(module: OperationModule) -> OperationModule:
    """The same module in memory, with the box of every partner who may still agree.

    For tests and previews, which ask nobody anything, and for the partner's own copy: it reads
    there what people will be asked.
    """
    if hasattr(module, "not_agreed"):
        return module  # asked before: what it knows of its partners is of both kinds by now
    rows = list(module.partners.all())
    known = minors(partnership_ids=[row.partnership_id for row in rows]) if rows else {}
    module.not_agreed = set(known) - set(_minors(module))  # type: ignore[attr-defined]
    module.agreed_minors = known  # type: ignore[attr-defined]
    _keep(module, [row for row in _with_a_box(module) if row.partnership_id in known])
    return module


def _asking(module: OperationModule) -> list[ModulePartner]:
    """The partners with a box of their own: those with whom the agreement is accepted (D5).

    A yes to a brand that may receive nothing would be none; nor would one to a brand that nobody
    has confirmed to be the one that was chosen.
    """
    known: list[ModulePartner] | None = getattr(module, "asking_partners", None)
    if known is None:
        rows = _with_a_box(module)
        ready = _minors(module) if rows else {}
        known = _keep(module, [row for row in rows if row.partnership_id in ready])
    return known


def _with_a_box(module: OperationModule) -> list[ModulePartner]:
    return [partner for partner in module.partners.all() if partner.asks_optin]


def _keep(module: OperationModule, rows: list[ModulePartner]) -> list[ModulePartner]:
    rows = [row for row in rows if not is_another(module, row)]
    module.asking_partners = rows  # type: ignore[attr-defined]
    return rows


def grant(
    *, participation: Participation, profile: Profile, boxes: list[OptIn], now: datetime
) -> list[Consent]:
    """Keep each box that was ticked as a consent of its own, with where it was ticked (D2)."""
    source = {
        "operation": participation.operation.public_id,
        "module": participation.module.public_id,
        "participation": participation.public_id,
        "came_by": participation.source_kind,
        "reference": participation.source_ref,
    }
    return consents.grant(
        profile=profile,
        asked=[
            consents.Asked(
                controller_name=box.name,
                text=box.text,
                controller_tenant_id=box.tenant_id,
                policy_url=box.policy_url,
            )
            for box in boxes
        ],
        circumstances=consents.Circumstances(
            source_kind="operation",
            source=source,
            language=participation.language,
            form_version=participation.form_version,
            needs_confirmation=participation.module.double_optin,
        ),
        now=now,
    )


def form_version(module: OperationModule) -> str:
    """16 characters that change whenever what people read and are asked does."""
    told = {
        "kind": module.kind,
        "fields": module.fields,
        "boxes": [
            [box.key, str(box.tenant_id), box.text, box.policy_url]
            for language in ("fr", "en")
            for box in offered(module, language=language)
        ],
        "partners": sorted(str(row.partnership_id) for row in module.partners.all()),
        "age": module.minimum_age,
        "rules": [module.asks_rules, module.operation.rules if module.asks_rules else None],
        "double": module.double_optin,
    }
    text = json.dumps(told, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _text(words: dict[str, str], name: str, language: str) -> str:
    """The merchant's words where they name the brand; else the usual ones, which do (D1)."""
    text = pick(words, language)
    return text if name in text else usual_text(name=name, language=language)
