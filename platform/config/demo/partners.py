"""Whom Maison Lumen runs operations with: a partner who was invited, one by its code, one to come.

Called in public: making a back office commits by itself. Whoever is there already is left alone.
"""

import uuid
from datetime import datetime, timedelta

from accounts.models import Invitation, User
from accounts.services.invitations import accept_invitation
from accounts.tokens import token_for
from partnerships.agreement import agreement_for
from partnerships.models import Partnership
from partnerships.selectors import owners_of
from partnerships.services import agreeing, codes, inviting
from partnerships.services.details import Details
from partnerships.services.proposing import propose_by_code
from shell import brand
from tenants.context import enter
from tenants.lookup import forget
from tenants.models import Tenant

_NOE = Details(
    name="Brûlerie Noé",
    email="nora@brulerie-noe.fr",
    first_name="Nora",
    last_name="Carpentier",
    site_url="https://brulerie-noe.example",
)
_ALBA = Details(
    name="Savonnerie Alba",
    email="lea@savonnerie-alba.fr",
    first_name="Léa",
    last_name="Fontanel",
    site_url="https://savonnerie-alba.example",
)


def meet(*, major: Tenant, by_code: Tenant, password: str, now: datetime) -> None:
    """Brûlerie Noé took up its invitation, Studio Clairval its code; Savonnerie Alba has not."""
    [claire, *_others] = owners_of(tenant_id=major.id)
    with enter(major):
        noe = _invited(major, _NOE, claire, now=now - timedelta(days=24))
        alba = Partnership.objects.filter(major=major, contact_email=_ALBA.email)
        if not alba.exists():
            _invited(major, _ALBA, claire, now=now - timedelta(hours=3))
        _coded(major, by_code, claire, now=now - timedelta(days=9))
    if noe is not None:
        _join(noe, claire, password, now=now - timedelta(days=23))


def _invited(
    major: Tenant, details: Details, asked_by: User, *, now: datetime
) -> Partnership | None:
    """A new invitation; None where this address was invited before."""
    if Partnership.objects.filter(major=major, contact_email=details.email).exists():
        return None
    return inviting.invite_by_details(
        major=major, details=details, key=uuid.uuid4(), asked_by=asked_by, now=now
    )


def _join(row: Partnership, claire: User, password: str, *, now: datetime) -> None:
    office = Tenant.objects.get(slug="brulerie-noe", partner_only=True)
    invitation = Invitation.objects.get(tenant_id=office.id, accepted_at=None)
    nora = accept_invitation(
        token=token_for(invitation.id, invitation.version),
        tenant_id=invitation.tenant_id,
        now=now,
        first_name=_NOE.first_name,
        last_name=_NOE.last_name,
        password=password,
    ).user
    office.brand_color = "#1F5C43"
    office.brand_tokens = brand.compute(office.brand_color).as_dict()
    office.save(update_fields=["brand_color", "brand_tokens"])
    forget(office)
    with enter(row.major):
        _accept(row, row.major, claire, now=now - timedelta(days=1))
    with enter(office):
        _accept(row, office, nora, now=now)


def _coded(major: Tenant, minor: Tenant, claire: User, *, now: datetime) -> None:
    if Partnership.objects.filter(major=major, minor=minor).exists():
        return
    typed = codes.code_of(tenant=minor, now=now).shown
    row = propose_by_code(major=major, typed=typed, key=uuid.uuid4(), asked_by=claire, now=now)
    _accept(row, major, claire, now=now)
    [owner, *_others] = owners_of(tenant_id=minor.id)
    _accept(row, minor, owner, now=now + timedelta(hours=5))


def _accept(row: Partnership, tenant: Tenant, user: User, *, now: datetime) -> None:
    """One side's word, on the text of this moment."""
    fresh = Partnership.objects.select_related("major", "minor").get(id=row.id)
    agreeing.accept_agreement(
        partnership_id=row.id,
        tenant_id=tenant.id,
        user=user,
        text_hash=agreement_for(fresh, language="fr").text_hash,
        language="fr",
        now=now,
    )
