"""What the command line does to a merchant is in the trail too, without an operator's name."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from console.models import Act, Entry
from tenants.models import Tenant
from tests.console.test_acts import dead_event


def tenants(*arguments: str) -> None:
    call_command("tenants", *arguments, stdout=StringIO())


def written(tenant: Tenant) -> list[str]:
    connection.set_schema_to_public()
    rows = Entry.objects.filter(tenant_id=tenant.id).order_by("at", "id")
    assert {(row.operator_id, row.operator_name) for row in rows} <= {(None, "")}
    return [row.act for row in rows]


def test_suspending_opening_and_deleting_are_written_down(merchant: Tenant, tmp_path: Path) -> None:
    tenants("suspend", merchant.slug)
    tenants("resume", merchant.slug)
    with pytest.raises(CommandError, match="tenant_state"):
        tenants("resume", merchant.slug)
    tenants("delete", merchant.slug, "--yes", "--export", str(tmp_path / "out.zip"))
    assert written(merchant) == [Act.SUSPENDED, Act.RESUMED, Act.DELETING]


def test_what_lets_somebody_in_or_sends_again_is_written_down(merchant: Tenant) -> None:
    """An owner's invitation, a secret key, another try: by number or id, and nobody's address."""
    dead_event(merchant)
    tenants("owner", merchant.slug, "nina@exemple.fr")
    call_command("api_key", "create", "--tenant", merchant.slug, "--name", "x", stdout=StringIO())
    for _ in range(2):
        call_command("outbox", "retry", "--tenant", merchant.slug, stdout=StringIO())
    assert written(merchant) == [Act.OWNER_INVITED, Act.KEY_MADE, Act.EVENT_RETRIED]
    abouts = list(Entry.objects.order_by("at", "id").values_list("about", flat=True))
    assert (abouts[0], abouts[2]) == ("", "1 × outbox")
    assert abouts[1].startswith("key_")


def test_backups_and_what_comes_of_them_are_written_down(
    make_live_merchant: Callable[[str], Tenant], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tenant, file = make_live_merchant("chez-zoe"), str(tmp_path / "zoe.zip")
    tenants("backup", "chez-zoe", file)
    tenants("suspend", "chez-zoe")
    tenants("restore", file, "--yes")
    tenants("delete", "chez-zoe", "--yes", "--now", "--export", str(tmp_path / "out.zip"))
    assert written(tenant) == [
        Act.BACKED_UP,
        Act.SUSPENDED,
        Act.BACKED_UP,
        Act.RESTORED,
        Act.DELETING,
        Act.DELETED,
    ]
    tenants("restore", file, "--as", "chez-zoe-2")
    copy = Tenant.objects.get(slug="chez-zoe-2")
    assert written(copy) == [Act.RESTORED]
    tenants("delete", "chez-zoe-2", "--yes", "--now", "--export", str(tmp_path / "copy.zip"))
    copy.delete()
