"""Code that works for one merchant enters another's schema by one way only."""

import ast

from tests.architecture.sources import name, product
from tests.architecture.test_layout import imports, tree_of

# What sets the tenant of a thread, by the name under which it is imported.
WAYS_IN = {
    "tenants.context.enter",
    "tenants.context.enter_by_id",
    "django_tenants.utils.tenant_context",
    "django_tenants.utils.schema_context",
}
# Each of these stands in public, or in no merchant yet, and enters one.
ALLOWED = {
    "partnerships/crossing.py": "the one way into a partner's schema",
    "tenants/context.py": "defines it",
    "tenants/middleware.py": "a request's own merchant, for what it streams",
    "tenants/lookup.py": "the shared cache of host names",
    "tenants/tasks.py": "a task's own merchant",
    "tenants/provisioning/lifecycle.py": "leaves for public, where the outbox of billing is",
    "tenants/provisioning/restore.py": "stands in public, and enters what it restored",
    "platform/console/entering.py": "the operator's acts, from public, one merchant at a time",
    "platform/config/tasks.py": "the beat, merchant by merchant",
}
# Commands stand in public; the demo's story is told there, one merchant at a time.
_IN_PUBLIC = ("management/commands", "config/demo/")


def entering() -> dict[str, set[str]]:
    found = {}
    for path in product(".py"):
        ways = imports(tree_of(path)) & WAYS_IN
        if ways and not any(part in name(path) for part in _IN_PUBLIC):
            found[name(path)] = ways
    return found


def test_only_the_crossing_leads_from_one_merchant_into_another() -> None:
    """Whoever adds a place says here why it enters no second merchant."""
    assert set(entering()) == set(ALLOWED)


def test_no_code_enters_by_the_connection_itself() -> None:
    setting = {
        name(path)
        for path in product(".py")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and node.attr in ("set_tenant", "set_schema")
    }
    # The backend itself, and who makes a schema before anybody is in it.
    below = ("tenants/database", "tenants/provisioning")
    outside = {file for file in setting if not file.startswith(below)}
    assert outside == {"tenants/middleware.py"}
