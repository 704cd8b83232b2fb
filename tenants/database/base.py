"""R17: a statement never runs in a schema that was not set.

django-tenants 4.0.1 fails open in two places, both closed here.

It swallows the error of `SET search_path` and goes on with whatever path the connection had,
which is the previous tenant's. It does so because the SET may fail for one harmless reason: the
transaction was already in error, and all that follows is a rollback. So the transaction's
status is noted first, and every other failure is raised.

And it believes that a commit keeps the path. PostgreSQL answers COMMIT in a failed transaction
with a rollback, without an error, and takes the path back to what it was before.
"""

from typing import Any

from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.backends.utils import CursorWrapper
from django.db.utils import OperationalError
from django_tenants.postgresql_backend import base as django_tenants_backend
from django_tenants.utils import get_limit_set_calls
from psycopg.pq import TransactionStatus

from tenants.database.liveness import is_alive
from tenants.database.pooler import refuse_unsafe_pooler
from tenants.database.prepared import PreparedCursor


class Operations(DatabaseOperations):
    """Django's, which can also tell what a prepared statement was."""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> Any:
        if isinstance(cursor, PreparedCursor):
            return self.compose_sql(sql, params)
        return super().last_executed_query(cursor, sql, params)


class DatabaseWrapper(django_tenants_backend.DatabaseWrapper):  # type: ignore[misc]
    """django-tenants' wrapper, which raises OperationalError when the schema could not be set."""

    ops_class = Operations
    _prepares = False

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A living connection; the process's first one proves that it keeps its path."""
        with self.wrap_database_errors:
            refuse_unsafe_pooler(conn_params)
        session = super().get_new_connection(conn_params)
        while self.pool and not is_alive(session):
            session.close()
            self.pool.putconn(session)  # which makes another one in its place
            session = super().get_new_connection(conn_params)
        return session

    def prepared_cursor(self) -> Any:
        """A cursor like any other, for SQL that stands still: see `tenants.database.prepared`."""
        if self._is_under_way():
            return CursorWrapper(PreparedCursor(self.connection), self)
        self._prepares = True
        try:
            return self.cursor()
        finally:
            self._prepares = False

    def _is_under_way(self) -> bool:
        """Whether this transaction has its connection and its schema, and nobody listens.

        What Django makes sure of for each cursor was then made sure of for an earlier one.
        """
        return (
            self.in_atomic_block
            and self.connection is not None
            and not self.closed_in_transaction
            and bool(self.search_path_set_schemas)
            and get_limit_set_calls()
            and not self.queries_logged
        )

    def create_cursor(self, name: str | None = None) -> Any:
        """Django's cursor, or ours where `prepared_cursor` asks."""
        if name is not None or not self._prepares:
            return super().create_cursor(name)
        session = self.connection
        usual, session.cursor_factory = session.cursor_factory, PreparedCursor
        try:
            return super().create_cursor()
        finally:
            session.cursor_factory = usual

    def commit(self) -> None:
        """Commit, and forget the path where PostgreSQL took it back."""
        whole = self._transaction_status() is TransactionStatus.INTRANS
        try:
            super().commit()
        except BaseException:
            whole = False
            raise
        finally:
            if not whole:
                self.search_path_set_schemas = None

    def _handle_search_path(self, cursor: Any = None) -> None:
        if self.search_path_set_schemas and get_limit_set_calls():
            return  # as django-tenants does, before anything is asked of the connection
        in_error = self._transaction_status() is TransactionStatus.INERROR
        super()._handle_search_path(cursor)
        if self._setting_search_path or self.search_path_set_schemas or in_error:
            return
        raise OperationalError(
            f"search_path could not be set to {self.schema_name!r}; the statement is refused"
        )

    def _transaction_status(self) -> TransactionStatus | None:
        return None if self.connection is None else self.connection.info.transaction_status
