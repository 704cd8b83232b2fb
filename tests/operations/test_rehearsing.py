"""Tests of an operation: whose link opens what, and that wiping takes tests and nothing else."""

import html
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from operations import optins, telling
from operations.editing import NotEditableError
from operations.models import (
    ModulePartner,
    Operation,
    OperationModule,
    Participation,
    ReceivedOperation,
)
from operations.participating import Source, participate
from operations.rehearsing import passes, services
from operations.rehearsing.passes import Pass
from partnerships.models import Partnership, State
from partnerships.services.agreeing import end_partnership
from tenants.context import enter
from tenants.models import Tenant
from tests.fixtures.mechanics import SETTINGS
from tests.fixtures.operations import NOW, make_module, make_operation, sent, take
from tests.fixtures.sharing import agree, deliver, shared_module, yes
from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import text_of


@pytest.fixture
def partnership(lumen: Tenant, other_merchant: Tenant) -> Partnership:
    return agree(lumen, other_merchant)


@pytest.fixture
def module(partnership: Partnership) -> OperationModule:
    return shared_module(partnership, operation=make_operation(state="test"))


def path_of(lumen: Tenant, given: Pass, **changes) -> str:
    now = changes.get("now", timezone.now())
    token = passes.token_for(given, schema=changes.get("schema", lumen.schema_name), now=now)
    return f"/o/essai/{token}"


def test_a_pass_opens_one_operation_of_one_merchant_for_a_day(lumen, other_merchant, module):
    """R24"""
    given = Pass(module.operation_id)
    browser = TenantClient(lumen)
    assert browser.get(path_of(lumen, given)).status_code == 200
    old = timezone.now() - timedelta(days=1, seconds=5)
    assert browser.get(path_of(lumen, given, now=old)).status_code == 404
    early = timezone.now() + timedelta(hours=1)
    assert browser.get(path_of(lumen, given, now=early)).status_code == 404
    foreign = path_of(lumen, given, schema=other_merchant.schema_name)
    assert browser.get(foreign).status_code == 404
    assert TenantClient(other_merchant).get(path_of(lumen, given)).status_code == 404
    assert browser.get("/o/essai/nothing").status_code == 404


def test_a_partners_pass_ends_with_the_partnership_and_with_the_operation(
    lumen, other_merchant, module, partnership
):
    path = path_of(lumen, Pass(module.operation_id, partnership.id))
    browser = TenantClient(lumen)
    assert browser.get(path).status_code == 200
    end_partnership(partnership_id=partnership.id, tenant_id=lumen.id, now=NOW)
    assert browser.get(path).status_code == 404
    own = path_of(lumen, Pass(module.operation_id))
    Operation.objects.update(state="ended")
    assert browser.get(own).status_code == 404


def test_each_side_reads_its_own_traces_only(lumen, module, partnership):
    """R23: knowing an id is no right."""
    row = take(module, test=True).participation
    mine, partners = Pass(module.operation_id), Pass(module.operation_id, partnership.id)
    browser = TenantClient(lumen)
    assert browser.get(f"{path_of(lumen, mine)}/{row.public_id}").status_code == 200
    assert browser.get(f"{path_of(lumen, partners)}/{row.public_id}").status_code == 404
    assert browser.post(f"{path_of(lumen, mine)}/effacer").status_code == 404
    assert Participation.objects.count() == 1


def test_the_rules_and_the_data_of_a_draft_open_with_the_pass_and_lead_back(lumen, module):
    path = path_of(lumen, Pass(module.operation_id))
    browser = TenantClient(lumen)
    page = browser.get(path).content.decode()
    for told in ("reglement", "donnees"):
        found = re.search(rf'href="(/o/[a-z-]+/{told}\?essai=[^"]+)"', page)
        assert found, told
        answer = browser.get(html.unescape(found[1]))
        assert answer.status_code == 200 and path in html.unescape(answer.content.decode())
        assert browser.get(found[1].partition("?")[0]).status_code == 404
        assert browser.get(f"{found[1][:-3]}").status_code == 404


def test_a_real_participation_has_no_trace(lumen, module):
    Operation.objects.update(state="live")
    row = take(module, email="t@exemple.fr", fields={"email": "t@exemple.fr"}).participation
    path = f"{path_of(lumen, Pass(module.operation_id))}/{row.public_id}"
    assert TenantClient(lumen).get(path).status_code == 404


def test_a_double_opt_in_is_played_to_its_end(lumen, module):
    OperationModule.objects.update(double_optin=True)
    row = take(module, test=True, fields={"email": "t@exemple.fr"}).participation
    path = f"{path_of(lumen, Pass(module.operation_id))}/{row.public_id}"
    browser = TenantClient(lumen)
    assert "Confirmation par e-mail" in browser.get(path).content.decode()
    assert browser.post(f"{path}/confirmer").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.outcome) == ("counted", {"kind": "taken"})
    assert "Faire comme si" not in browser.get(path).content.decode()


def test_wiping_takes_the_tests_and_nothing_real(module):
    Operation.objects.update(state="live")
    real = take(module, fields={"email": "t@exemple.fr"}).participation
    for _ in range(3):
        take(module, test=True, fields={"email": "t@exemple.fr"})
    assert services.wipe(operation_id=module.operation_id, now=NOW) == 3
    assert services.wipe(operation_id=module.operation_id, now=NOW) == 0
    assert list(Participation.objects.values_list("id", flat=True)) == [real.id]
    operation = Operation.objects.get()
    assert (operation.state, operation.rehearsal) == ("live", 3)


def test_a_partner_wipes_its_own_tests_only(module, partnership):
    take(module, test=True, fields={"email": "t@exemple.fr"})
    source = Source(partnership_id=partnership.id)
    take(module, test=True, source=source, fields={"email": "t@exemple.fr"})
    wiped = services.wipe(operation_id=module.operation_id, now=NOW, partnership_id=partnership.id)
    assert wiped == 1
    assert Participation.objects.get().source_partnership_id is None
    assert Operation.objects.get().state == "test"


def test_what_is_over_is_not_tested_any_more(module):
    Operation.objects.update(state="ended")
    with pytest.raises(NotEditableError):
        services.begin(operation_id=module.operation_id, now=NOW)


def test_the_guests_copy_follows_a_draft_into_its_test(module, partnership, other_merchant):
    Operation.objects.update(state="draft")
    services.begin(operation_id=module.operation_id, now=NOW)
    telling.changed(operation_id=module.operation_id, now=NOW)
    deliver()
    with enter(other_merchant):
        assert ReceivedOperation.objects.get().state == "test"


def rehearse(module: OperationModule, boxes: frozenset[str] = frozenset()) -> Participation:
    """A test as its page takes it: with the box of every partner who may still agree."""
    fresh = OperationModule.objects.select_related("operation").get(id=module.id)
    given = {"first_name": "Thomas", "email": "t@exemple.fr"}
    asked = {name: given[name] for name in given if name in {row["name"] for row in fresh.fields}}
    shown = optins.as_if_agreed(fresh)
    submission = sent(shown, fields=asked, boxes=boxes)
    return participate(
        module=shown, submission=submission, source=Source(), now=NOW, test=True
    ).participation


def trace_of(lumen: Tenant, row: Participation) -> str:
    path = path_of(lumen, Pass(row.operation_id))
    return text_of(TenantClient(lumen).get(f"{path}/{row.public_id}"))


def test_d5_the_trace_sends_nothing_to_a_partner_before_both_have_accepted(lumen, other_merchant):
    waiting = agree(lumen, other_merchant, state=State.PROPOSED)
    module = shared_module(waiting, operation=make_operation(state="test"))
    told = trace_of(lumen, rehearse(module, boxes=yes(waiting)))
    assert "n’ont pas tous deux accepté leur accord" in told
    assert "Case absente de la vraie page" in told
    assert "Personne n’aurait le droit d’écrire à cette personne." in told
    assert "Ces réponses partiraient" not in told and "Un participant de plus" not in told


def test_d5_the_trace_says_what_goes_once_both_have_accepted(lumen, module, partnership):
    told = trace_of(lumen, rehearse(module, boxes=yes(partnership)))
    assert "Ces réponses partiraient, et rien d’autre." in told
    assert "Chaque accord serait gardé" in told and "Case absente" not in told
    assert "Un participant de plus" in trace_of(lumen, rehearse(module))


def test_the_trace_sends_nothing_to_a_partner_who_is_gone_or_to_be_confirmed(
    lumen, module, partnership
):
    row = rehearse(module, boxes=yes(partnership))
    ModulePartner.objects.update(partner_tenant_id=lumen.id)
    told = trace_of(lumen, row)
    assert "n’a pas confirmé" in told and "Ces réponses partiraient" not in told
    end_partnership(partnership_id=partnership.id, tenant_id=lumen.id, now=NOW)
    told = trace_of(lumen, row)
    assert "est terminé" in told and "Ces réponses partiraient" not in told


def test_the_trace_says_how_tests_of_an_instant_win_come_out(lumen):
    operation = make_operation(state="test")
    module = make_module(operation, kind="instant_win", settings=SETTINGS["instant_win"])
    first, second = trace_of(lumen, rehearse(module)), trace_of(lumen, rehearse(module))
    assert "Gagné : Lampe Halo" in first.replace("\u00a0", " ") and "Perdu" in second
    for told in (first, second):
        assert "gagnent et perdent tour à tour" in told
        assert "qu’aux moments tirés d’avance" in told
