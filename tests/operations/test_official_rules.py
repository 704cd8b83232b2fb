"""The rules that people accept: amended with a date, never rewritten, and kept with each entry."""

import html
import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.db.utils import IntegrityError

from kernel.errors import RicochetError
from operations import editing, official
from operations.errors import StaleFormError
from operations.models import Operation, OperationModule, Participation
from operations.participating import Source, participate
from operations.selectors import modules_of
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tenants.programme import erasing
from tests.fixtures.operations import BEGINS, NOW, make_module, sent, take
from tests.fixtures.tenants import TenantClient

LATER = NOW + timedelta(hours=3)
FIRST = {"fr": "# Règlement\n\nUn lot, un tirage."}
SECOND = {"fr": "# Règlement\n\nDeux lots, un tirage."}
PAGE = "/o/un-automne-a-la-maison/reglement"


@pytest.fixture
def module() -> OperationModule:
    return make_module(asks_rules=True)


def amend(text: dict[str, str]) -> None:
    operation = Operation.objects.get()
    editing.save_words(operation_id=operation.id, now=LATER, rules=text)


def test_a_change_while_it_is_online_is_a_dated_amendment(
    shopper: TenantClient, module: OperationModule
) -> None:
    amend(SECOND)
    amend(SECOND)  # saved again, the same words are no other version
    one, two = official.versions(operation=module.operation)
    assert (one.number, one.text, one.since) == (1, FIRST, BEGINS)
    assert (two.number, two.text, two.since) == (2, SECOND, LATER)
    page = html.unescape(shopper.get(PAGE).content.decode())
    assert "Deux lots" in page and "Version 2, en vigueur depuis" in page
    before = html.unescape(shopper.get(f"{PAGE}?version=1").content.decode())
    assert "Un lot, un tirage" in before and "n’est plus en vigueur" in before
    assert shopper.get(f"{PAGE}?version=3").status_code == 404


def test_each_entry_keeps_the_version_that_was_accepted(module: OperationModule) -> None:
    thomas = take(module, accepts_rules=True).participation
    amend(SECOND)
    zoe = take(module, email="zoe@exemple.fr", accepts_rules=True, now=LATER).participation
    kept = Participation.objects.select_related("rules").in_bulk()
    assert (kept[thomas.id].rules.text, kept[thomas.id].rules_accepted_at) == (FIRST, NOW)
    assert (kept[zoe.id].rules.text, kept[zoe.id].rules_accepted_at) == (SECOND, LATER)
    other = make_module(module.operation, position=2)
    unasked = take(other, email="ana@exemple.fr").participation
    assert (unasked.rules, unasked.rules_accepted_at) == (None, None)


def test_the_acceptance_is_in_the_persons_file_and_outlives_them(module: OperationModule) -> None:
    mine = take(module, accepts_rules=True).participation
    person = Profile.objects.get()
    with zipfile.ZipFile(io.BytesIO(erasing.person_file(profile=person, now=LATER))) as file:
        [row] = json.loads(file.read("donnees.json"))["participations"]
    assert (row["rules_version"], row["rules_text"]) == (1, FIRST)
    assert row["rules_hash"] == official.hash_of(FIRST) and row["rules_accepted_at"]
    erasing.erase(profile_id=person.id, author_id=None, now=LATER)
    mine.refresh_from_db()
    assert (mine.fields, mine.rules.text, mine.rules_accepted_at) == ({}, FIRST, NOW)


def test_who_read_the_version_of_before_reads_again(module: OperationModule) -> None:
    """The form was read before the amendment, and its row with it: nothing is accepted unread."""
    [stale] = modules_of(module.operation)
    form = sent(stale, accepts_rules=True)
    amend(SECOND)
    with pytest.raises(StaleFormError):
        participate(module=stale, submission=form, source=Source(), now=LATER)
    assert not Participation.objects.exists()


def test_rules_that_are_online_do_not_go_away(module: OperationModule) -> None:
    with pytest.raises(RicochetError) as caught:
        amend({})
    assert caught.value.param == "rules_fr"
    assert Operation.objects.get().rules == FIRST


def test_a_draft_is_written_freely(module: OperationModule) -> None:
    Operation.objects.update(state="draft")
    amend(SECOND)
    assert not official.versions(operation=module.operation)


@pytest.mark.parametrize(
    "act", ["UPDATE operations_rules SET text = '{}'", "DELETE FROM operations_rules"]
)
def test_the_database_refuses_to_change_a_version(
    module: OperationModule, lumen: Tenant, act: str
) -> None:
    amend(SECOND)
    with pytest.raises(IntegrityError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(act)
