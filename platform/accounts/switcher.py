"""What the frame's tenant switcher offers (`settings.SHELL_SWITCHER`)."""

from django.http import HttpRequest
from django.urls import reverse

from accounts.access import current_membership
from accounts.selectors import tenants_of
from shell.menu import TenantChoice


def choices(request: HttpRequest) -> list[TenantChoice]:
    """The other tenants of the person who is logged in; none on the platform's own host."""
    membership = current_membership(request)
    if membership is None:
        return []
    return [
        TenantChoice(
            name=choice.name,
            detail=str(choice.role.label),
            action=reverse("accounts:switch"),
            value=choice.public_id,
        )
        for choice in tenants_of(membership.user)
        if choice.tenant_id != membership.tenant_id
    ]
