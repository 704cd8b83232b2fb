"""Ending sessions that other browsers still hold."""

import uuid

from accounts.models import LoginSession


def end_sessions(
    *, user_id: uuid.UUID, tenant_id: uuid.UUID | None = None, keep: str | None = None
) -> int:
    """Log a user out everywhere, or on one tenant; `keep` names a session that stays.

    Returns how many sessions were ended.
    """
    sessions = LoginSession.objects.filter(user_id=user_id)
    if tenant_id is not None:
        sessions = sessions.filter(tenant_id=tenant_id)
    if keep is not None:
        sessions = sessions.exclude(session_key=keep)
    ended, _ = sessions.delete()
    return ended
