"""What an operator does to one merchant: closing, opening, exporting, deleting, giving more."""

import tempfile
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from console.models import Act
from console.services.trail import check_reason, note
from kernel.errors import ConflictError, InvalidInputError, NotFoundError
from tenants.models import Tenant, TenantState
from tenants.provisioning import lifecycle
from tenants.provisioning.export import export_tenant

Change = Callable[..., Any]


class UnknownMerchantError(NotFoundError):
    """There is no merchant of this id."""

    code = "unknown_merchant"
    words = _("Ce commerçant n’existe pas.")


class OtherNameError(InvalidInputError):
    """What was typed is not the merchant's address."""

    code = "other_name"
    words = _("Ce n’est pas l’adresse de ce commerçant. Rien n’a été changé.")


class NotPossibleNowError(ConflictError):
    """The merchant's state does not allow it: somebody else may have acted meanwhile."""

    code = "not_possible_now"
    words = _("L’état de ce commerçant ne le permet pas, ou plus. Rien n’a été changé.")


def merchant(tenant_id: uuid.UUID) -> Tenant:
    """The merchant's row. Raises UnknownMerchantError."""
    found = Tenant.objects.filter(id=tenant_id).first()
    if found is None:
        raise UnknownMerchantError
    return found


def suspend(*, tenant_id: uuid.UUID, operator: User, reason: str, now: datetime) -> None:
    """Close a merchant's addresses. Raises ReasonMissingError, NotPossibleNowError."""
    _move(
        Act.SUSPENDED,
        lifecycle.suspend,
        tenant_id=tenant_id,
        operator=operator,
        reason=reason,
        now=now,
    )


def resume(*, tenant_id: uuid.UUID, operator: User, reason: str, now: datetime) -> None:
    """Open it again, or call its deletion off. Raises ReasonMissingError, NotPossibleNowError."""
    _move(
        Act.RESUMED,
        lifecycle.resume,
        tenant_id=tenant_id,
        operator=operator,
        reason=reason,
        now=now,
    )


def schedule_deletion(
    *, tenant_id: uuid.UUID, operator: User, typed: str, reason: str, now: datetime
) -> None:
    """Close a merchant, to be deleted in 30 days; `typed` is its address, written out.

    Raises ReasonMissingError, OtherNameError, NotPossibleNowError.
    """
    if typed.strip() != merchant(tenant_id).slug:
        raise OtherNameError(param="typed")
    _move(
        Act.DELETING,
        lifecycle.schedule_deletion,
        tenant_id=tenant_id,
        operator=operator,
        reason=reason,
        now=now,
    )


def _move(
    act: Act, change: Change, *, tenant_id: uuid.UUID, operator: User, reason: str, now: datetime
) -> None:
    why, tenant = check_reason(reason), merchant(tenant_id)
    with transaction.atomic():
        try:
            change(tenant=tenant, now=now)
        except lifecycle.TenantStateError as error:
            raise NotPossibleNowError(state=tenant.state) from error
        note(act=act, operator=operator, tenant=tenant, reason=why, now=now)


def export(
    *, tenant_id: uuid.UUID, operator: User, reason: str, now: datetime
) -> tuple[Tenant, IO[bytes]]:
    """All that a merchant owns, as an open zip that is nowhere on the disk any more.

    It is written down before it is made: an export that fails half-way was asked for, too.
    Raises ReasonMissingError, NotPossibleNowError.
    """
    why, tenant = check_reason(reason), merchant(tenant_id)
    if tenant.state not in (TenantState.ACTIVE, TenantState.SUSPENDED, TenantState.DELETING):
        raise NotPossibleNowError(state=tenant.state)
    note(act=Act.EXPORTED, operator=operator, tenant=tenant, reason=why, now=now)
    with tempfile.TemporaryDirectory(prefix="ricochet-export-") as place:
        path = Path(place) / "export.zip"
        export_tenant(tenant, path, now=now)
        return tenant, path.open("rb")
