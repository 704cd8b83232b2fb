"""The session store: Django's own, whose rows also say whose the session is, and where."""

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import SESSION_KEY as USER_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from accounts.models import LoginSession

TENANT_KEY = "tenant_id"
OPENED_KEY = "opened_at"


class SessionStore(DatabaseStore):
    """R21, R29: a row carries its tenant, and its user, by whom `end_sessions` finds it."""

    @classmethod
    def get_model_class(cls) -> Any:
        return LoginSession

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.user_id = data.get(USER_KEY)
        row.tenant_id = data.get(TENANT_KEY) or None
        if OPENED_KEY in data:
            row.opened_at = datetime.fromtimestamp(data[OPENED_KEY], tz=UTC)
        return row
