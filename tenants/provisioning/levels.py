"""A schema at the level of an older code, and from there to this one's."""

from datetime import datetime

from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from kernel.errors import InvalidInputError
from tenants.provisioning import guards, record, replay
from tenants.provisioning.dedicated import connect, django_connection
from tenants.provisioning.labels import tenant_app_labels

Node = tuple[str, str]


class NewerBackupError(InvalidInputError):
    """This backup was taken by a newer version of Ricochet: restore it with that one."""

    code = "newer_backup"


def build_at(schema: str, history: bytes, *, now: datetime) -> None:
    """Make `schema` as it was after the migrations in `history`: the rows of django_migrations.

    `history` is what COPY wrote: id, app, name, moment, a tab between them. At this code's own
    level the recorded SQL is replayed; at an older one Django migrates, which takes seconds.
    """
    applied = _nodes(history)
    known = set(MigrationLoader(None).graph.nodes)
    if not applied <= known:
        raise NewerBackupError
    ours = {node for node in known if node[0] in tenant_app_labels()}
    if ours <= applied:
        replay.replay(record.recording_for_this_code() or record.record(now=now), schema)
        return
    with connect() as own:
        own.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    with django_connection(schema) as older:
        older.set_schema(schema, include_public=False)
        MigrationRecorder(older).ensure_schema()
        older.set_schema(schema)
        executor = MigrationExecutor(older)
        executor.migrate(_last(applied, executor.loader))


def _last(applied: set[Node], loader: MigrationLoader) -> list[Node]:
    """Those that no other applied one stands on: migrating to them runs the rest as well."""
    nodes = loader.graph.node_map
    return [one for one in applied if not applied & {child.key for child in nodes[one].children}]


def bring_up(schema: str) -> None:
    """Migrate one schema to this code, where it is behind."""
    with django_connection(schema) as own:
        executor = MigrationExecutor(own)
        behind = bool(executor.migration_plan(record.targets(executor.loader)))
    if behind:
        record.migrate_with_django(schema)


def _nodes(history: bytes) -> set[Node]:
    rows = (line.split("\t") for line in history.decode().splitlines())
    return {(app, name) for _id, app, name, *_when in rows if app != guards.APP}
