"""The merchant's own people, as the programme writes to them."""

from accounts.models import Role, User
from accounts.selectors import members_of
from tenants.context import current_tenant


def who_can_act() -> list[User]:
    """The owners and managers of the current merchant: those who can do something about it."""
    members = members_of(tenant_id=current_tenant().id)
    return [m.user for m in members if m.role in (Role.OWNER, Role.MANAGER) and m.user.is_active]
