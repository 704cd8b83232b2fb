"""The quiz as a mechanic. What people see is numbers of answers; which is right stays here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from operations.fields import FieldsError, UnknownFieldsError
from operations.mechanics.base import BaseMechanic
from operations.mechanics.finding import people_url
from operations.mechanics.quiz.forms import QuizSettings
from operations.mechanics.shape import (
    Figure,
    Mechanic,
    Outcome,
    Problem,
    ResultEmail,
)
from operations.models import OperationModule, Participation, ParticipationState
from operations.words import pick

SCORED, MAILED = "scored", "mailed"


class Quiz(BaseMechanic):
    """Every question is answered, then the score is told; which answers were right is not."""

    kind = "quiz"
    label = gettext_lazy("Quiz")
    hint = gettext_lazy("Des questions, un score, et un seuil à atteindre.")
    heading = gettext_lazy("Le quiz")
    icon = "help"
    needs_rules = True
    receipt = gettext_lazy("Il donne votre score.")
    settings_form = QuizSettings

    def check(self, *, module: OperationModule) -> list[Problem]:
        if module.settings.get("questions"):
            return []
        return [Problem(_("Posez au moins une question dans le quiz."))]

    def questions(self, *, module: OperationModule, language: str) -> Mapping[str, Any]:
        rows = module.settings.get("questions") or ()
        return {
            "button": pick(module.settings.get("button"), language) or _("Valider mes réponses"),
            "questions": [
                {
                    "name": f"m-q{number}",
                    "text": pick(row["text"], language),
                    "answers": [
                        (str(at), pick(answer, language))
                        for at, answer in enumerate(row["answers"], start=1)
                    ],
                }
                for number, row in enumerate(rows, start=1)
            ],
        }

    def clean(
        self, *, module: OperationModule, data: QueryDict, language: str
    ) -> Mapping[str, Any]:
        rows = module.settings.get("questions") or []
        names = {f"m-q{number}": row for number, row in enumerate(rows, start=1)}
        if set(data) - set(names):
            raise UnknownFieldsError
        answers: dict[str, int] = {}
        errors: dict[str, str] = {}
        for name, row in names.items():
            given = data.getlist(name)
            offered = {str(at): at for at in range(1, len(row["answers"]) + 1)}
            if not given or given == [""]:
                errors[name] = _("Répondez à la question « %(question)s ».") % {
                    "question": pick(row["text"], language)
                }
            elif len(given) > 1 or given[0] not in offered:
                errors[name] = _("Choisissez une des réponses proposées.")
            else:
                answers[name.removeprefix("m-")] = offered[given[0]]
        if errors:
            raise FieldsError(errors)
        return answers

    def play(
        self,
        *,
        module: OperationModule,
        participation: Participation,
        answers: Mapping[str, Any],
        now: datetime,
    ) -> Outcome:
        return _scored(module, answers)

    def result(
        self, *, module: OperationModule, participation: Participation, language: str
    ) -> Mapping[str, Any]:
        outcome = participation.outcome
        passed = bool(outcome.get("passed"))
        return {
            "mailed": outcome.get("kind") == MAILED,
            "score": outcome.get("score", 0),
            "total": outcome.get("total", 0),
            "passed": passed,
            "words": pick(module.settings.get("passed" if passed else "failed"), language),
        }

    def at_once(
        self,
        *,
        module: OperationModule,
        answers: Mapping[str, Any],
        outcome: Mapping[str, Any] | None,
    ) -> Mapping[str, Any]:
        """No score: who has played could try answers here, and send the right ones under a new
        address; shown to a new one alone, it would tell which had played. It goes by email.
        """
        return {"kind": MAILED}

    def in_words(
        self, *, module: OperationModule, participation: Participation, language: str
    ) -> str:
        passed = bool(participation.outcome.get("passed"))
        words = {"score": _score(participation.outcome)}
        if passed:
            return _("Votre score : %(score)s. Le quiz est réussi.") % words
        return _("Votre score : %(score)s. Le quiz n’est pas réussi cette fois.") % words

    def is_decided(self, *, module: OperationModule) -> bool:
        return True

    def outcome_label(self, *, outcome: Mapping[str, Any]) -> str:
        return _score(outcome) if outcome.get("kind") == SCORED else ""

    def result_email(
        self, *, module: OperationModule, participation: Participation
    ) -> ResultEmail | None:
        outcome = participation.outcome
        passed = bool(outcome.get("passed"))
        with translation.override(participation.language):
            score = _score(outcome)
        words = module.settings.get("passed" if passed else "failed")
        context = {
            "score": score,
            "passed": passed,
            "description": pick(words, participation.language),
        }
        return ResultEmail("operation_quiz", context)

    def figures(self, *, module: OperationModule) -> list[Figure]:
        rows = Participation.objects.filter(
            module=module, is_test=False, state=ParticipationState.COUNTED
        )
        done = rows.count()
        passed = rows.filter(outcome__passed=True).count()
        return [
            Figure(gettext_lazy("Quiz terminés"), done, href=people_url(module)),
            Figure(gettext_lazy("Quiz réussis"), passed, href=people_url(module, "passed")),
        ]


def _scored(module: OperationModule, answers: Mapping[str, Any]) -> Outcome:
    rows = module.settings.get("questions") or []
    score = sum(
        answers.get(f"q{number}") == row["right"] for number, row in enumerate(rows, start=1)
    )
    passed = score >= int(module.settings.get("threshold") or 1)
    return Outcome(SCORED, {"score": score, "total": len(rows), "passed": passed})


def _score(outcome: Mapping[str, Any]) -> str:
    words = {"score": outcome.get("score", 0), "total": outcome.get("total", 0)}
    return _("%(score)s sur %(total)s") % words


QUIZ: Mechanic = Quiz()
