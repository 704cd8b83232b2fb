"""R25: one merchant goes back to a moment, the others stay, and no old email leaves again."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from kernel.outbox.models import Event, EventState
from tenants.context import enter
from tenants.messaging.models import Email, EmailState
from tenants.models import Tenant, TenantState
from tenants.profiles.models import Profile
from tenants.programme import clock
from tenants.programme.models import Reward
from tenants.provisioning import backup, levels, lifecycle, record, replay, restore, tables
from tenants.provisioning.dedicated import connect
from tenants.provisioning.services import SlugTakenError, schema_exists
from tests.fixtures.programme import NOW, make_order
from tests.tenants.restored import DUE, camille_has, held, order

Make = Callable[[str], Tenant]


def schemas() -> set[str]:
    with connect() as own:
        return {row[0] for row in own.execute("SELECT nspname FROM pg_namespace").fetchall()}


def test_a_copy_under_another_name_holds_the_same_in_every_table(lumen: Tenant, file: Path) -> None:
    before = held(lumen)
    assert all(before[name].rows for name in ("ledger_transfer", "messaging_email", "outbox_event"))
    copy = restore.restore_as(file, slug="the-copy", now=NOW)
    assert (copy.state, copy.name, copy.modules) == (
        TenantState.SUSPENDED, lumen.name, lumen.modules,
    )  # fmt: skip
    after = held(copy)
    # All is equal but what was about to leave: it stays where it is, and says why.
    assert {name for name in before if before[name] != after[name]} == {
        "messaging_email", "outbox_event",
    }  # fmt: skip
    assert {name: one.rows for name, one in before.items()} == {
        name: one.rows for name, one in after.items()
    }
    recording = record.recording_for_this_code()
    assert recording is not None
    assert replay.is_complete(recording, copy.schema_name)
    assert camille_has(copy) == camille_has(lumen) == (0, 800)


def test_no_email_leaves_again_neither_old_ones_nor_those_that_fell_due_since(
    lumen: Tenant, file: Path
) -> None:
    """The reward was available before the restoration, and its email had gone."""
    copy = restore.restore_as(file, slug="the-copy", now=DUE)
    assert camille_has(copy) == (800, 0)
    with enter(copy):
        assert {reward.state for reward in Reward.objects.all()} == {"posted"}
        assert not Email.objects.filter(state=EmailState.QUEUED).exists()
        assert {email.skipped_because for email in Email.objects.all()} == {"restored"}
        assert "reward_posted" in set(Email.objects.values_list("kind", flat=True))
        assert not Event.objects.filter(state=EventState.PENDING, due_at__lte=DUE).exists()
    assert camille_has(lumen) == (0, 800)  # the one that was copied knows nothing of it


def test_in_its_place_a_merchant_is_as_it_was(
    lumen: Tenant, file: Path, make_live_merchant: Make
) -> None:
    neighbour = make_live_merchant("next-door")
    untouched = held(neighbour)
    with enter(lumen):
        order(Profile.objects.get(first_name="Camille"), external_id="LUM-2",
              customer=make_order("ana@exemple.fr").customer)  # fmt: skip
    assert camille_has(lumen) == (0, 1600)
    old = lumen.schema_name
    with pytest.raises(lifecycle.TenantStateError):
        restore.restore_over(file, now=NOW)
    assert camille_has(lumen) == (0, 1600)

    lifecycle.suspend(tenant=lumen, now=NOW)
    restored = restore.restore_over(file, now=NOW)
    assert (restored.id, restored.slug, restored.state) == (
        lumen.id, lumen.slug, TenantState.SUSPENDED,
    )  # fmt: skip
    assert restored.schema_name != old
    assert not schema_exists(old)
    assert camille_has(lifecycle.resume(tenant=restored, now=NOW)) == (0, 800)
    assert held(neighbour) == untouched


def test_the_ledger_is_guarded_again_and_goes_on(lumen: Tenant, file: Path) -> None:
    copy = restore.restore_as(file, slug="the-copy", now=NOW)
    with pytest.raises(Exception, match="append-only"), connect(schema=copy.schema_name) as own:
        own.execute("DELETE FROM ledger_transfer")
    lifecycle.resume(tenant=copy, now=NOW)
    with enter(copy):
        order(Profile.objects.get(first_name="Camille"), external_id="LUM-2",
              customer=make_order("ana@exemple.fr").customer)  # fmt: skip
        clock.settle(now=DUE, limit=100)
    assert camille_has(copy) == (1600, 0)


def test_a_backup_of_an_older_code_is_brought_up(
    lumen: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The schema is made as it was then, filled, and migrated with its rows."""
    with connect(schema=lumen.schema_name) as own:
        for table in tables.columns_of(own, lumen.schema_name):
            if table.startswith("widgets_"):
                own.execute(f"DROP TABLE {table} CASCADE".encode())
        own.execute("DELETE FROM django_migrations WHERE app = 'widgets'")
    backup.back_up(lumen, tmp_path / "older.zip", now=NOW)
    copy = restore.restore_as(tmp_path / "older.zip", slug="the-copy", now=NOW)
    recording = record.recording_for_this_code()
    assert recording is not None
    assert replay.is_complete(recording, copy.schema_name)
    assert camille_has(copy) == (0, 800)


def edited(file: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """The same backup with one of its files changed."""
    other = file.with_name("edited.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(other, "w") as new:
        for each in old.namelist():
            content = old.read(each)
            new.writestr(each, change(content) if each == name else content)
    return other


def newer(content: bytes) -> bytes:
    return content + b"999999\twidgets\t9999_tomorrow\t2030-01-01 00:00:00+00\n"


def cut(content: bytes) -> bytes:
    return content[:100]


def of_another_format(content: bytes) -> bytes:
    return content.replace(b"backup/1", b"backup/9")


def one_row_less(content: bytes) -> bytes:
    return b"".join(content.splitlines(keepends=True)[:-1])


def another_name(content: bytes) -> bytes:
    return content.replace(b"Camille", b"Camilla")


def short_of_a_table(content: bytes) -> bytes:
    manifest = json.loads(content)
    manifest["tables"]["no_such_table"] = {"columns": ["id"], "rows": 0, "digest": "0.0"}
    return json.dumps(manifest).encode()


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("ledger_transfer.copy", one_row_less, "backup_differs"),
        ("profiles_profile.copy", another_name, "backup_differs"),
        ("django_migrations.copy", newer, "newer_backup"),
        ("manifest.json", short_of_a_table, "unreadable_backup"),
        ("manifest.json", of_another_format, "unreadable_backup"),
        ("manifest.json", cut, "unreadable_backup"),
    ],
)
def test_a_damaged_or_foreign_backup_is_refused_and_nothing_stays(
    file: Path, name: str, change: Callable[[bytes], bytes], code: str
) -> None:
    there = schemas()
    with pytest.raises(Exception) as refusal:
        restore.restore_as(edited(file, name, change), slug="the-copy", now=NOW)
    assert getattr(refusal.value, "code", refusal.value) == code
    assert schemas() == there
    assert not Tenant.objects.filter(slug="the-copy").exists()


def test_an_address_that_is_taken_is_refused_before_anything(lumen: Tenant, file: Path) -> None:
    there = schemas()
    with pytest.raises(SlugTakenError):
        restore.restore_as(file, slug=lumen.slug, now=NOW)
    assert schemas() == there


def test_no_file_and_no_zip_are_said_to_be_no_backup(db: None, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a zip")
    for name in ("notes.txt", "nowhere.zip"):
        with pytest.raises(CommandError, match="unreadable_backup"):
            call_command("tenants", "restore", str(tmp_path / name), "--as", "the-copy")


def test_the_command_asks_for_the_name_and_keeps_what_it_takes_back(
    lumen: Tenant, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lifecycle.suspend(tenant=lumen, now=NOW)
    monkeypatch.setattr("builtins.input", lambda _: "yes")
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("tenants", "restore", str(file))
    assert list(tmp_path.glob("*-before-*.zip")) == []
    monkeypatch.setattr("builtins.input", lambda _: lumen.slug)
    call_command("tenants", "restore", str(file))
    (kept,) = tmp_path.glob("*-before-*.zip")
    copy = restore.restore_as(kept, slug="the-copy", now=NOW)
    assert camille_has(copy) == (0, 800)


def test_which_migrations_are_the_last_of_a_history() -> None:
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    first = ("widgets", "0001_initial")
    second = next(iter(loader.graph.node_map[first].children)).key
    assert levels._last({first, second}, loader) == [second]
    assert levels._last({first}, loader) == [first]
