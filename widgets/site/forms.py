"""What is typed on the page of the shop and the brand."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partnerships.forms import OwnPolicyField
from shell.fields import TilesField, ToggleField
from shell.forms import HouseForm
from widgets.shown.selectors import Words

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
        help_text=_("Par exemple : boutique en ligne."),
    )
    site_url = forms.URLField(
        label=_("Site de la boutique"),
        max_length=200,
        required=False,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url"}),
        help_text=_("Les liens de parrainage y mènent, et le script n’est écouté que de là."),
    )
    public_email = forms.EmailField(
        label=_("E-mail public"),
        max_length=254,
        required=False,
        help_text=_(
            "Montré à qui ouvre un lien partagé ou une opération. Vide, seul votre nom y est lu."
        ),
    )
    policy_url = OwnPolicyField(
        help_text=_("L’adresse de la page lue à côté de votre case, dans une opération commune.")
    )
    legal_notice = forms.CharField(
        label=_("Mentions légales"),
        max_length=300,
        required=False,
        help_text=_(
            "Forme, siège et immatriculation, repris dans le règlement de vos opérations. Par"
            " exemple : SARL, 12 rue des Arts, 69002 Lyon, RCS Lyon 812 345 678."
        ),
    )
    color = forms.CharField(
        label=_("Couleur de la marque"),
        max_length=7,
        help_text=_("Sur les pages de vos clients seulement. Les teintes lisibles en découlent."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": _("Indiquez une couleur, par exemple #E5A83B.")},
    )

    def __init__(self, *args: Any, owes_policy: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy_url"].required = owes_policy

    def clean_color(self) -> str:
        """`#rrggbb`, the hash sign being optional to type."""
        found = _COLOR.match(self.cleaned_data["color"].strip())
        if found is None:
            raise forms.ValidationError(
                _("Écrivez un dièse et six chiffres ou lettres de A à F, par exemple #E5A83B.")
            )
        return f"#{found.group(1).upper()}"


class PartnerSiteForm(SiteForm):
    """The same of a partner who is no merchant: widgets, and no referral links."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["kind"], self.fields["legal_notice"]
        self.fields["site_url"].label = _("Adresse de votre site")
        self.fields["site_url"].help_text = _("Vos widgets ont le droit de s’y afficher.")
        self.fields["name"].help_text = _("Lu sur les pages d’opération et dans vos e-mails.")
        self.fields["color"].help_text = _(
            "Sur vos widgets et sur les pages d’opération. Les teintes lisibles en découlent."
        )


class AddressForm(HouseForm):
    """One more address of the merchant's: a second shop, a blog, the site being built."""

    address = forms.URLField(
        label=_("Autre adresse"),
        max_length=200,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        help_text=_("Par exemple https://blog.exemple.fr."),
        error_messages={
            "required": _("Indiquez l’adresse d’un site, comme https://www.exemple.fr."),
            "invalid": _("Indiquez l’adresse d’un site, comme https://www.exemple.fr."),
        },
    )


class LauncherForm(HouseForm):
    """The programme, put forward on the shop. An empty text follows the rules in force."""

    active = ToggleField(
        label=_("Proposer le parrainage sur la boutique"),
        help_text=_("Le script affiche un bouton en bas de chaque page, une fois la page lue."),
    )
    label = forms.CharField(label=_("Bouton"), max_length=40, required=False)
    title = forms.CharField(label=_("Titre du volet"), max_length=70, required=False)
    text = forms.CharField(
        label=_("Texte du volet"),
        max_length=220,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    action = forms.CharField(label=_("Bouton du volet"), max_length=40, required=False)
    side = TilesField(
        label=_("Place du bouton"),
        options=(("right", _("À droite"), ""), ("left", _("À gauche"), "")),
        error_messages={"required": _("Choisissez une place.")},
    )

    def __init__(self, *args: Any, defaults: Words, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("label", "title", "text", "action"):
            self.fields[name].widget.attrs["placeholder"] = getattr(defaults, name)

    @property
    def words(self) -> Words:
        """What was typed, on one line each."""
        typed = {
            name: " ".join(str(self.cleaned_data[name]).split())
            for name in ("label", "title", "text", "action")
        }
        return Words(**typed, side=self.cleaned_data["side"])
