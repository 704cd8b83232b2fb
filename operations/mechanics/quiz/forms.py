"""What a merchant sets of a quiz: up to ten questions, each with its answers and the right one."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from operations.mechanics.blocks import BlocksForm
from operations.mechanics.wording import button
from operations.words import pair, spread
from shell.fields import IntegerField

QUESTIONS, LEAST_ANSWERS, MOST_ANSWERS = 10, 2, 6
QUESTION, ANSWER, TEXT = 200, 120, 300
_PARTS = ("text_fr", "text_en", "answers_fr", "answers_en", "right")


class QuestionRow(NamedTuple):
    """The fields of one question in the editor; `open` where something stands in it."""

    number: int
    open: bool
    text_fr: BoundField
    text_en: BoundField
    answers_fr: BoundField
    answers_en: BoundField
    right: BoundField


class QuizSettings(BlocksForm):
    needed = ("text_fr", "answers_fr", "right")

    threshold = IntegerField(
        label=gettext_lazy("Bonnes réponses pour réussir"),
        minimum=1,
        maximum=QUESTIONS,
        help_text=gettext_lazy("Au plus le nombre de questions."),
    )
    button_fr, button_en = button(gettext_lazy("Sans texte, il dit « Valider mes réponses »."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, QUESTIONS + 1):
            self._add_question(f"q{number}")
        self.show_needed()
        labels = {
            "passed_fr": gettext_lazy("Texte si réussi, en français"),
            "passed_en": gettext_lazy("Texte si réussi, en anglais"),
            "failed_fr": gettext_lazy("Texte sinon, en français"),
            "failed_en": gettext_lazy("Texte sinon, en anglais"),
        }
        for name, label in labels.items():
            self.fields[name] = forms.CharField(
                label=label,
                required=False,
                max_length=TEXT,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def _add_question(self, key: str) -> None:
        for code, language in (("fr", _("en français")), ("en", _("en anglais"))):
            self.fields[f"{key}-text_{code}"] = forms.CharField(
                label=_("Question, %(language)s") % {"language": language},
                required=False,
                max_length=QUESTION,
            )
            self.fields[f"{key}-answers_{code}"] = forms.CharField(
                label=_("Réponses, %(language)s") % {"language": language},
                required=False,
                max_length=MOST_ANSWERS * (ANSWER + 2),
                widget=forms.Textarea(attrs={"rows": 4}),
                help_text=_("Une par ligne, de 2 à 6.")
                if code == "fr"
                else _("Dans le même ordre."),
            )
        choices = [(str(n), _("La réponse %(n)s") % {"n": n}) for n in range(1, MOST_ANSWERS + 1)]
        self.fields[f"{key}-right"] = forms.ChoiceField(
            label=_("La bonne réponse"), required=False, choices=[("", _("À choisir")), *choices]
        )

    @classmethod
    def initial_of(cls, settings: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {
            **spread(settings.get("button"), "button"),
            **spread(settings.get("passed"), "passed"),
            **spread(settings.get("failed"), "failed"),
            "threshold": settings.get("threshold") or 1,
        }
        for number, row in enumerate(settings.get("questions") or (), start=1):
            found |= spread(row["text"], f"q{number}-text")
            for code in ("fr", "en"):
                lines = [str(answer.get(code) or "") for answer in row["answers"]]
                found[f"q{number}-answers_{code}"] = "\n".join(lines) if any(lines) else ""
            found[f"q{number}-right"] = str(row["right"])
        return found

    def rows(self) -> list[QuestionRow]:
        rows = []
        for number in range(1, QUESTIONS + 1):
            bound = [self[f"q{number}-{part}"] for part in _PARTS]
            filled = any(field.value() or field.errors for field in bound)
            rows.append(QuestionRow(number, filled, *bound))
        return rows

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        asked = 0
        for number in range(1, QUESTIONS + 1):
            if any(str(data.get(f"q{number}-{part}") or "").strip() for part in _PARTS):
                asked += 1
                self._check_question(f"q{number}", data)
        if not asked:
            self.add_error("q1-text_fr", _("Posez au moins une question."))
        elif (data.get("threshold") or 0) > asked:
            words = ngettext(
                "Il y a %(asked)s question : demandez-en autant au plus.",
                "Il y a %(asked)s questions : demandez-en autant au plus.",
                asked,
            )
            self.add_error("threshold", words % {"asked": asked})
        return data

    def _check_question(self, key: str, data: Mapping[str, Any]) -> None:
        answers, english = _lines(data, f"{key}-answers_fr"), _lines(data, f"{key}-answers_en")
        if not data.get(f"{key}-text_fr") and f"{key}-text_fr" not in self.errors:
            self.add_error(f"{key}-text_fr", _("Écrivez la question."))
        if not LEAST_ANSWERS <= len(answers) <= MOST_ANSWERS:
            self.add_error(f"{key}-answers_fr", _("Proposez de 2 à 6 réponses, une par ligne."))
        elif len(set(answers)) < len(answers):
            words = _("Deux réponses sont identiques. Changez l’une des deux.")
            self.add_error(f"{key}-answers_fr", words)
        if any(len(line) > ANSWER for line in (*answers, *english)):
            words = _("Écrivez au plus %(most)s caractères par réponse.")
            self.add_error(f"{key}-answers_fr", words % {"most": ANSWER})
        if english and len(english) != len(answers):
            words = _("Traduisez chaque réponse, dans le même ordre, ou aucune.")
            self.add_error(f"{key}-answers_en", words)
        right = data.get(f"{key}-right")
        if not right or int(right) > len(answers):
            self.add_error(f"{key}-right", _("Choisissez la bonne réponse parmi celles proposées."))

    def settings(self) -> dict[str, Any]:
        data = self.cleaned_data
        questions = []
        for number in range(1, QUESTIONS + 1):
            key = f"q{number}"
            if not data.get(f"{key}-text_fr"):
                continue
            french, english = _lines(data, f"{key}-answers_fr"), _lines(data, f"{key}-answers_en")
            answers = [
                {"fr": line, **({"en": english[at]} if english else {})}
                for at, line in enumerate(french)
            ]
            questions.append(
                {
                    "text": pair(data, f"{key}-text"),
                    "answers": answers,
                    "right": int(data[f"{key}-right"]),
                }
            )
        return {
            "questions": questions,
            "threshold": data["threshold"],
            **{name: pair(data, name) for name in ("button", "passed", "failed")},
        }


def _lines(data: Mapping[str, Any], name: str) -> list[str]:
    return [
        " ".join(line.split()) for line in str(data.get(name) or "").splitlines() if line.strip()
    ]
