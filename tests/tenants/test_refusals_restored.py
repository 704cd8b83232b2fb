"""R24, R25, D4: what people closed, left and took back stays so, whatever is restored."""

from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from api.models import ApiKey, Mode
from api.services.keys import create_key
from config.outbox import HANDLERS
from kernel.outbox.relay import relay
from tenants.context import enter
from tenants.messaging import unsubscribing
from tenants.messaging.models import Email, EmailState, Unsubscription
from tenants.models import Tenant
from tenants.profiles import consents
from tenants.profiles.consents import Asked, Circumstances
from tenants.profiles.models import ErasedAddress, Profile
from tenants.programme import clock, erasing
from tenants.provisioning import backup, lifecycle, orphans, replay, restore
from tenants.provisioning.dedicated import connect
from tests.fixtures.programme import NOW
from tests.tenants.restored import DUE
from widgets.models import LinkPurpose, SpaceLink, SpaceSession


def test_a_copy_that_is_opened_writes_to_no_customer_and_opens_to_no_key(
    lumen: Tenant, tmp_path: Path
) -> None:
    """They are the original's customers: each would hear everything twice."""
    with enter(lumen):
        create_key(name="Serveur", scopes=["orders:write"], mode=Mode.LIVE, now=NOW)
    backup.back_up(lumen, tmp_path / "keys.zip", now=NOW)
    copy = restore.restore_as(tmp_path / "keys.zip", slug="the-copy", now=NOW)
    copy = lifecycle.resume(tenant=copy, now=NOW)
    with enter(copy):
        assert not ApiKey.objects.filter(revoked_at=None).exists()
        clock.settle(now=DUE, limit=100)
        late = Email.objects.filter(kind="reward_posted", state=EmailState.QUEUED)
        numbers = [row.id for row in late]
        assert numbers
        relay(handlers=HANDLERS, clock=lambda: DUE, limit=50)
        for row in Email.objects.filter(id__in=numbers):
            assert (row.state, row.skipped_because) == (EmailState.SKIPPED, "copy")
    assert mail.outbox == []


def test_what_was_revoked_used_and_taken_back_since_stays_so(lumen: Tenant, tmp_path: Path) -> None:
    """Going back to a moment is for what was lost, not for what people refused."""
    with enter(lumen):
        camille = Profile.objects.get(first_name="Camille")
        thomas = Profile.objects.get(first_name="Thomas")
        key, _secret = create_key(name="Serveur", scopes=["orders:write"], mode=Mode.LIVE, now=NOW)
        link = SpaceLink.objects.create(
            purpose=LinkPurpose.ASKED, profile=camille, created_at=NOW, expires_at=DUE
        )
        session = SpaceSession.objects.create(
            token_hash="x" * 64, profile=camille, created_at=NOW, expires_at=DUE
        )
        [yes] = consents.grant(
            profile=camille,
            asked=[Asked(text="Oui", controller_name="Maison Lumen")],
            circumstances=Circumstances(source_kind="operation"),
            now=NOW,
        )
    backup.back_up(lumen, tmp_path / "before.zip", now=NOW)
    with enter(lumen):
        ApiKey.objects.update(revoked_at=NOW)
        SpaceLink.objects.update(used_at=NOW)
        consents.withdraw(consent=yes, how="link", now=NOW)
        unsubscribing.note(address="camille@exemple.fr", now=NOW)
        erasing.erase(profile_id=thomas.id, author_id=None, now=NOW)
    lifecycle.suspend(tenant=lumen, now=NOW)
    restored = restore.restore_over(tmp_path / "before.zip", now=NOW)
    with enter(restored):
        assert ApiKey.objects.get(id=key.id).revoked_at == NOW
        assert SpaceLink.objects.get(id=link.id).used_at == NOW
        assert SpaceSession.objects.get(id=session.id).revoked_at == NOW
        assert consents.withdraw(consent=yes, how="again", now=DUE) == []
        assert Unsubscription.objects.count() == 2
        assert Profile.everyone.get(id=thomas.id).erased_at == NOW
        assert ErasedAddress.objects.count() == 1


def test_a_schema_in_use_is_left_named_and_dropped_by_hand(
    lumen: Tenant, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dump that reads the old schema does not make a restoration fail."""
    monkeypatch.setattr(replay, "DROP_LOCK_TIMEOUT_MS", 100)
    lifecycle.suspend(tenant=lumen, now=NOW)
    old, before = lumen.schema_name, set(orphans.orphans())
    with connect(schema=old) as dump:
        dump.execute("SELECT FROM ledger_transfer")
        restore.restore_over(file, now=NOW)
    left = orphans.orphans()
    assert set(left) - before == {old}
    monkeypatch.setattr("builtins.input", lambda _: "yes")
    with pytest.raises(CommandError, match="Nothing was dropped"):
        call_command("tenants", "sweep", "--drop-orphans")
    monkeypatch.setattr("builtins.input", lambda _: str(len(left)))
    call_command("tenants", "sweep", "--drop-orphans")
    assert orphans.orphans() == []
