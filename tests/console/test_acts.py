"""What an operator does to a merchant: done once, written down, refused clearly."""

import io
import json
import uuid
import zipfile

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError
from django.utils import timezone

from accounts.models import User
from console.models import Act, Entry
from console.services import operators
from kernel.errors import NotFoundError
from kernel.outbox.models import Event, EventState
from kernel.outbox.services import emit
from tenants.context import enter
from tenants.models import Tenant, TenantState
from tests.console.conftest import NOW, ConsoleClient, log_in, text_of

REASON = "Ticket 4812"


def act(console: ConsoleClient, tenant: Tenant, name: str, **fields: str) -> object:
    return console.post(f"/commercants/{tenant.id}/{name}", fields, follow=True)


def state(tenant: Tenant) -> str:
    return str(Tenant.objects.get(id=tenant.id).state)


def written(tenant: Tenant) -> list[tuple[str, str, str]]:
    rows = Entry.objects.filter(tenant_id=tenant.id).order_by("at", "id")
    return list(rows.values_list("act", "reason", "operator_name"))


def test_suspending_and_opening_again(console: ConsoleClient, merchant: Tenant) -> None:
    assert "est suspendu" in text_of(act(console, merchant, "suspendre", reason=REASON))
    assert state(merchant) == TenantState.SUSPENDED
    assert "est rouvert" in text_of(act(console, merchant, "rouvrir", reason=REASON))
    assert state(merchant) == TenantState.ACTIVE
    assert written(merchant) == [
        (Act.SUSPENDED, REASON, "Odile Renard"),
        (Act.RESUMED, REASON, "Odile Renard"),
    ]


def test_the_same_act_twice_is_done_and_written_once(
    console: ConsoleClient, merchant: Tenant
) -> None:
    act(console, merchant, "suspendre", reason=REASON)
    assert "ne le permet pas" in text_of(act(console, merchant, "suspendre", reason=REASON))
    assert len(written(merchant)) == 1


@pytest.mark.parametrize("name", ["suspendre", "exporter", "supprimer", "consulter"])
@pytest.mark.parametrize("reason", ["", " \n ", "x" * 301])
def test_no_act_without_a_reason(
    console: ConsoleClient, merchant: Tenant, name: str, reason: str
) -> None:
    fields = {"reason": reason, "visit-reason": reason, "typed": merchant.slug}
    response = console.post(f"/commercants/{merchant.id}/{name}", fields)
    assert response.status_code == 422
    assert "raison" in text_of(response)
    assert state(merchant) == TenantState.ACTIVE
    assert written(merchant) == []


@pytest.mark.parametrize("typed", ["", "atelier-marin", "Maison Lumen", "MAISON-LUMEN"])
def test_a_deletion_asks_for_the_address_in_full(
    console: ConsoleClient, merchant: Tenant, typed: str
) -> None:
    response = console.post(
        f"/commercants/{merchant.id}/supprimer", {"typed": typed, "reason": REASON}
    )
    assert response.status_code == 422
    assert state(merchant) == TenantState.ACTIVE
    assert written(merchant) == []


def test_a_deletion_waits_thirty_days_and_can_be_called_off(
    console: ConsoleClient, merchant: Tenant
) -> None:
    """R25"""
    act(console, merchant, "supprimer", typed=merchant.slug, reason=REASON)
    row = Tenant.objects.get(id=merchant.id)
    assert row.state == TenantState.DELETING
    assert 29 <= (row.delete_after - timezone.now()).days <= 30
    act(console, merchant, "rouvrir", reason="Le commerçant a changé d’avis")
    assert state(merchant) == TenantState.ACTIVE
    assert [one for one, *_ in written(merchant)] == [Act.DELETING, Act.RESUMED]


def test_an_export_is_whole_and_written_down(console: ConsoleClient, merchant: Tenant) -> None:
    response = console.post(f"/commercants/{merchant.id}/exporter", {"reason": REASON})
    assert response.status_code == 200
    content = b"".join(response.streaming_content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["slug"] == merchant.slug
    assert written(merchant) == [(Act.EXPORTED, REASON, "Odile Renard")]


def test_a_merchant_who_is_not_there_is_404(console: ConsoleClient, merchant: Tenant) -> None:
    unknown = uuid.uuid4()
    accept = {"HTTP_ACCEPT": "text/html"}
    assert console.get(f"/commercants/{unknown}/", **accept).status_code == 404
    for name in ("suspendre", "rouvrir", "supprimer", "exporter", "consulter"):
        response = console.post(f"/commercants/{unknown}/{name}", {"reason": REASON}, **accept)
        assert response.status_code == 404, name


def dead_event(tenant: Tenant) -> Event:
    with enter(tenant):
        emit(kind="messaging.send", payload={"email_id": str(uuid.uuid4())}, now=NOW)
        Event.objects.update(state=EventState.DEAD, failures=8, last_error="SMTPServerDisconnected")
        return Event.objects.get()


def test_a_dead_event_is_shown_and_tried_again_once(
    console: ConsoleClient, merchant: Tenant, other_merchant: Tenant
) -> None:
    event, other = dead_event(merchant), dead_event(other_merchant)
    text = text_of(console.get("/envois/"))
    assert "SMTPServerDisconnected" in text
    assert event.payload["email_id"] not in text
    form = {"tenant": str(merchant.id), "event": str(event.id)}
    assert "relancé" in text_of(console.post("/envois/relancer", form, follow=True))
    assert "Rien à relancer" in text_of(console.post("/envois/relancer", form, follow=True))
    with enter(merchant):
        assert Event.objects.get().state == EventState.PENDING
    with enter(other_merchant):
        assert Event.objects.get(id=other.id).state == EventState.DEAD
    assert [one for one, *_ in written(merchant)] == [Act.EVENT_RETRIED]


def test_all_of_one_merchant_are_tried_again_with_a_reason(
    console: ConsoleClient, merchant: Tenant, other_merchant: Tenant
) -> None:
    dead_event(merchant)
    other = dead_event(other_merchant)
    assert "Tout relancer" not in text_of(console.get("/envois/"))
    assert "Tout relancer" in text_of(console.get(f"/envois/?commercant={merchant.slug}"))
    path, form = f"/envois/relancer?commercant={merchant.slug}", {"tenant": str(merchant.id)}
    for reason in ("", " \n ", "x" * 301):
        response = console.post(path, {**form, "reason": reason})
        assert response.status_code == 422
        assert "raison" in text_of(response).split("<details open>", 1)[1]
    assert written(merchant) == []
    done = console.post(path, {**form, "reason": REASON}, follow=True)
    assert "relancé" in text_of(done)
    with enter(merchant):
        assert Event.objects.get().state == EventState.PENDING
    with enter(other_merchant):
        assert Event.objects.get(id=other.id).state == EventState.DEAD
    assert written(merchant) == [(Act.EVENT_RETRIED, REASON, "Odile Renard")]


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"tenant": "x"},
        {"tenant": "plateforme", "event": "not-an-id"},
        {"tenant": "00000000-0000-0000-0000-000000000000", "event": "not-an-id"},
    ],
)
def test_what_is_no_id_retries_nothing(
    console: ConsoleClient, merchant: Tenant, form: dict[str, str]
) -> None:
    """Bad input: it must not mean all of them."""
    dead_event(merchant)
    assert console.post("/envois/relancer", form).status_code == 404
    with enter(merchant):
        assert Event.objects.get().state == EventState.DEAD


def test_nothing_of_a_suspended_merchant_is_tried_again(
    console: ConsoleClient, merchant: Tenant
) -> None:
    """R20"""
    event = dead_event(merchant)
    Tenant.objects.filter(id=merchant.id).update(state=TenantState.SUSPENDED)
    console.post("/envois/relancer", {"tenant": str(merchant.id), "event": str(event.id)})
    with enter(Tenant.objects.get(id=merchant.id)):
        assert Event.objects.get().state == EventState.DEAD
    assert written(merchant) == []


def test_the_list_shows_who_should_be_looked_at(
    console: ConsoleClient, merchant: Tenant, other_merchant: Tenant
) -> None:
    dead_event(merchant)
    text = text_of(console.get("/console/merchant/?sante=watch"))
    assert "maison-lumen" in text
    assert "atelier-marin" not in text
    assert "1 envoi mort" in text


def test_the_trail_cannot_be_changed(console: ConsoleClient, merchant: Tenant) -> None:
    """The database refuses, whatever code asks."""
    act(console, merchant, "suspendre", reason=REASON)
    for change in ("UPDATE console_entry SET reason = 'x'", "DELETE FROM console_entry"):
        with (
            pytest.raises((IntegrityError, InternalError), match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(change)
    assert (Act.SUSPENDED, REASON, "Odile Renard") in written(merchant)


def test_an_operator_begins_with_a_link_that_sets_both_factors(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    from allauth.mfa.models import Authenticator
    from django.core.management import call_command

    from tests.console.conftest import code_of, still

    call_command("console", "operator", "odile@ricochet.example")
    link = capsys.readouterr().out.strip().splitlines()[-1]
    path = "/" + link.split("://", 1)[1].split("/", 1)[1]
    client = ConsoleClient()
    assert client.get(path).status_code == 200
    secret = client.session["console_secret"]
    weak = client.post(path, {"password": "court", "code": code_of(secret)})
    assert weak.status_code == 422
    wrong = client.post(path, {"password": "quatre mots sans rapport", "code": "000000"})
    assert wrong.status_code == 422
    assert not Authenticator.objects.exists()
    with still():
        password = "quatre mots sans rapport"
        done = client.post(path, {"password": password, "code": code_of(secret)})
    assert done.status_code == 200, text_of(done)
    assert client.get("/").status_code == 200
    # Once, and for nobody else.
    assert ConsoleClient().get(path).status_code == 410
    entered = log_in(ConsoleClient(), "odile@ricochet.example", "quatre mots sans rapport")
    assert entered["Location"] == "/connexion/code"


def test_a_new_link_ends_the_former_one_and_the_former_factor(odile: User) -> None:
    first = operators.add_operator(email=odile.email, now=timezone.now())
    second = operators.add_operator(email=odile.email, now=timezone.now())
    assert ConsoleClient().get("/connexion/debut/" + first.rsplit("/", 1)[1]).status_code == 410
    assert ConsoleClient().get("/connexion/debut/" + second.rsplit("/", 1)[1]).status_code == 200
    # The former password went with the former factor: nothing but the link opens anything.
    assert log_in(ConsoleClient(), odile.email).status_code == 422


def test_who_is_no_operator_cannot_be_removed(db: None) -> None:
    with pytest.raises(NotFoundError):
        operators.remove_operator(email="nobody@ricochet.example", now=NOW)
