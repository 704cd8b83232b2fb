"""What is typed on the pages about messages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shell.forms import HouseForm
from tenants.messaging.editing import LONGEST
from tenants.messaging.writing.texts import FIELDS, Text


class TextForm(HouseForm):
    """The words of one email in one language."""

    subject = forms.CharField(
        label=_("Objet"),
        error_messages={
            "required": _("Écrivez un objet : c’est ce que vos clients voient d’abord.")
        },
        max_length=LONGEST["subject"],
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-insertable": True}),
    )
    preheader = forms.CharField(
        label=_("Aperçu dans la boîte de réception"),
        required=False,
        max_length=LONGEST["preheader"],
        help_text=_("La ligne grise que les messageries montrent après l’objet."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-insertable": True}),
    )
    body = forms.CharField(
        label=_("Texte"),
        error_messages={"required": _("Écrivez le texte du message.")},
        strip=False,
        max_length=LONGEST["body"],
        help_text=_(
            "# pour un titre, ** autour d’un mot en gras, - devant chaque ligne d’une liste, "
            "> devant une ligne à encadrer, [mots](adresse) pour un lien."
        ),
        widget=forms.Textarea(
            attrs={"rows": 16, "class": "control letter-body", "data-insertable": True}
        ),
    )
    button = forms.CharField(
        label=_("Bouton"),
        required=False,
        max_length=LONGEST["button"],
        help_text=_("Vide : pas de bouton."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-insertable": True}),
    )
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def text(self) -> Text:
        """The words as they were typed, with the line ends of files."""
        data = self.cleaned_data
        return Text(**{name: str(data.get(name) or "").replace("\r\n", "\n") for name in FIELDS})


class LookForm(HouseForm):
    """Logo and foot of all emails."""

    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG, JPEG ou WebP, 2 Mo au plus. Sans logo, vos initiales le remplacent."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    without_logo = forms.BooleanField(label=_("Retirer le logo"), required=False)
    footer = forms.CharField(
        label=_("Pied de page"),
        required=False,
        max_length=400,
        help_text=_("Par exemple vos horaires, ou comment vous joindre."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    address = forms.CharField(
        label=_("Adresse postale"),
        required=False,
        max_length=300,
        help_text=_("Demandée dans les messages commerciaux par plusieurs pays."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    reply_to = forms.EmailField(
        label=_("Les réponses arrivent à"),
        required=False,
        max_length=254,
        help_text=_("Une boîte que quelqu’un lit."),
    )

    def clean(self) -> dict[str, Any]:
        """Line ends as files have them."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("footer", "address"):
            data[name] = str(data.get(name) or "").replace("\r\n", "\n")
        return data
