"""What changes users, memberships, invitations, links and sessions."""

from accounts.services.members import change_role, create_member, remove_member
from accounts.services.sessions import end_sessions

__all__ = ["change_role", "create_member", "end_sessions", "remove_member"]
