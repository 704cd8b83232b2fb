"""Whom Maison Lumen runs operations with: a partner who was invited, one by its code, one to come.

Called in public: making a back office commits by itself. Whoever is there already is left alone.
"""

import uuid
from datetime import datetime, timedelta

from accounts.models import Invitation, User
from accounts.services.invitations import accept_invitation
from accounts.tokens import token_for
from partnerships.agreement import agreement_for
from partnerships.errors import AlreadyPartnersError
from partnerships.models import Partnership, State
from partnerships.selectors import offices_owned_by, owners_of
from partnerships.services import agreeing, codes, inviting
from partnerships.services.details import Details
from partnerships.services.proposing import propose_by_code
from shell import brand
from tenants.context import enter
from tenants.lookup import forget
from tenants.models import Tenant

_PLAIN = str(Tenant._meta.get_field("brand_color").default)
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
        _invited(major, _ALBA, claire, now=now - timedelta(hours=3))
        _coded(major, by_code, claire, now=now - timedelta(days=9))
    _join(noe, claire, password, now=now - timedelta(days=23))


def _invited(major: Tenant, details: Details, asked_by: User, *, now: datetime) -> Partnership:
    """An invitation at this address, if none was ever sent there."""
    rows = Partnership.objects.filter(major=major, contact_email=details.email)
    known = rows.order_by("-created_at").first()
    if known is not None:
        return known
    return inviting.invite_by_details(
        major=major, details=details, key=uuid.uuid4(), asked_by=asked_by, now=now
    )


def _join(row: Partnership, claire: User, password: str, *, now: datetime) -> None:
    """Nora comes and agrees. Data of an earlier version may hold half of it, or know her already:
    what is there is gone on from, and what was answered is left alone.
    """
    if row.state != State.PROPOSED:
        return
    office, nora = _office_of(row, password, now=now)
    if nora is None:
        return
    if office.brand_color == _PLAIN:
        office.brand_color = "#1F5C43"
        office.brand_tokens = brand.compute(office.brand_color).as_dict()
        office.save(update_fields=["brand_color", "brand_tokens"])
        forget(office)
    with enter(row.major):
        _accept(row, row.major, claire, now=now - timedelta(days=1))
    with enter(office):
        _accept(row, office, nora, now=now)


def _office_of(row: Partnership, password: str, *, now: datetime) -> tuple[Tenant, User | None]:
    """Where Nora takes part, and herself; None where nobody of that back office is left."""
    if row.minor is None:
        # She owns a back office of before, and answers with that one.
        nora = User.objects.get(id__in=[row.asked_user_id])
        [office, *_others] = [
            one for one in offices_owned_by(user_id=nora.pk) if one.id != row.major_id
        ]
        try:
            agreeing.take_up_offer(
                token=token_for(row.id, row.token_version),
                tenant_id=row.asked_tenant_id or office.id,
                user=nora,
                office_id=office.id,
                now=now,
            )
        except AlreadyPartnersError:
            return office, None  # by another way, which is as good
        return office, nora
    office = row.minor
    invitation = Invitation.objects.filter(
        tenant_id=office.id, accepted_at=None, withdrawn_at=None
    ).first()
    if invitation is None:
        return office, next(iter(owners_of(tenant_id=office.id)), None)
    accepted = accept_invitation(
        token=token_for(invitation.id, invitation.version),
        tenant_id=invitation.tenant_id,
        now=now,
        first_name=_NOE.first_name,
        last_name=_NOE.last_name,
        password=password,
    )
    return office, accepted.user


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
