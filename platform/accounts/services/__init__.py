"""What changes users, memberships, invitations, links and sessions."""

from accounts.services.housekeeping import purge
from accounts.services.invitations import (
    accept_invitation,
    invite,
    resend_invitation,
    withdraw_invitation,
)
from accounts.services.members import change_role, create_member, remove_member
from accounts.services.passwords import ask_for_reset, change_password, reset_password
from accounts.services.sessions import end_sessions

__all__ = [
    "accept_invitation",
    "ask_for_reset",
    "change_password",
    "change_role",
    "create_member",
    "end_sessions",
    "invite",
    "purge",
    "remove_member",
    "resend_invitation",
    "reset_password",
    "withdraw_invitation",
]
