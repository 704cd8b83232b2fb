"""A merchant is made whole, or not at all."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import connection, connections, transaction

from tenants.models import Domain, SchemaRecording, Tenant, TenantState
from tenants.provisioning import record, replay, services
from tenants.provisioning.dedicated import connect
from tenants.provisioning.fingerprint import describe, differences
from tenants.provisioning.services import (
    InvalidTenantError,
    SlugTakenError,
    provision_tenant,
    resume_or_remove,
    schema_exists,
    sweep_half_made,
)

Make = Callable[[str], Tenant]


def half_made(slug: str, now: datetime) -> Tenant:
    """What a crash leaves after the row was committed and before the schema was."""
    tenant = Tenant.objects.create(
        slug=slug, name=slug, schema_name=f"t_half_{slug[-3:]}", created_at=now
    )
    Domain.objects.create(tenant=tenant, domain=f"{slug}.ricochet.localhost")
    return tenant


def schemas() -> set[str]:
    with connect() as own:
        return {row[0] for row in own.execute("SELECT nspname FROM pg_namespace")}


def test_a_merchant_is_active_at_its_address(make_live_merchant: Make) -> None:
    tenant = make_live_merchant("chez-zoe")
    assert tenant.state == TenantState.ACTIVE
    assert tenant.schema_name.startswith("t_")
    assert "zoe" not in tenant.schema_name
    assert [domain.domain for domain in tenant.domains.all()] == ["chez-zoe.ricochet.localhost"]
    assert schema_exists(tenant.schema_name)


def test_a_replayed_schema_is_the_migrated_one(make_live_merchant: Make) -> None:
    """Tables, columns, indexes, constraints, sequences, triggers: no line differs."""
    tenant = make_live_merchant("chez-zoe")
    record.create_and_migrate("migrated_plainly")
    try:
        with connect() as own:
            migrated = describe(own, "migrated_plainly")
            replayed = describe(own, tenant.schema_name)
    finally:
        replay.drop("migrated_plainly")
    assert differences(migrated, replayed) == []
    for what in ("table", "column", "index", "constraint", "sequence", "trigger", "function"):
        assert any(line.startswith(f"{what} | ") for line in replayed), what


def test_a_replayed_schema_has_nothing_left_to_migrate(make_live_merchant: Make) -> None:
    from django.db.migrations.executor import MigrationExecutor

    tenant = make_live_merchant("chez-zoe")
    connection.set_tenant(tenant)
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(record.targets(executor.loader)) == []
    connection.set_schema_to_public()


def test_recording_leaves_no_template_behind(make_live_merchant: Make, now: datetime) -> None:
    before = schemas()
    recording = record.record(now=now)
    assert schemas() == before
    assert len(recording.statements) > 40
    assert not any(
        statement.lstrip().upper().startswith("SELECT") for statement in recording.statements
    )


def test_a_replay_that_fails_leaves_nothing_and_migrations_take_over(
    make_live_merchant: Make, caplog: pytest.LogCaptureFixture
) -> None:
    make_live_merchant("chez-zoe")
    recording = record.recording_for_this_code()
    assert recording is not None
    broken = SchemaRecording(
        digest=recording.digest,
        statements=[*recording.statements, "CREATE TABLE nowhere.at_all ()"],
        fingerprint=recording.fingerprint,
        created_at=recording.created_at,
    )
    before = schemas()
    with pytest.raises(psycopg.Error):
        replay.replay(broken, "t_not_there")
    assert schemas() == before

    broken.save()
    try:
        tenant = make_live_merchant("chez-lea")
    finally:
        SchemaRecording.objects.filter(digest=recording.digest).delete()
        recording.save(force_insert=True)
    assert "replay failed" in caplog.text
    assert tenant.state == TenantState.ACTIVE
    assert replay.is_complete(recording, tenant.schema_name)


def test_a_replay_with_another_result_is_not_accepted(make_live_merchant: Make) -> None:
    make_live_merchant("chez-zoe")
    recording = record.recording_for_this_code()
    assert recording is not None
    recording.statements = [s for s in recording.statements if not s.startswith("CREATE INDEX")]
    with pytest.raises(replay.SchemaDiffersError):
        replay.replay(recording, "t_poorer")
    assert not schema_exists("t_poorer")


def test_a_taken_address_is_refused_and_changes_nothing(
    make_live_merchant: Make, now: datetime
) -> None:
    make_live_merchant("chez-zoe")
    before, rows = schemas(), Tenant.objects.count()
    with pytest.raises(SlugTakenError) as refusal:
        provision_tenant(name="Zoé bis", slug="chez-zoe", now=now)
    assert (refusal.value.code, refusal.value.status) == ("slug_taken", 409)
    assert (schemas(), Tenant.objects.count()) == (before, rows)


def test_of_two_at_once_for_one_address_one_wins(make_live_merchant: Make, now: datetime) -> None:
    make_live_merchant("the-first")
    before = schemas()
    gate = threading.Barrier(4)

    def attempt(_: int) -> str:
        try:
            gate.wait()
            return provision_tenant(name="Zoé", slug="chez-zoe", now=now).state
        except SlugTakenError as error:
            return error.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        results = sorted(threads.map(attempt, range(4)))
    winner = Tenant.objects.get(slug="chez-zoe")
    try:
        assert results == ["active", "slug_taken", "slug_taken", "slug_taken"]
        assert schemas() - before == {winner.schema_name}
    finally:
        replay.drop(winner.schema_name)
        winner.delete()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "), ("name", "x" * 121), ("currency", "XXX"), ("timezone", "Europe/Lyon"),
        ("timezone", "../etc/passwd"), ("language", "xx"), ("contact_email", "nobody"),
        ("site_url", "javascript:alert(1)"),
    ],
)  # fmt: skip
def test_a_merchant_that_could_not_work_is_refused_by_its_field(
    db: None, now: datetime, field: str, value: str
) -> None:
    rows = Tenant.objects.count()
    with pytest.raises(InvalidTenantError) as refusal:
        provision_tenant(**{"name": "Zoé", "slug": "chez-zoe", "now": now, field: value})
    assert refusal.value.param == field
    assert Tenant.objects.count() == rows


def test_a_merchant_is_never_made_inside_a_transaction(
    make_live_merchant: Make, now: datetime
) -> None:
    make_live_merchant("the-first")
    before = schemas()
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        provision_tenant(name="Zoé", slug="chez-zoe", now=now)
    assert schemas() == before


def test_a_failure_takes_everything_back(
    make_live_merchant: Make, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_live_merchant("the-first")
    before = schemas()

    def fail(*_: object, **__: object) -> None:
        raise OSError("no room left")

    monkeypatch.setattr(services.replay, "replay", fail)
    with pytest.raises(OSError, match="no room"):
        provision_tenant(name="Zoé", slug="chez-zoe", now=now)
    assert schemas() == before
    assert not Tenant.objects.filter(slug="chez-zoe").exists()


def test_what_a_crash_left_is_finished_by_the_sweep(
    make_live_merchant: Make, now: datetime
) -> None:
    make_live_merchant("the-first")
    without = half_made("crash-aaa", now)
    with_part = half_made("crash-bbb", now)
    recent = half_made("crash-ccc", now + timedelta(minutes=5))
    left = [without, with_part, recent]
    with connect() as own:
        own.execute('CREATE SCHEMA "t_half_bbb"')
        own.execute('CREATE TABLE "t_half_bbb".half (id int PRIMARY KEY)')
    try:
        assert sweep_half_made(now + timedelta(minutes=11)) == 2
        recording = record.recording_for_this_code()
        assert recording is not None
        for tenant in (without, with_part):
            tenant.refresh_from_db()
            assert tenant.state == TenantState.ACTIVE
            assert replay.is_complete(recording, tenant.schema_name)
        recent.refresh_from_db()
        assert recent.state == TenantState.PROVISIONING
        assert sweep_half_made(now + timedelta(minutes=11)) == 0
    finally:
        for tenant in left:
            replay.drop(tenant.schema_name)
            tenant.delete()


def test_what_cannot_be_finished_is_removed(
    make_live_merchant: Make, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_live_merchant("the-first")
    tenant = half_made("crash-aaa", now)

    def fail(*_: object, **__: object) -> None:
        raise OSError("no room left")

    monkeypatch.setattr(services.replay, "replay", fail)
    assert resume_or_remove(tenant, now=now) is None
    assert not Tenant.objects.filter(slug="crash-aaa").exists()
    assert not Domain.objects.filter(domain="crash-aaa.ricochet.localhost").exists()
