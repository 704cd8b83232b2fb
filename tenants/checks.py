"""What `manage.py check` and every start look at."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.db import connections

from tenants.database.pooler import UnsafePoolerError, refuse_unsafe_pooler


@checks.register(checks.Tags.database)
def pooler_check(*, databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    """E001: the database is behind a pooler that does not keep a session's path."""
    problems: list[checks.CheckMessage] = []
    for alias in databases or ():
        try:
            refuse_unsafe_pooler(connections[alias].get_connection_params())
        except UnsafePoolerError as error:
            problems.append(checks.Error(str(error), id="tenants.E001"))
    return problems


@checks.register()
def backend_check(**_: Any) -> list[checks.CheckMessage]:
    """E002, E003: tenants need our database backend, which fails closed, and set the path once."""
    problems: list[checks.CheckMessage] = []
    if settings.DATABASES["default"]["ENGINE"] != "tenants.database":
        problems.append(
            checks.Error(
                "DATABASES['default']['ENGINE'] must be tenants.database.", id="tenants.E002"
            )
        )
    if getattr(settings, "PG_EXTRA_SEARCH_PATHS", []):
        problems.append(
            checks.Error("PG_EXTRA_SEARCH_PATHS would let tenants share tables.", id="tenants.E003")
        )
    return problems
