"""Asking a merchant to be one's partner, by its partner code (PA-02)."""

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from billing.plans import Allowed
from partnerships.agreement import LATEST
from partnerships.errors import AlreadyPartnersError
from partnerships.models import OPEN_STATES, Origin, Partnership, State
from partnerships.services.codes import find_by_code
from partnerships.telling import have_told
from tenants.features import require
from tenants.models import Tenant


def propose_by_code(
    *, major: Tenant, typed: str, key: uuid.UUID, asked_by: User, now: datetime
) -> Partnership:
    """Propose a partnership to the merchant whose code was typed; it finds it and answers.

    `key` names the form: sent twice, or twice at once, it is one proposal. Raises ThrottledError,
    OwnCodeError, UnknownCodeError, AlreadyPartnersError, or PlanRequiredError.
    """
    known = Partnership.objects.filter(major=major, key=key).first()
    if known is not None:
        return known
    require(Allowed.MAJOR, tenant=major)
    minor = find_by_code(typed=typed, asking=major, now=now)
    try:
        with transaction.atomic():
            row = Partnership.objects.create(
                major=major,
                minor=minor,
                origin=Origin.CODE,
                state=State.PROPOSED,
                key=key,
                agreement=LATEST,
                name=minor.name,
                site_url=minor.site_url,
                language=minor.language,
                asked_by=asked_by.pk,
                created_at=now,
                sent_at=now,
            )
            have_told(row=row, to=minor.id, kind="partner_proposed", now=now)
            return row
    except IntegrityError as error:
        same = Partnership.objects.filter(major=major, key=key).first()
        if same is not None:
            return same
        there = Partnership.objects.filter(major=major, minor=minor, state__in=OPEN_STATES).first()
        if there is not None:
            raise AlreadyPartnersError(param="code", partnership_id=there.id) from error
        raise
