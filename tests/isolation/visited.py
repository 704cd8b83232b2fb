"""An operator's visit that waits to be opened, at one merchant."""

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils import timezone

from accounts.models import User
from accounts.tokens import token_for
from console.models import Visit
from console.visits.services import begin
from tenants.models import Tenant


def visit_token(tenant: Tenant) -> str:
    operator = User.objects.create_user(
        email=f"console@{tenant.slug}.example", is_staff=True, first_name="Odile"
    )
    TOTP.activate(operator, generate_totp_secret())
    begin(tenant_id=tenant.id, operator=operator, reason="Un ticket", now=timezone.now())
    return token_for(Visit.objects.get(tenant_id=tenant.id).id)
