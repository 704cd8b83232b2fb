"""R17: a statement never runs in a schema that was not set.

django-tenants 4.0.1 swallows the error of `SET search_path` and goes on with whatever path the
connection had, which is the previous tenant's. It does so because the SET may fail for one
harmless reason: the transaction was already in error, and all that follows is a rollback. So
we note the transaction's status first, and refuse in every other case.
"""

from typing import Any

from django.db.utils import OperationalError
from django_tenants.postgresql_backend import base as django_tenants_backend
from psycopg.pq import TransactionStatus

_BROKEN = (TransactionStatus.INERROR, TransactionStatus.UNKNOWN)


class DatabaseWrapper(django_tenants_backend.DatabaseWrapper):
    """django-tenants' wrapper that raises OperationalError when the schema could not be set."""

    def _handle_search_path(self, cursor: Any = None) -> None:
        in_error = self._transaction_status() is TransactionStatus.INERROR
        super()._handle_search_path(cursor)
        if self._setting_search_path or self.search_path_set_schemas or in_error:
            return
        raise OperationalError(
            f"search_path could not be set to {self.schema_name!r}; the statement is refused"
        )

    def _transaction_status(self) -> TransactionStatus | None:
        return None if self.connection is None else self.connection.info.transaction_status
