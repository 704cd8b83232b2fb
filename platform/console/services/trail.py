"""Write down what an operator does."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from console.models import Act, Entry
from kernel.errors import InvalidInputError
from tenants.models import Tenant

LONGEST_REASON = 300


class ReasonMissingError(InvalidInputError):
    """An act on a merchant has a reason, of 300 characters at most."""

    code = "reason_missing"
    words = _("Donnez une raison, en 300 caractères au plus : le commerçant la lira.")


def check_reason(reason: str) -> str:
    """The reason on one line. Raises ReasonMissingError."""
    why = " ".join(reason.split())
    if not why or len(why) > LONGEST_REASON:
        raise ReasonMissingError(param="reason")
    return why


def note(
    *,
    act: Act,
    operator: User | None,
    now: datetime,
    tenant: Tenant | None = None,
    about: str = "",
    reason: str = "",
) -> Entry:
    """Add one line, in the transaction of what it tells; `operator` is None for a command."""
    return Entry.objects.create(
        at=now,
        act=act,
        operator_id=operator.id if operator else None,
        operator_name=operator.name if operator else "",
        tenant_id=tenant.id if tenant else None,
        tenant_name=tenant.name if tenant else "",
        about=about,
        reason=reason,
    )


def note_command(*, act: str, tenant: Tenant | None, now: datetime, about: str = "") -> None:
    """Add the line of what the command line did to a merchant (`settings.TENANT_ACT_NOTED`)."""
    note(act=Act(act), operator=None, tenant=tenant, about=about, now=now)
