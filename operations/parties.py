"""Who the partners of an operation are: as their partnerships say, whatever its rows say (D1, D2).

A row names a partner as it was when the merchant chose it. The same back office under another name,
or with another policy, is followed at once: whoever reads a form reads what is true. Another back
office in the place of the one that was chosen is the merchant's to confirm: until then nobody is
asked for a yes to it, for nobody knows whether it is the brand that was meant.
"""

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing.plans import Allowed
from kernel.db import atomic_with_retry
from kernel.errors import ConflictError
from kernel.ids import public_id
from operations.errors import NoPolicyError
from operations.models import ModulePartner, Operation, OperationState
from operations.models.modules import followed
from operations.telling import changed
from partnerships.errors import UnknownPartnershipError
from partnerships.models import OPEN_STATES, Partnership
from partnerships.selectors import Minor, Partner, agreed, minors, owners_of
from tenants import features
from tenants.context import current_tenant
from tenants.messaging.services import queue


class AnotherPartnerError(ConflictError):
    """The partner is not the one that was on screen, or calls itself otherwise by now."""

    code = "another_partner"
    words = _(
        "Ce partenaire a changé depuis l’ouverture de cette page. Relisez avant de confirmer."
    )


class PartnerGoneError(ConflictError):
    """A partner that was on screen cannot be named any more: nobody has its place for now."""

    code = "partner_gone"
    words = _("Un partenaire de cette page ne peut plus être choisi. Relisez avant d’enregistrer.")


def is_another(row: ModulePartner, minor: Minor | None) -> bool:
    """Whether another back office stands where the one of this row was chosen."""
    return minor is not None and minor.tenant_id not in (None, row.partner_tenant_id)


def name_of(row: ModulePartner, minor: Minor | None) -> str:
    """What the partner is called now; a name that nobody gave yet is the one that was typed."""
    return minor.name if minor is not None and minor.tenant_id is not None else row.name


def called(rows: Iterable[ModulePartner]) -> dict[uuid.UUID, str]:
    """What each of these partners is called now, by partnership; one that is over keeps its name of
    then. For lists and pages: proofs hold the name of their day.
    """
    there = {row.partnership_id: row for row in rows}
    now = minors(partnership_ids=there) if there else {}
    return {number: name_of(row, now.get(number)) for number, row in there.items()}


def office_of(row: ModulePartner, minor: Minor | None) -> uuid.UUID:
    """The partner's back office now."""
    return (minor and minor.tenant_id) or row.partner_tenant_id


def policy_of(row: ModulePartner, minor: Minor | None) -> str:
    """Where its policy is read: its own word goes before what the merchant typed of that brand."""
    own = followed(minor.policy_url if minor is not None else "")
    return own or ("" if is_another(row, minor) else row.policy)


def chosen(partner: Partner, before: ModulePartner | None) -> tuple[uuid.UUID, str]:
    """Whom a row names that is written anew: only `confirm` puts another back office there."""
    if before is not None and before.partner_tenant_id != partner.tenant_id:
        return before.partner_tenant_id, before.name
    if partner.tenant_id is None:
        raise TypeError("a partner without a back office is not offered")
    return partner.tenant_id, partner.name


def in_operation(operation: Operation) -> dict[ModulePartner, Minor | None]:
    """Its partners, one row for each in the order in which they came, with who each is now."""
    rows: dict[uuid.UUID, ModulePartner] = {}
    named = ModulePartner.objects.filter(
        module__operation=operation, module__removed_at__isnull=True
    )
    for row in named.order_by("added_at", "id"):
        rows.setdefault(row.partnership_id, row)
    now = minors(partnership_ids=rows) if rows else {}
    return {row: now.get(number) for number, row in rows.items()}


@dataclass(frozen=True, slots=True)
class Replaced:
    """A partner to confirm: who was chosen, who stands there now, and where its policy is read.

    `policy_url` is "" where the partner has not said so; it does as it accepts the agreement, and
    where it had done that before, the merchant says so (`needs_policy`).
    """

    partnership_id: uuid.UUID
    former: str
    name: str
    policy_url: str
    needs_policy: bool
    seal: str

    @property
    def public_id(self) -> str:
        return public_id("prt", self.partnership_id)


def replaced(*, operation: Operation) -> list[Replaced]:
    """The partners of an operation that somebody else stands for now; of one that is over, none."""
    if operation.state == OperationState.ENDED:
        return []
    named = ModulePartner.objects.filter(module__operation=operation, module__removed_at=None)
    rows = list(named.order_by("added_at", "id"))
    now = minors(partnership_ids={row.partnership_id for row in rows}) if rows else {}
    ready = agreed(partnership_ids=now) if now else set()
    found: dict[uuid.UUID, Replaced] = {}
    for row in rows:
        minor = now.get(row.partnership_id)
        if minor is not None and is_another(row, minor):
            found.setdefault(
                row.partnership_id,
                Replaced(
                    row.partnership_id,
                    former=row.name,
                    name=minor.name,
                    policy_url=followed(minor.policy_url),
                    needs_policy=not minor.policy_url and row.partnership_id in ready,
                    seal=seal_of(minor),
                ),
            )
    return list(found.values())


def ask_to_confirm(*, partnership: Partnership, now: datetime) -> None:
    """Write to the merchant's owners, once, where an operation names another back office than the
    one that has joined; the letter leads to where it is confirmed.
    """
    minor = partnership.minor
    if minor is None:
        return
    named = ModulePartner.objects.filter(
        partnership_id=partnership.id, module__removed_at=None
    ).exclude(partner_tenant_id=minor.id)
    row = (
        named.exclude(module__operation__state=OperationState.ENDED)
        .select_related("module__operation")
        .order_by("-added_at", "-id")
        .first()
    )
    if row is None:
        return
    for owner in owners_of(tenant_id=current_tenant().id):
        queue(
            kind="partner_replaced",
            to=owner.email,
            key=f"partner_replaced:{partnership.id}:{minor.id}:{owner.pk}",
            context={
                "first_name": owner.first_name,
                "brand": minor.name,
                "former_brand": row.name,
                "path": reverse("operations:partners", args=[row.module.operation.public_id]),
            },
            language=owner.language,
            now=now,
        )


@atomic_with_retry
def confirm(*, partnership_id: uuid.UUID, seal: str, policy_url: str, now: datetime) -> str:
    """Have every operation that is not over name who stands there now; returns the name.

    `seal` names what the merchant read: AnotherPartnerError where that is not so any more. A policy
    is typed where the partner gave none: NoPolicyError without, where people are asked already.
    Words that were written for the former brand's box go. Again changes nothing.
    """
    features.require(Allowed.MAJOR)
    # Nobody joins, and nobody is invited instead, while this is written down.
    there = Partnership.objects.select_for_update(of=("self",), no_key=True).filter(
        id=partnership_id, major_id=current_tenant().id, state__in=OPEN_STATES
    )
    minor = minors(partnership_ids=[partnership_id]).get(partnership_id) if there.first() else None
    if minor is None:
        raise UnknownPartnershipError
    if minor.tenant_id is None or seal_of(minor) != seal:
        raise AnotherPartnerError
    named = ModulePartner.objects.filter(partnership_id=partnership_id).exclude(
        partner_tenant_id=minor.tenant_id
    )
    rows = list(
        named.exclude(module__operation__state=OperationState.ENDED)
        .select_related("module__operation")
        .select_for_update(of=("self",))
        .order_by("id")
    )
    policy = minor.policy_url or policy_url
    asked = any(row.asks_optin and row.module.operation.shown_state(now) in _ONLINE for row in rows)
    if asked and not policy and agreed(partnership_ids=[partnership_id]):
        raise NoPolicyError(param="policy_url")
    for row in rows:
        row.partner_tenant_id, row.name = minor.tenant_id, minor.name
        row.policy_url, row.optin_text = policy, {}
        row.save(update_fields=["partner_tenant_id", "name", "policy_url", "optin_text"])
    for operation_id in sorted({row.module.operation_id for row in rows}):
        changed(operation_id=operation_id, now=now)
    return minor.name


_ONLINE = ("live", "planned")


def seal_of(shown: Minor | Partner) -> str:
    """Names whom a page shows as a partner: the back office, what it is called, and its policy."""
    told = f"{shown.tenant_id}\n{shown.name}\n{shown.policy_url}"
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def hold(*, read: Mapping[uuid.UUID, str]) -> None:
    """Nobody takes these partners' places until the transaction ends; `read` has, by partnership,
    the seal of whom the merchant read there. Whoever names a partner in an operation asks first,
    before anything else is locked: AnotherPartnerError where somebody else stands there by now, for
    then nobody has said that this is the brand that was meant (D1).
    """
    there = Partnership.objects.select_for_update(of=("self",), no_key=True).filter(
        id__in=list(read), major_id=current_tenant().id, state__in=OPEN_STATES
    )
    held = {row.id for row in there.order_by("id")}
    # Read once they are held: what was read while waiting for the lock may be of before.
    now = minors(partnership_ids=held) if held else {}
    for number, seal in read.items():
        minor = now.get(number)
        if minor is None or minor.tenant_id is None or seal_of(minor) != seal:
            raise AnotherPartnerError
