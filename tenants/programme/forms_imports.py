"""What is typed on the pages that take a file of customers in."""

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shell.fields import TilesField
from shell.forms import HouseForm
from tenants.profiles.importing.fields import FIELDS, PURCHASES
from tenants.profiles.importing.texts import ENCODINGS
from tenants.programme.forms import KeyField

_NAMES = {"windows-1252": _("Windows (Europe de l’Ouest)"), "macroman": "Macintosh"}


class FileForm(HouseForm):
    """A file to take in."""

    key = KeyField()
    file = forms.FileField(
        label=_("Fichier de vos clients"),
        help_text=_("CSV ou Excel (.xlsx), 20 Mo et 200 000 lignes au plus."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        error_messages={"required": _("Choisissez un fichier CSV ou Excel.")},
        allow_empty_file=True,
    )


class EncodingForm(HouseForm):
    """In which encoding a text is read."""

    encoding = forms.ChoiceField(
        label=_("Encodage"),
        choices=[(name, _NAMES.get(name, name.upper())) for name in ENCODINGS],
    )


class MappingForm(HouseForm):
    """What each column of a file is; nothing is a choice, too. And whether they bought before."""

    def __init__(
        self,
        *args: Any,
        headers: Sequence[str],
        samples: Sequence[Sequence[str]],
        offered: Collection[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, Any]] = [("", _("Ne pas importer"))]
        choices += [(field.key, field.label) for field in FIELDS if field.key in offered]
        for number, header in enumerate(headers):
            seen = [line[number] for line in samples if number < len(line) and line[number]]
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=header or _("Colonne %(n)s") % {"n": number + 1},
                choices=choices,
                required=False,
                help_text=" · ".join(text[:40] for text in seen[:3]),
            )
        self.fields["bought"] = self._bought()

    def _bought(self) -> TilesField:
        """The question, to which a column of orders is an answer too (SP-22)."""
        said = self.data if self.is_bound else self.initial
        named = {said.get(name) for name in self.fields}
        return TilesField(
            label=_("Ces personnes ont-elles déjà acheté chez vous\u202f?"),
            options=[
                (
                    "yes",
                    _("Oui, toutes"),
                    _("Ce sont des clients\u00a0: personne ne peut les parrainer."),
                ),
                (
                    "no",
                    _("Non, ou pas toutes"),
                    _("Seules celles à qui une colonne donne une commande sont des clients."),
                ),
            ],
            required=not named & set(PURCHASES),
            error_messages={
                "required": _("Répondez\u00a0: aucune colonne du fichier ne donne de commande.")
            },
        )

    def mapping(self) -> dict[str, str]:
        """The chosen field of each column, by its number as text."""
        return {
            name.removeprefix("column_"): key
            for name, key in self.cleaned_data.items()
            if key and name.startswith("column_")
        }


class TakeInForm(HouseForm):
    """All lines or none, or those that can be taken."""

    whole = TilesField(
        label=_("Lignes à importer"),
        options=[
            ("good", _("Les bonnes lignes"), _("Les lignes refusées sont laissées de côté.")),
            ("all", _("Toutes ou aucune"), _("Une seule ligne refusée arrête tout.")),
        ],
        initial="good",
    )
