"""What a merchant sets of a referral module: its words. What is earned is the programme's own."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from operations.mechanics.shape import SettingsForm
from operations.mechanics.wording import button, sentence
from operations.words import pair, spread


class ReferralSettings(SettingsForm):
    button_fr, button_en = button(_("Sans texte, il dit « Recevoir mon lien »."))
    words_fr, words_en = sentence(
        _("Invitation à partager, en français"),
        _("Invitation à partager, en anglais"),
        _("Ce que lit la personne au-dessus de son lien."),
    )

    @classmethod
    def initial_of(cls, settings: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **spread(settings.get("button"), "button"),
            **spread(settings.get("words"), "words"),
        }

    def settings(self) -> dict[str, Any]:
        return {name: pair(self.cleaned_data, name) for name in ("button", "words")}
