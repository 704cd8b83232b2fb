"""The partner code: made on first look, renewed at will, useless to guess."""

import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts.throttles import hit
from partnerships.errors import OwnCodeError, UnknownCodeError
from partnerships.models import PartnerCode
from tenants.models import Tenant, TenantState

# S4: can be read aloud (no 0 O 1 I 8 B 5 S 2 Z). Ten of 26: 10^14 codes.
_ALPHABET = "ACDEFGHJKLMNPQRTUVWXY34679"
_LENGTH = 10
# What is typed or pasted around and between the groups.
_FILLING = str.maketrans("", "", " -\u00a0\u202f\u2010\u2011\u2012\u2013\t\r\n")

TRIES = 10
TRIES_WINDOW = timedelta(hours=1)
_ATTEMPTS = 5


def code_of(*, tenant: Tenant, now: datetime) -> PartnerCode:
    """The merchant's code, made the first time that it is asked for."""
    found = PartnerCode.objects.filter(tenant=tenant).first()
    if found is not None:
        return found
    for _attempt in range(_ATTEMPTS):
        try:
            with transaction.atomic():
                return PartnerCode.objects.get_or_create(
                    tenant=tenant, defaults={"code": _draw(), "made_at": now}
                )[0]
        except IntegrityError:
            continue
    raise RuntimeError("no free partner code was drawn")


def renew_code(*, tenant: Tenant, now: datetime) -> PartnerCode:
    """Another code from now on; the former one is nobody's. Partnerships stay as they are."""
    code_of(tenant=tenant, now=now)
    for _attempt in range(_ATTEMPTS):
        try:
            with transaction.atomic():
                row = PartnerCode.objects.select_for_update().get(tenant=tenant)
                row.code, row.renewed_at = _draw(), now
                row.save(update_fields=["code", "renewed_at"])
                return row
        except IntegrityError:
            continue
    raise RuntimeError("no free partner code was drawn")


def find_by_code(*, typed: str, asking: Tenant, now: datetime) -> Tenant:
    """The merchant whose code was typed, whatever its case, spaces or hyphens.

    Ten tries an hour for each merchant who asks; call it outside a transaction, or a try is
    forgotten with it. Raises ThrottledError, OwnCodeError or UnknownCodeError.
    """
    hit(
        action="partner-code",
        subject=str(asking.id),
        limit=TRIES,
        window=TRIES_WINDOW,
        now=now,
    )
    code = typed.translate(_FILLING).upper()
    found = (
        PartnerCode.objects.select_related("tenant")
        .filter(code=code[: _LENGTH + 1], tenant__state=TenantState.ACTIVE)
        .filter(tenant__partner_only=False)
        .first()
    )
    if found is None:
        raise UnknownCodeError(param="code")
    if found.tenant_id == asking.id:
        raise OwnCodeError(param="code")
    return found.tenant


def _draw() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
