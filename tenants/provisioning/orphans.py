"""Schemas that no merchant's row names: what a killed restoration left, or could not drop.

They hold customers' data, so an operator is told of them; they are dropped by command only, for
a public schema that was set back to an older day knows nothing of the merchants made since.
"""

from tenants.provisioning import replay
from tenants.provisioning.dedicated import connect

_ORPHANS = """
    SELECT nspname FROM pg_namespace WHERE nspname ~ '^t_[0-9a-f]{16}$'
        AND NOT EXISTS (SELECT FROM public.tenants_tenant WHERE schema_name = nspname)
    ORDER BY nspname
"""


def orphans() -> list[str]:
    """Their names; one that is just being restored is among them."""
    with connect() as own:
        return [row[0] for row in own.execute(_ORPHANS).fetchall()]


def drop_orphans(names: list[str]) -> None:
    """Drop those of `names` that still are. Raises psycopg.errors.LockNotAvailable."""
    for name in set(names) & set(orphans()):
        replay.drop(name)
