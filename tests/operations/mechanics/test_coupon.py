"""Coupons: one code for each person, from one list, never two and never half."""

from datetime import UTC, datetime

import pytest

from kernel.errors import RicochetError
from kernel.ids import uuid7
from kernel.outbox.models import Event
from operations.mechanics import mechanic_of
from operations.mechanics.coupon import codes
from operations.models import Participation, Rule
from tenants.messaging.models import Email
from tenants.profiles.models import Consent, Profile
from tenants.rewards.code_lists import import_codes, low, save_list
from tenants.rewards.giving_codes import ALPHABET, LOW_EVENT
from tenants.rewards.models import CodeList, ListedCode
from tests.fixtures.mechanics import filled, make_live, play_page, result_page
from tests.fixtures.operations import NOW, make_module, make_operation, outcome_of, take


def own_list(*given: str) -> CodeList:
    row = save_list(list_id=uuid7(), name="Bons Lumen", warn_below=0, now=NOW, new=True)
    import_codes(code_list_id=row.id, texts=given, now=NOW)
    return row


def test_codes_are_made_once_and_nobody_can_guess_them():
    module = make_live("coupon", settings={"count": 50})
    made = list(ListedCode.objects.values_list("code", flat=True))
    assert len(set(made)) == 50
    assert all(len(code) == 10 and set(code) <= set(ALPHABET) for code in made)
    assert codes.list_of(module).in_use


def test_each_person_has_a_code_of_their_own_and_reads_it():
    module = make_live("coupon", settings={"description": {"fr": "10 % dès 40 €"}})
    one, two = take(module), take(module, "zoe@exemple.fr")
    first, second = outcome_of(one)["code"], outcome_of(two)["code"]
    assert first != second
    page = result_page(module, one.participation)
    assert first in page
    assert "10 % dès 40 €" in page
    email = Email.objects.get(kind="operation_coupon", to="thomas@exemple.fr")
    assert email.context["code"] == first
    assert first not in play_page(module)


def test_who_comes_back_has_the_same_code():
    """One per person, whatever the rule of the module."""
    module = make_live("coupon", rule=Rule.TIMES, times=3)
    first, again = take(module), take(module)
    assert outcome_of(again) == {**outcome_of(first), "again": True}
    assert ListedCode.objects.filter(taken_at__isnull=False).count() == 1
    assert Email.objects.filter(kind="operation_coupon").count() == 1
    assert "toujours celui-ci" in result_page(module, again.participation)


def test_the_day_of_the_code_ends_with_the_merchants_day():
    module = make_live("coupon", settings={"valid_days": 10})
    until = datetime.fromisoformat(outcome_of(take(module))["until"])
    assert until.astimezone(UTC) == datetime(2026, 11, 22, 22, 59, 59, tzinfo=UTC)


def test_the_merchants_own_codes_go_out_in_their_order():
    row = own_list("LUM-1", "LUM-2")
    module = make_live("coupon", settings={"codes": "list", "list": str(row.id)})
    assert outcome_of(take(module))["code"] == "LUM-1"
    assert outcome_of(take(module, "zoe@exemple.fr"))["code"] == "LUM-2"


def test_without_a_code_nothing_of_the_participation_stays():
    module = make_live("coupon", settings={"count": 1})
    take(module)
    tables = (Participation, Profile, Consent, Email, Event, ListedCode)
    before = [table._base_manager.count() for table in tables]
    with pytest.raises(RicochetError) as refused:
        take(module, "zoe@exemple.fr", boxes=frozenset({"own"}))
    assert (refused.value.code, refused.value.status) == ("no_code_left", 409)
    assert [table._base_manager.count() for table in tables] == before
    assert "il n’en reste pas" in play_page(module)


def test_the_team_is_told_before_the_list_runs_out():
    module = make_live("coupon", settings={"count": 3, "warn_below": 1})
    take(module)
    assert not Event.objects.filter(kind=LOW_EVENT).exists()
    take(module, "zoe@exemple.fr")
    assert Event.objects.filter(kind=LOW_EVENT).count() == 1
    assert [row.id for row in low()] == [module.id]


def test_after_the_end_nobody_is_told_any_more():
    module = make_live("coupon", settings={"count": 1})
    mechanic_of(module).close(module=module, now=NOW)
    assert low() == []


def test_more_codes_are_added_once_however_often_the_form_is_sent():
    module = make_live("coupon")
    row = codes.list_of(module)
    form = {"code_list": row, "seen": 5, "count": 20, "pasted": "", "file": None, "now": NOW}
    codes.add(**form)
    with pytest.raises(codes.AlreadyMadeError):
        codes.add(**form)
    assert ListedCode.objects.filter(code_list=row).count() == 25


def test_pasted_codes_make_a_list_of_the_modules_own():
    module = make_module(kind="coupon")
    given = {"codes": "list", "pasted": "LUM-1\nLUM-2\n", "description_fr": "10 %"}
    form = filled(module, given)
    assert form.is_valid(), form.errors
    module.settings = form.settings()
    form.save_more(now=NOW)
    form.save_more(now=NOW)
    assert codes.list_of(module).codes.count() == 2


def test_a_bad_line_among_pasted_codes_is_named():
    form = filled(
        make_module(kind="coupon"),
        {"codes": "list", "pasted": "LUM-1\nLUM 2", "description_fr": "10 %"},
    )
    assert form.is_valid()
    with pytest.raises(codes.BadCodesError, match="Ligne 2, «\u00a0LUM 2\u00a0»") as caught:
        form.save_more(now=NOW)
    assert caught.value.param == "pasted"


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"description_fr": ""}, "description_fr"),
        ({"count": ""}, "count"),
        ({"count": "0"}, "count"),
        ({"count": "20001"}, "count"),
        ({"codes": "list"}, "list"),
        ({"codes": "list", "list": "cdl_unknown"}, "list"),
        ({"codes": "ours"}, "codes"),
        ({"valid_days": "-1"}, "valid_days"),
        ({"description_fr": "x" * 301}, "description_fr"),
    ],
)
def test_bad_settings_say_what_to_write(given, wrong):
    form = filled(make_module(kind="coupon"), {"description_fr": "10 %", **given})
    assert not form.is_valid()
    assert wrong in form.errors


def test_an_empty_list_keeps_the_operation_from_going_live():
    row = own_list("LUM-1")
    ListedCode.objects.update(taken_at=NOW)
    module = make_module(
        make_operation(slug="b"), kind="coupon", settings={"codes": "list", "list": str(row.id)}
    )
    assert mechanic_of(module).check(module=module)
