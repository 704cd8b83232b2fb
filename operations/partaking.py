"""Who takes part in an operation: each partner with the modules that it shares, and their words.

A partner is kept module by module (`ModulePartner`). Here they are read, and written, for the whole
operation at once; "Data acquisition" still changes one module alone.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from billing.plans import Allowed
from kernel.db import atomic_with_retry
from kernel.errors import InvalidInputError
from operations import fields, optins, parties, selectors
from operations.editing import editable
from operations.errors import NoPolicyError
from operations.mechanics import mechanic_of
from operations.models import ModulePartner, Operation, OperationModule
from operations.telling import changed
from operations.words import pick
from partnerships.selectors import Partner, ended, minors
from tenants import features

# What a partner is given of whoever agrees, where nobody chose: enough to write to them.
USUAL_FIELDS = ("first_name", "email")


class NoModuleChosenError(InvalidInputError):
    """A partner takes part in one module at least, or not at all."""

    code = "partner_without_module"
    words = _("Cochez au moins un module, ou retirez ce partenaire de l’opération.")


@dataclass(frozen=True, slots=True)
class Shared:
    """One module as one partner shares it: what it is called, what goes there, the box's words."""

    module: OperationModule
    title: str
    labels: list[str]
    text: str


@dataclass(slots=True)
class Taking:
    """One partner of an operation. `of` is how many modules the operation has."""

    partnership_id: uuid.UUID
    name: str
    tenant_id: uuid.UUID
    policy_url: str
    of: int
    modules: list[Shared] = field(default_factory=list)

    @property
    def in_all(self) -> bool:
        return len(self.modules) == self.of


def title_of(module: OperationModule, *, language: str) -> str:
    """A module by its own title, or by what it is."""
    return pick(module.title, language) or str(mechanic_of(module).label)


def taking_part(*, operation: Operation, language: str) -> list[Taking]:
    """Every partner of an operation, in the order in which they came to it."""
    found: dict[uuid.UUID, Taking] = {}
    modules = selectors.modules_of(operation)
    numbers = {row.partnership_id for m in modules for row in m.partners.all()}
    known = minors(partnership_ids=numbers) if numbers else {}
    for module in modules:
        labels = {row.name: fields.within(row) for row in fields.asked(module, language=language)}
        asking = optins.as_if_agreed(module)
        boxes = {box.key: box.text for box in optins.offered(asking, language=language)}
        for row in module.partners.all():
            minor = known.get(row.partnership_id)
            name, office = parties.name_of(row, minor), parties.office_of(row, minor)
            one = found.setdefault(
                row.partnership_id, Taking(row.partnership_id, name, office, "", len(modules))
            )
            one.policy_url = one.policy_url or parties.policy_of(row, minor)
            going = [labels[name] for name in fields.going_to(module, row.partnership_id)]
            text = boxes.get(str(row.partnership_id), "")
            title = title_of(module, language=language)
            one.modules.append(Shared(module, title, going, text))
    return list(found.values())


def policy_of(partner: Partner) -> str:
    """Where this partner's policy is read: as it says itself, else as it was typed last."""
    if partner.policy_url:
        return partner.policy_url
    rows = ModulePartner.objects.filter(partnership_id=partner.partnership_id)
    known = rows.exclude(policy_url="").order_by("-added_at", "-id")
    return str(known.values_list("policy_url", flat=True).first() or "")


def policies_of(operation: Operation) -> dict[str, str]:
    """Where each partner's policy is read, by the partner's name; "" where nobody said so yet."""
    taking = taking_part(operation=operation, language="fr")
    return {one.name: one.policy_url for one in taking}


@atomic_with_retry
def place(
    *,
    operation_id: uuid.UUID,
    partner: Partner,
    module_ids: Collection[uuid.UUID],
    policy_url: str,
    asks_optin: bool,
    names: Iterable[str],
    now: datetime,
) -> None:
    """Have a partner take part in these modules of an operation, and in no others.

    `names` are the fields that go there, as far as a module asks for them. What a module has of its
    own, "Data acquisition" wrote: it stays. Raises NoModuleChosenError, and NoPolicyError where
    the operation is online and the partner's opt-in is asked; PlanRequiredError, NotEditableError,
    and AnotherPartnerError where `partner` is not who stands there now.
    """
    features.require(Allowed.MAJOR)
    parties.hold(read={partner.partnership_id: parties.seal_of(partner)})
    operation = editable(operation_id, now, live=True)
    modules = _locked(operation)
    chosen = {module.id for module in modules} & set(module_ids)
    if not chosen:
        raise NoModuleChosenError(param="modules")
    there = policy_url or partner.policy_url
    if asks_optin and not there and operation.shown_state(now) in ("live", "planned"):
        raise NoPolicyError(param="policy_url")
    wanted = set(names) if asks_optin else set()
    rows = ModulePartner.objects.filter(module__in=modules, partnership_id=partner.partnership_id)
    before = {row.module_id: row for row in rows}
    going = {m.id: set(fields.going_to(m, partner.partnership_id)) for m in modules}
    known = set().union(*going.values())
    asked = any(row.asks_optin for row in before.values())
    for module in modules:
        if module.id not in chosen:
            _leave(module, partner.partnership_id)
            continue
        row = before.get(module.id)
        if row is None or asks_optin != asked:
            row = row or _new(module, partner, now)
            row.asks_optin = asks_optin
        row.policy_url = policy_url
        row.save()
        # What one module alone gave stays so: only what was ticked or unticked here changes.
        kept = going[module.id] & wanted | (wanted - known)
        give(module, partner.partnership_id, kept if module.id in before else wanted)
    changed(operation_id=operation.id, now=now)


@atomic_with_retry
def take_out(*, operation_id: uuid.UUID, partnership_id: uuid.UUID, now: datetime) -> None:
    """A partner takes part no more; what it received stays with it. Again changes nothing."""
    operation = editable(operation_id, now, live=True)
    for module in _locked(operation):
        _leave(module, partnership_id)
    changed(operation_id=operation.id, now=now)


def carry_on(
    *, module: OperationModule, others: Sequence[OperationModule], now: datetime
) -> list[ModulePartner]:
    """Whoever takes part in all the other modules takes part in a new one, on the same terms."""
    if not others or not features.is_on(Allowed.MAJOR):
        return []
    in_all = set.intersection(
        *({row.partnership_id for row in other.partners.all()} for other in others)
    )
    in_all -= ended(partnership_ids=in_all) if in_all else set()
    made = []
    for like in others[-1].partners.all():
        if like.partnership_id not in in_all:
            continue
        row = ModulePartner.objects.create(
            module=module,
            partnership_id=like.partnership_id,
            partner_tenant_id=like.partner_tenant_id,
            name=like.name,
            policy_url=like.policy_url,
            asks_optin=like.asks_optin,
            optin_text=like.optin_text,
            added_at=now,
        )
        names = {n for other in others for n in fields.going_to(other, like.partnership_id)}
        give(module, like.partnership_id, names)
        made.append(row)
    return made


def give(module: OperationModule, partnership_id: uuid.UUID, names: Collection[str]) -> None:
    """Have these fields of a module, and no others, go to a partner."""
    number = str(partnership_id)
    kept = []
    for row in module.fields:
        partners = [str(one) for one in row.get("partners") or () if str(one) != number]
        kept.append({**row, "partners": [*partners, number] if row["name"] in names else partners})
    module.fields = kept
    module.save(update_fields=["fields"])


def _leave(module: OperationModule, partnership_id: uuid.UUID) -> None:
    module.partners.filter(partnership_id=partnership_id).delete()
    give(module, partnership_id, ())


def _locked(operation: Operation) -> list[OperationModule]:
    rows = operation.modules.filter(removed_at=None).select_for_update(of=("self",))
    return list(rows.order_by("position", "id"))


def _new(module: OperationModule, partner: Partner, now: datetime) -> ModulePartner:
    if partner.tenant_id is None:
        raise TypeError("a partner without a back office is not offered")
    return ModulePartner(
        module=module,
        partnership_id=partner.partnership_id,
        partner_tenant_id=partner.tenant_id,
        name=partner.name,
        added_at=now,
    )
