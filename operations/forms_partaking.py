"""How a partner takes part in an operation: in which modules, and what goes there."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from operations import fields as known
from operations import parties
from operations.forms import WHAT_GOES, policy_field, theirs
from operations.models import OperationModule
from operations.partaking import USUAL_FIELDS, NoModuleChosenError, policy_of, title_of
from partnerships.selectors import Partner
from shell import formats
from shell.fields import ToggleField
from shell.forms import HouseForm


class ConfirmForm(HouseForm):
    """Who stands there now, as it was read (`seal`), and its policy where it gave none."""

    seal = forms.CharField(required=False, max_length=64)
    policy_url = policy_field()


class PartakingForm(HouseForm):
    """Made for one partner and the modules of an operation; without a row there, as usual."""

    # Whom the page showed; what it shows now is `seal`.
    read = forms.CharField(required=False, max_length=64)
    modules = forms.MultipleChoiceField(
        label=_("Modules auxquels il participe"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": NoModuleChosenError.words},
        help_text=_("Ses chiffres compteront ces modules, et eux seuls."),
    )
    asks = ToggleField(
        help_text=_("Une case à lui, jamais cochée d’avance. Sans elle, il ne reçoit qu’un nombre.")
    )
    policy_url = policy_field()
    names = forms.MultipleChoiceField(
        label=_("Ce qui lui est transmis"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=WHAT_GOES,
    )

    def __init__(
        self, *args: Any, partner: Partner, there: Sequence[OperationModule], language: str,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        kwargs.setdefault("initial", _initial(partner, there))
        super().__init__(*args, **kwargs)
        self.there, self.partner = list(there), partner
        modules = [(row.public_id, title_of(row, language=language)) for row in there]
        asked = {row.name: row.label for m in there for row in known.asked(m, language=language)}
        self.fields["modules"].choices = modules  # type: ignore[attr-defined]
        self.fields["names"].choices = list(asked.items())  # type: ignore[attr-defined]
        if partner.policy_url:
            theirs(self.fields["policy_url"], partner)
        words = _("Demander l’accord pour les offres de %(partner)s") % {"partner": partner.name}
        self.fields["asks"].label = formats.elided(words, partner.name)

    @property
    def seal(self) -> str:
        return parties.seal_of(self.partner)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("read") != self.seal:
            self.add_error(None, parties.AnotherPartnerError.words)
        if data.get("names") and not data.get("asks"):
            words = _("Demandez son accord, ou ne lui transmettez aucun champ.")
            self.add_error("names", words)
        return data

    def values(self) -> dict[str, Any]:
        """What `partaking.place` takes."""
        data = self.cleaned_data
        return {
            "module_ids": [row.id for row in self.there if row.public_id in data["modules"]],
            "policy_url": data["policy_url"],
            "asks_optin": data["asks"],
            "names": known.with_email(data["names"]),
        }


def _initial(partner: Partner, there: Sequence[OperationModule]) -> dict[str, Any]:
    rows = [
        (module, row)
        for module in there
        for row in module.partners.all()
        if row.partnership_id == partner.partnership_id
    ]
    if not rows:
        return {
            "modules": [module.public_id for module in there],
            "asks": True,
            "policy_url": policy_of(partner),
            "names": list(USUAL_FIELDS),
        }
    going = [known.going_to(module, partner.partnership_id) for module, _row in rows]
    return {
        "modules": [module.public_id for module, _row in rows],
        "asks": any(row.asks_optin for _module, row in rows),
        "policy_url": partner.policy_url
        or next((row.policy_url for _module, row in rows if row.policy_url), policy_of(partner)),
        "names": list(dict.fromkeys(name for names in going for name in names)),
    }
