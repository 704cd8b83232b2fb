"""R12: the fleet is brought up to the code, one tenant's trouble is not the others'."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from django.apps import apps
from django.db.migrations import Migration, RunPython, RunSQL, SeparateDatabaseAndState

from tenants.management import fleet as shown
from tenants.models import Tenant
from tenants.provisioning import fleet, guards, record, replay
from tenants.provisioning.dedicated import connect
from tenants.provisioning.fleet import Group, migrate_group, survey
from tenants.provisioning.lifecycle import suspend
from widgets.models import Site

Make = Callable[[str], Tenant]
Ask = Callable[..., list[tuple[object, ...]]]


def set_back(tenant: Tenant) -> None:
    """Make a schema as it was before the app `widgets` came, with the guards of that day."""
    with connect(schema=tenant.schema_name) as own:
        for model in apps.get_app_config("widgets").get_models():
            own.execute(f"DROP TABLE IF EXISTS {model._meta.db_table} CASCADE".encode())
        own.execute("DELETE FROM django_migrations WHERE app IN ('widgets', 'guards')")
        own.execute("DROP FUNCTION ledger_append_only() CASCADE")


def is_whole(tenant: Tenant) -> bool:
    recording = record.recording_for_this_code()
    assert recording is not None
    return replay.is_complete(recording, tenant.schema_name)


def run() -> dict[str, tuple[bool, str]]:
    """For each tenant that was behind: whether it was replayed, and what went wrong."""
    groups, _ = survey()
    return {
        outcome.tenant.slug: (outcome.replayed, outcome.error)
        for group in groups
        for outcome in migrate_group(group)
    }


@contextmanager
def writing_to(tenant: Tenant) -> Iterator[None]:
    """A transaction of somebody else, in the middle of a transfer."""
    with connect(schema=tenant.schema_name) as own:
        own.execute("LOCK TABLE ledger_transfer IN ROW EXCLUSIVE MODE")
        yield


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "LOCK_TIMEOUT_MS", 150)


def test_who_is_up_to_date_is_left_alone(make_live_merchant: Make) -> None:
    make_live_merchant("fleet-one")
    assert survey() == ([], [])


def test_those_with_the_same_history_are_migrated_once_and_replayed(
    make_live_merchant: Make, now: datetime
) -> None:
    tenants = [make_live_merchant(f"fleet-{name}") for name in ("one", "two", "three")]
    suspend(tenant=tenants[2], now=now)  # closed, but it will be open again one day
    for tenant in tenants:
        set_back(tenant)
        assert not is_whole(tenant)
    groups, missing = survey()
    assert missing == []
    assert [sorted(t.slug for t in group.tenants) for group in groups] == [
        ["fleet-one", "fleet-three", "fleet-two"]
    ]
    assert groups[0].names[-1] == "guards"
    assert all(name.startswith("widgets.") for name in groups[0].names[:-1])
    outcomes = run()
    assert [outcomes[tenant.slug] for tenant in tenants] == [(False, ""), (True, ""), (True, "")]
    assert all(is_whole(tenant) for tenant in tenants)
    assert survey() == ([], [])


def test_python_in_a_migration_is_run_by_django_for_each_tenant(
    make_live_merchant: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenants = [make_live_merchant(f"fleet-{name}") for name in ("one", "two")]
    for tenant in tenants:
        set_back(tenant)
    monkeypatch.setattr(Group, "can_be_replayed", property(lambda _: False))
    assert run() == {"fleet-one": (False, ""), "fleet-two": (False, "")}
    assert all(is_whole(tenant) for tenant in tenants)


def test_what_can_be_replayed_is_told_from_what_cannot() -> None:
    def group(*operations: object, atomic: bool = True) -> Group:
        migration = Migration("0002", "widgets")
        migration.operations, migration.atomic = list(operations), atomic
        return Group(pending=[migration])

    python, plain = RunPython(RunPython.noop), RunSQL("SELECT 1")
    assert group(plain).can_be_replayed
    assert group(SeparateDatabaseAndState([plain], [])).can_be_replayed
    assert not group(plain, python).can_be_replayed
    assert not group(SeparateDatabaseAndState([SeparateDatabaseAndState([python])])).can_be_replayed
    assert not group(plain, atomic=False).can_be_replayed


def test_a_tenant_that_fails_is_named_and_the_next_one_is_taken(
    make_live_merchant: Make, ask: Ask
) -> None:
    tenants = [make_live_merchant(f"fleet-{name}") for name in ("one", "two", "three")]
    for tenant in tenants:
        set_back(tenant)
    in_the_way = f'"{tenants[1].schema_name}"."{Site._meta.db_table}"'
    ask(f"CREATE TABLE {in_the_way} (id int PRIMARY KEY)")

    outcomes = run()
    assert outcomes["fleet-one"] == (False, "")
    assert outcomes["fleet-three"] == (True, "")
    assert "already exists" in outcomes["fleet-two"][1]
    assert [group.tenants for group in survey()[0]] == [[tenants[1]]]

    ask(f"DROP TABLE {in_the_way}")
    assert run() == {"fleet-two": (False, "")}
    assert all(is_whole(tenant) for tenant in tenants)


def test_a_busy_tenant_is_not_waited_for_and_is_found_again(
    make_live_merchant: Make,
) -> None:
    """The tables were committed and the guard was not: the survey must still find it."""
    tenants = [make_live_merchant(f"fleet-{name}") for name in ("one", "two")]
    for tenant in tenants:
        set_back(tenant)
    with writing_to(tenants[0]):
        outcomes = run()
    assert "lock" in outcomes["fleet-one"][1]
    assert outcomes["fleet-two"][1] == ""
    groups, _ = survey()
    assert [(group.tenants, group.names) for group in groups] == [([tenants[0]], ["guards"])]
    assert run() == {"fleet-one": (False, "")}
    assert all(is_whole(tenant) for tenant in tenants)


def test_half_a_recording_is_never_replayed(make_live_merchant: Make) -> None:
    """As when another run migrated the first tenant between the survey and its turn."""
    tenants = [make_live_merchant(f"fleet-{name}") for name in ("one", "two")]
    for tenant in tenants:
        set_back(tenant)
    (group,), _ = survey()
    record.migrate_with_django(group.tenants[0].schema_name)
    assert [(one.replayed, one.error) for one in migrate_group(group)] == [(False, ""), (False, "")]
    assert all(is_whole(tenant) for tenant in tenants)


def test_a_new_guard_reaches_those_who_have_all_migrations(
    make_live_merchant: Make, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenants = [make_live_merchant(f"fleet-{name}") for name in ("one", "two")]
    more = [*guards.statements(), "COMMENT ON TABLE ledger_transfer IS 'guarded'"]
    monkeypatch.setattr(guards, "statements", lambda: iter(more))
    guards.version.cache_clear()
    try:
        ours = [group for group in survey()[0] if tenants[0] in group.tenants]
        assert [group.names for group in ours] == [["guards"]]
        for outcome in migrate_group(ours[0]):
            assert outcome.error == ""
    finally:
        guards.version.cache_clear()
    for tenant in tenants:
        table = f"{tenant.schema_name}.ledger_transfer"
        assert ask("SELECT obj_description(%s::regclass)", table) == [("guarded",)]


def test_a_tenant_without_a_schema_is_named(make_live_merchant: Make) -> None:
    tenant = make_live_merchant("fleet-one")
    replay.drop(tenant.schema_name)
    assert survey() == ([], [tenant])
    said: list[str] = []
    with pytest.raises(shown.CommandError):
        shown.check(said.append)
    assert any("fleet-one has no schema" in line for line in said)
