"""What each side of the matrix has of partnerships: one that it asked for, and a link it got."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accounts.models import User
from accounts.tokens import hash_of, token_for
from kernel.ids import uuid7
from partnerships.agreement import LATEST
from partnerships.models import Origin, Partnership, State
from tenants.models import Tenant, TenantState
from tests.fixtures.programme import NOW

if TYPE_CHECKING:
    from tests.isolation.conftest import Side


@dataclass
class Partners:
    """`asked` waits for its contact, `shared` for its minor, which has a back office;
    `offer_token` leads somebody of this merchant's to agree.
    """

    asked: Partnership
    shared: Partnership
    offer_token: str


def met(tenant: Tenant, owner: User) -> Partners:
    stranger = _third(tenant, "tiers", "Tiers secret")
    offer = _proposed(
        major=stranger, asked_user_id=owner.pk, asked_tenant_id=tenant.id, token_version=1
    )
    token = token_for(offer.id, 1)
    offer.token_hash, offer.token_expires_at = hash_of(token), NOW.replace(year=2100)
    offer.save()
    asked = _proposed(major=tenant, name=f"Marque secrète {tenant.slug}")
    guest = _third(tenant, "invite", "Invité secret")
    shared = _proposed(major=tenant, minor=guest)
    return Partners(asked=asked, shared=shared, offer_token=token)


def _third(tenant: Tenant, kind: str, name: str) -> Tenant:
    return Tenant.objects.create(
        slug=f"{kind}-{tenant.slug}",
        name=f"{name} {tenant.slug}",
        schema_name=f"t_{kind}_{tenant.slug.replace('-', '_')}"[:31],
        # It has no schema: no task may go there.
        state=TenantState.SUSPENDED,
        created_at=NOW,
    )


def _proposed(**values: Any) -> Partnership:
    number = uuid7()
    return Partnership.objects.create(
        id=number,
        key=uuid7(),
        origin=Origin.DETAILS,
        state=State.PROPOSED,
        agreement=LATEST,
        contact_email=f"secret-{number}@exemple.fr",
        created_at=NOW,
        sent_at=NOW,
        **values,
    )


def partnership(side: "Side") -> dict[str, Any]:
    return {"partnership": side.partners.asked.public_id}


def partaking(side: "Side") -> dict[str, Any]:
    """A partner of an operation."""
    operation = side.played.operation.public_id
    return {"operation": operation, "partnership": side.partners.shared.public_id}
