"""What is typed on the page of the shop and the brand."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from shell.forms import HouseForm

_COLOR = re.compile(r"^#?([0-9a-fA-F]{6})\Z")


class SiteForm(HouseForm):
    """The shop's address, the merchant's name and colour."""

    name = forms.CharField(
        label=_("Nom de la marque"),
        max_length=120,
        help_text=_("Lu par vos clients, sur leurs pages et dans leurs e-mails."),
    )
    kind = forms.CharField(
        label=_("Activité"),
        max_length=80,
        required=False,
        help_text=_("Par exemple : boutique en ligne."),
    )
    site_url = forms.URLField(
        label=_("Adresse de la boutique"),
        max_length=200,
        required=False,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url"}),
        help_text=_("Les liens de parrainage y mènent, et le script n’est écouté que de là."),
    )
    color = forms.CharField(
        label=_("Couleur de la marque"),
        max_length=7,
        help_text=_("Sur les pages de vos clients seulement. Les teintes lisibles en découlent."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": _("Indiquez une couleur, par exemple #E5A83B.")},
    )

    def clean_color(self) -> str:
        """`#rrggbb`, the hash sign being optional to type."""
        found = _COLOR.match(self.cleaned_data["color"].strip())
        if found is None:
            raise forms.ValidationError(
                _("Écrivez un dièse et six chiffres ou lettres de A à F, par exemple #E5A83B.")
            )
        return f"#{found.group(1).upper()}"
