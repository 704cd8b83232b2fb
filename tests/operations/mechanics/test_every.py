"""What holds for every mechanic: one shape, three templates, rehearsals that take nothing."""

import pytest
from django.template.loader import render_to_string

from kernel.outbox.models import Event
from operations.mechanics import MECHANICS, mechanic_of
from operations.mechanics.prizes import MOST_KINDS
from operations.models import DrawPlace, Participation, WinningMoment
from tenants.messaging.kinds import KINDS
from tenants.messaging.models import Email
from tenants.referrals.models import ReferralCode
from tenants.rewards.models import ListedCode
from tests.fixtures.mechanics import SETTINGS, filled, make_live, play_page, prepare, result_page
from tests.fixtures.operations import NOW, make_module, make_operation, take
from tests.fixtures.programme import publish

OWN = sorted(set(MECHANICS) - {"form"})
ANSWERS = {"quiz": {"m-q1": "2", "m-q2": "1"}}


@pytest.fixture(autouse=True)
def programme(lumen):
    return publish()


def test_the_table_holds_the_six_mechanics():
    assert sorted(SETTINGS) == OWN
    assert set(MECHANICS) == {"form", "coupon", "quiz", "instant_win", "draw", "referral"}


@pytest.mark.parametrize("kind", OWN)
def test_each_has_its_three_templates_and_they_draw(kind):
    module = make_live(kind)
    form = mechanic_of(module).settings_form(module=module)
    editor = render_to_string(f"operations/mechanics/{kind}/editor.html", {"settings": form})
    for field in form:
        assert f'name="{field.html_name}"' in editor, field.html_name
    assert "<script" not in play_page(module)
    taken = take(module, data=ANSWERS.get(kind, {}))
    assert result_page(module, taken.participation).strip()


@pytest.mark.parametrize("kind", OWN)
def test_what_the_form_shows_of_its_settings_is_what_it_keeps(kind):
    """Opened and saved as it is, nothing changes."""
    module = make_module(kind=kind, settings=SETTINGS[kind])
    needed = {"description_fr": "10 % sur tout"} if kind == "coupon" else {}
    first = filled(module, needed)
    assert first.is_valid(), first.errors
    module.settings = first.settings()
    again = filled(module, {})
    assert again.is_valid(), again.errors
    assert again.settings() == module.settings


@pytest.mark.parametrize("kind", OWN)
def test_an_empty_module_says_what_is_missing_before_it_goes_live(kind):
    problems = mechanic_of(make_module(kind=kind)).check(
        module=make_module(make_operation(slug="vide"), kind=kind)
    )
    # A referral has nothing to set: the programme of this merchant is on.
    assert bool(problems) == (kind != "referral")
    ready = make_live(kind, operation=make_operation(slug="pret"))
    assert mechanic_of(ready).check(module=ready) == []


def everything():
    return (
        list(WinningMoment.objects.values_list("id", "participation", "at").order_by("id")),
        list(ListedCode.objects.values_list("id", "taken_at").order_by("id")),
        DrawPlace.objects.count(),
        ReferralCode.objects.count(),
        Email.objects.count(),
        Event.objects.count(),
    )


@pytest.mark.parametrize("kind", OWN)
def test_a_rehearsal_plays_alike_and_takes_nothing(kind):
    module = make_live(kind)
    before = everything()
    taken = take(module, test=True, data=ANSWERS.get(kind, {}))
    assert everything() == before
    assert taken.participation.outcome["kind"]
    assert result_page(module, taken.participation).strip()
    figures = [figure.value for figure in mechanic_of(module).figures(module=module)]
    take(module, "zoe@exemple.fr", test=True, data=ANSWERS.get(kind, {}))
    assert [f.value for f in mechanic_of(module).figures(module=module)] == figures


@pytest.mark.parametrize("kind", OWN)
def test_going_live_again_changes_nothing(kind):
    module = make_live(kind)
    before = everything()
    prepare(module)
    assert everything() == before


@pytest.mark.parametrize("kind", OWN)
def test_ending_and_taking_back_twice_is_as_once(kind):
    module = make_live(kind)
    taken = take(module, data=ANSWERS.get(kind, {}))
    mechanic = mechanic_of(module)
    mechanic.close(module=module, now=NOW)
    once = everything()
    mechanic.close(module=module, now=NOW)
    assert everything() == once
    participation = Participation.objects.get(id=taken.participation.id)
    for _time in range(2):
        mechanic.undo(module=module, participation=participation, now=NOW)


@pytest.mark.parametrize("kind", OWN)
def test_its_email_is_a_kind_of_the_catalogue(kind):
    module = make_live(kind)
    taken = take(module, data=ANSWERS.get(kind, {}))
    email = mechanic_of(module).result_email(module=module, participation=taken.participation)
    if email is None:
        assert kind in ("draw", "instant_win")
    else:
        assert set(KINDS[email.kind].needs) - {"office_url", "referral_url"} <= set(email.context)


def test_eight_prizes_are_offered_in_the_editor():
    form = MECHANICS["draw"].settings_form(module=make_module(kind="draw"))
    assert len(form.rows()) == MOST_KINDS == 8
