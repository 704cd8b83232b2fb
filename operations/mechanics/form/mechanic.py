"""The form as a mechanic: all that it asks are the module's own fields."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from billing.plans import Allowed
from operations.mechanics.base import BaseMechanic
from operations.mechanics.finding import people_url
from operations.mechanics.form.forms import FormSettings
from operations.mechanics.shape import Figure, Mechanic, Outcome
from operations.models import OperationModule, Participation, ParticipationState
from operations.words import pick


class Form(BaseMechanic):
    """Whoever sends it has taken part; there is nothing to win here and nothing to run out."""

    kind = "form"
    held_by = Allowed.FORMS
    label = _("Formulaire")
    hint = _("Les personnes laissent ce que vous demandez, et vous les remerciez.")
    heading = _("Vos coordonnées")
    icon = "document"
    settings_form = FormSettings

    def questions(self, *, module: OperationModule, language: str) -> Mapping[str, Any]:
        return {"button": pick(module.settings.get("button"), language)}

    def play(
        self,
        *,
        module: OperationModule,
        participation: Participation,
        answers: Mapping[str, Any],
        now: datetime,
    ) -> Outcome:
        return Outcome("taken")

    def result(
        self, *, module: OperationModule, participation: Participation, language: str
    ) -> Mapping[str, Any]:
        return {"thanks": pick(module.settings.get("thanks"), language)}

    def at_once(
        self,
        *,
        module: OperationModule,
        answers: Mapping[str, Any],
        outcome: Mapping[str, Any] | None,
    ) -> Mapping[str, Any]:
        return {"kind": "taken"}

    def in_words(
        self, *, module: OperationModule, participation: Participation, language: str
    ) -> str:
        return pick(module.settings.get("thanks"), language)

    def figures(self, *, module: OperationModule) -> list[Figure]:
        sent = Participation.objects.filter(
            module=module, is_test=False, state=ParticipationState.COUNTED
        )
        told = _("envois comptés de ce module")
        return [Figure(_("Formulaires reçus"), sent.count(), told, people_url(module))]


FORM: Mechanic = Form()
