"""The quiz: every question answered, the score told, the right answers kept on the server."""

import json

import pytest

from kernel.errors import RicochetError
from operations.mechanics import mechanic_of
from operations.models import Participation
from tenants.messaging.models import Email
from tests.fixtures.mechanics import QUESTIONS, filled, make_live, play_page, result_page
from tests.fixtures.operations import make_module, outcome_of, take

RIGHT = {"m-q1": "2", "m-q2": "1"}


@pytest.mark.parametrize(
    ("answers", "score", "passed"),
    [
        (RIGHT, 2, True),
        ({"m-q1": "1", "m-q2": "1"}, 1, False),
        ({"m-q1": "1", "m-q2": "3"}, 0, False),
    ],
)
def test_the_score_counts_right_answers(answers, score, passed):
    module = make_live("quiz")
    taken = take(module, data=answers)
    assert outcome_of(taken) == {"kind": "scored", "score": score, "total": 2, "passed": passed}
    page = result_page(module, taken.participation)
    assert f"{score} bonne" in page
    assert ("Le quiz est réussi" in page) == passed
    email = Email.objects.get(kind="operation_quiz")
    assert (email.context["score"], email.context["passed"]) == (f"{score} sur 2", passed)


def test_right_answers_never_leave_the_server():
    """Two quizzes that differ in nothing but the right answers look the same to everybody."""
    other = [{**row, "right": 1 + row["right"] % 2} for row in QUESTIONS]
    module = make_live("quiz")
    mechanic = mechanic_of(module)
    seen = [mechanic.questions(module=module, language="fr"), play_page(module)]
    module.settings = {**module.settings, "questions": other}
    assert [mechanic.questions(module=module, language="fr"), play_page(module)] == seen
    assert "right" not in json.dumps(seen)


def test_the_result_tells_no_right_answer_either():
    module = make_live("quiz")
    taken = take(module, data={"m-q1": "1", "m-q2": "3"})
    page = result_page(module, taken.participation)
    assert not [row for q in QUESTIONS for row in q["answers"] if row["fr"] in page]


def test_questions_are_read_in_the_language_of_the_page():
    assert "What is the Halo lamp made of?" in play_page(make_live("quiz"), language="en")


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"m-q1": "2"},
        {"m-q1": "2", "m-q2": ""},
        {"m-q1": "2", "m-q2": "4"},
        {"m-q1": "2", "m-q2": "0"},
        {"m-q1": "2", "m-q2": "-1"},
        {"m-q1": "2", "m-q2": "x"},
        {"m-q1": ["1", "2"], "m-q2": "1"},
    ],
)
def test_an_answer_that_is_missing_or_was_not_offered_is_refused(answers):
    module = make_live("quiz")
    with pytest.raises(RicochetError) as caught:
        take(module, data=answers)
    assert caught.value.code == "participation_fields"
    assert set(caught.value.errors) <= {"m-q1", "m-q2"}
    assert not Participation.objects.exists()


def test_a_question_that_was_not_asked_is_refused():
    """R26."""
    with pytest.raises(RicochetError) as caught:
        take(make_live("quiz"), data={**RIGHT, "m-score": "2"})
    assert caught.value.code == "fields_not_asked"
    assert not Participation.objects.exists()


def test_a_wrong_form_comes_back_with_what_was_chosen():
    page = play_page(
        make_live("quiz"), sent={"m-q1": "2"}, errors={"m-q2": "Répondez à cette question."}
    )
    assert 'name="m-q1" value="2" checked' in page
    assert page.count("checked") == 1
    assert 'aria-invalid="true"' in page and "Répondez à cette question." in page


TYPED = {
    "q1-text_fr": "De quoi ?",
    "q1-answers_fr": "Laiton\nVerre",
    "q1-right": "2",
    "threshold": "1",
}


def test_a_question_is_kept_as_it_was_typed():
    form = filled(make_module(kind="quiz"), {**TYPED, "q1-answers_en": "Brass\nGlass"})
    assert form.is_valid(), form.errors
    assert form.settings()["questions"] == [
        {
            "text": {"fr": "De quoi ?"},
            "answers": [{"fr": "Laiton", "en": "Brass"}, {"fr": "Verre", "en": "Glass"}],
            "right": 2,
        }
    ]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"q1-text_fr": ""}, "q1-text_fr"),
        ({"q1-answers_fr": "Seule"}, "q1-answers_fr"),
        ({"q1-answers_fr": "\n".join("abcdefg")}, "q1-answers_fr"),
        ({"q1-answers_fr": "Laiton\nLaiton"}, "q1-answers_fr"),
        ({"q1-answers_fr": f"Laiton\n{'x' * 121}"}, "q1-answers_fr"),
        ({"q1-answers_en": "Brass"}, "q1-answers_en"),
        ({"q1-right": ""}, "q1-right"),
        ({"q1-right": "3"}, "q1-right"),
        ({"q1-right": "9"}, "q1-right"),
        ({"threshold": "2"}, "threshold"),
        ({"threshold": "0"}, "threshold"),
        ({"q1-text_fr": "", "q1-answers_fr": "", "q1-right": ""}, "q1-text_fr"),
    ],
)
def test_bad_settings_say_what_to_write(given, wrong):
    form = filled(make_module(kind="quiz"), {**TYPED, **given})
    assert not form.is_valid()
    assert wrong in form.errors
