"""What is typed about prizes, tiers, gifts and codes. Unnamed input is not read (R26)."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shell.fields import (
    DateField,
    IntegerField,
    MoneyField,
    TilesField,
    ToggleField,
    amount_field,
)
from shell.forms import HouseForm
from tenants.programme.forms import KeyField
from tenants.rewards.models import AwardKind, CodeList, PrizeKind

_MOST_VALUE = 1_000_000
_MOST_STOCK = 100_000
GENERATED = ""

_PRIZE_KINDS = (
    (PrizeKind.DISCOUNT, _("Remise sur un achat"), _("Un code, envoyé aussitôt.")),
    (PrizeKind.VOUCHER, _("Bon d’achat"), _("Un code d’un montant, envoyé aussitôt.")),
    (PrizeKind.ORDER_GIFT, _("Cadeau avec une commande"), _("À glisser dans la prochaine.")),
    (PrizeKind.GIFT, _("Cadeau à remettre"), _("En main propre, sur présentation d’un code.")),
    (PrizeKind.POST, _("Envoi par courrier"), _("Le client indique son adresse.")),
    (PrizeKind.EMAIL, _("Envoi par e-mail"), _("Une place, un accès : un code suffit.")),
    (PrizeKind.PARTNER_VOUCHER, _("Bon chez un partenaire"), _("À utiliser chez un autre.")),
)
_AWARD_KINDS = (
    (AwardKind.PROMO_CODE, _("Code promo"), _("D’un montant, sur un achat.")),
    (AwardKind.GIFT_CARD, _("Bon cadeau"), _("D’un montant, comme de l’argent.")),
    (AwardKind.PRODUCT, _("Produit offert"), _("Que vous remettez ou envoyez.")),
    (AwardKind.CUSTOM, _("Autre récompense"), _("Tout ce qui a un nom.")),
)


class CodeListField(forms.ChoiceField):
    """Codes made by us, or those of one of the merchant's lists; cleaned to the list or None."""

    def __init__(self, lists: Iterable[CodeList]) -> None:
        self.lists = {row.public_id: row for row in lists}
        choices = [(GENERATED, _("Générés pour vous, impossibles à deviner"))]
        super().__init__(
            label=_("Codes"),
            required=False,
            choices=[*choices, *((key, row.name) for key, row in self.lists.items())],
        )

    def clean(self, value: Any) -> CodeList | None:
        return self.lists.get(super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        return value.public_id if isinstance(value, CodeList) else value


class PrizeForm(HouseForm):
    """A prize that a cagnotte buys. The page shows only what its kind needs."""

    # As on the screen, so that the summary of errors reads in the same order.
    field_order = (
        "key", "kind", "name", "description", "value", "partner_name", "code_list", "valid_days",
        "cost", "stock", "per_person", "starts_on", "ends_on",
    )  # fmt: skip

    key = KeyField()
    kind = TilesField(label=_("Quel genre de lot"), options=_PRIZE_KINDS)
    name = forms.CharField(
        label=_("Nom du lot"),
        max_length=80,
        error_messages={"required": _("Donnez un nom, par exemple Bougie Aube 190 g.")},
    )
    description = forms.CharField(
        label=_("Description"),
        max_length=240,
        required=False,
        help_text=_("Une phrase, lue par vos clients dans leur cagnotte."),
    )
    partner_name = forms.CharField(
        label=_("Partenaire"),
        max_length=80,
        required=False,
        help_text=_("Chez qui le bon s’utilise."),
    )
    valid_days = IntegerField(
        label=_("Code valable"),
        minimum=1,
        maximum=3_650,
        required=False,
        unit=_("jours"),
        help_text=_("Vide : sans limite."),
    )
    stock = IntegerField(
        label=_("Stock"),
        minimum=0,
        maximum=_MOST_STOCK,
        required=False,
        help_text=_("Vide : autant que demandé."),
    )
    per_person = IntegerField(
        label=_("Par personne"),
        minimum=1,
        maximum=1_000,
        required=False,
        help_text=_("Vide : sans limite."),
    )
    starts_on = DateField(label=_("Proposé du"), required=False)
    ends_on = DateField(label=_("Jusqu’au"), required=False, help_text=_("Ce jour compris."))
    # What the page showed: a stock that nobody typed anew is not written over claims made since.
    stock_shown = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, unit: str, currency: str, lists: Iterable[CodeList], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cost"] = amount_field(
            unit=unit, label=_("Coût dans la cagnotte"), minimum=1, maximum=_MOST_VALUE
        )
        self.fields["value"] = _value_field(currency)
        self.fields["code_list"] = CodeListField(lists)
        self.order_fields(self.field_order)


class TierForm(HouseForm):
    """A reward that unlocks at a threshold."""

    field_order = ("key", "kind", "name", "value", "code_list", "threshold", "description",
                   "tells_by_email")  # fmt: skip

    key = KeyField()
    kind = TilesField(label=_("Quelle récompense"), options=_AWARD_KINDS)
    name = forms.CharField(
        label=_("Nom"),
        max_length=80,
        error_messages={"required": _("Donnez un nom, par exemple 10 € offerts.")},
    )
    description = forms.CharField(
        label=_("Description"),
        max_length=240,
        required=False,
        help_text=_("Lue par vos clients dans leur cagnotte et dans l’e-mail."),
    )
    tells_by_email = ToggleField(
        label=_("Prévenir par e-mail"),
        help_text=_("Le client reçoit sa récompense par e-mail dès qu’elle se débloque."),
    )

    def __init__(
        self, *args: Any, unit: str, currency: str, lists: Iterable[CodeList], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["threshold"] = amount_field(
            unit=unit,
            label=_("Seuil"),
            minimum=1,
            maximum=100_000_000,
            help_text=_("Ce qu’il faut avoir gagné en tout, même dépensé depuis."),
        )
        self.fields["value"] = _value_field(currency)
        self.fields["code_list"] = CodeListField(lists)
        self.order_fields(self.field_order)


class GiftTypeForm(HouseForm):
    """A gift of the merchant's own list."""

    key = KeyField()
    name = forms.CharField(
        label=_("Nom du cadeau"),
        max_length=80,
        error_messages={"required": _("Donnez un nom, par exemple Ramonage offert.")},
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"] = _value_field(currency)


class GiftAfterForm(HouseForm):
    """After how many referrals a gift is due."""

    gift_after = IntegerField(
        label=_("Un cadeau tous les"),
        minimum=1,
        maximum=1_000,
        required=False,
        unit=_("filleuls"),
        help_text=_("Vide : pas de rappel."),
    )


class GiveGiftForm(HouseForm):
    """A gift attached to a referrer, and the day it was handed over."""

    key = KeyField()
    handed_on = DateField(
        label=_("Remis le"), required=False, help_text=_("Vide : il reste à remettre.")
    )

    def __init__(self, *args: Any, gifts: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["gift"] = forms.ChoiceField(label=_("Cadeau"), choices=list(gifts))
        self.order_fields(("key", "gift", "handed_on"))


class CodeListForm(HouseForm):
    """A list of codes: what it is called, when to warn, and codes to add: pasted, or in a file."""

    field_order = ("key", "name", "warn_below", "pasted", "file")

    key = KeyField()
    name = forms.CharField(
        label=_("Nom de la liste"),
        max_length=80,
        error_messages={"required": _("Donnez un nom, par exemple Bons Café Aurore.")},
    )
    warn_below = IntegerField(
        label=_("Prévenir sous"), minimum=0, maximum=_MOST_STOCK, unit=_("codes")
    )
    pasted = forms.CharField(
        label=_("Codes"),
        required=False,
        max_length=4_000_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("Un par ligne."),
    )
    file = forms.FileField(
        label=_("Ou un fichier"),
        required=False,
        help_text=_("CSV ou Excel : les codes sont dans la première colonne."),
    )

    def clean_file(self) -> bytes:
        """What the file holds; size and format are judged where it is read."""
        file = self.cleaned_data.get("file")
        return file.read() if file is not None else b""


def _value_field(currency: str) -> MoneyField:
    return MoneyField(
        label=_("Valeur"), currency=currency, minimum=1, maximum=_MOST_VALUE, required=False
    )
