"""What the operator gives one merchant beside its plan: a feature, or more of a limit (OF-07)."""

import uuid
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.models import Grant
from billing.plans import Allowed, Limit
from billing.services.changing import changed
from kernel.db import atomic_with_retry
from kernel.errors import InvalidInputError, NotFoundError

LONGEST_REASON = 300
MOST = 1_000_000_000


class InvalidGrantError(InvalidInputError):
    """The grant cannot be made as described; `param` says what about it."""

    code = "invalid_grant"


class UnknownGrantError(NotFoundError):
    """There is no such grant, or it was withdrawn before."""

    code = "unknown_grant"
    words = _("Cet octroi n’existe pas, ou il est déjà retiré.")


@atomic_with_retry
def grant_feature(
    *,
    tenant_id: uuid.UUID,
    feature: str,
    reason: str,
    ends_at: datetime | None,
    now: datetime,
    by: uuid.UUID | None = None,
) -> Grant:
    """Give a feature until a moment, or until it is withdrawn; the same again is the same grant.

    Raises InvalidGrantError.
    """
    if feature not in set(Allowed):
        raise InvalidGrantError(
            gettext("Cette fonction n’existe pas : %(known)s.") % {"known": ", ".join(Allowed)},
            param="feature",
        )
    return _grant(tenant_id, reason, ends_at, now, by, feature=feature)


@atomic_with_retry
def grant_limit(
    *,
    tenant_id: uuid.UUID,
    limit: str,
    value: int | None,
    reason: str,
    ends_at: datetime | None,
    now: datetime,
    by: uuid.UUID | None = None,
) -> Grant:
    """Raise a limit to `value` (None: no limit) until a moment; a plan that gives more wins.

    Raises InvalidGrantError.
    """
    if limit not in set(Limit):
        raise InvalidGrantError(
            gettext("Cette limite n’existe pas : %(known)s.") % {"known": ", ".join(Limit)},
            param="limit",
        )
    if value is not None and not 0 < value <= MOST:
        raise InvalidGrantError(
            gettext("Donnez un nombre entre 1 et 1 000 000 000."), param="value"
        )
    return _grant(tenant_id, reason, ends_at, now, by, limit=limit, value=value)


@atomic_with_retry
def withdraw(*, grant_id: uuid.UUID, now: datetime, by: uuid.UUID | None = None) -> Grant:
    """Take a grant back at once. Raises UnknownGrantError."""
    row = Grant.objects.select_for_update().filter(id=grant_id, withdrawn_at=None).first()
    if row is None:
        raise UnknownGrantError
    row.withdrawn_at, row.withdrawn_by = now, by
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    changed(tenant_id=row.tenant_id, now=now)
    return row


def in_force(*, tenant_id: uuid.UUID, now: datetime) -> QuerySet[Grant]:
    """A merchant's grants that hold now or will, the latest first."""
    rows = Grant.objects.filter(tenant_id=tenant_id, withdrawn_at=None)
    return rows.filter(Q(ends_at=None) | Q(ends_at__gt=now)).order_by("-created_at", "-id")


def _grant(
    tenant_id: uuid.UUID,
    reason: str,
    ends_at: datetime | None,
    now: datetime,
    by: uuid.UUID | None,
    *,
    feature: str = "",
    limit: str = "",
    value: int | None = None,
) -> Grant:
    why = " ".join(reason.split())
    if not why or len(why) > LONGEST_REASON:
        raise InvalidGrantError(
            gettext("Donnez une raison, en 300 caractères au plus."), param="reason"
        )
    if ends_at is not None and ends_at <= now:
        raise InvalidGrantError(
            gettext("La fin est passée : choisissez-en une à venir."), param="until"
        )
    given = {"feature": feature, "limit": limit, "value": value, "ends_at": ends_at}
    same = in_force(tenant_id=tenant_id, now=now).filter(**given, reason=why).first()
    if same is not None:
        return same
    made = Grant.objects.create(
        tenant_id=tenant_id, reason=why, granted_by=by, starts_at=now, created_at=now, **given
    )
    changed(tenant_id=tenant_id, now=now)
    return made
