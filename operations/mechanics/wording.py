"""Fields for a mechanic's words, each in French and in English; empty, the product has its own."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_BUTTON, _SENTENCE = 40, 300
Words = Any  # a text, translated now or when it is shown: the stubs' name for both is private


def button(help_text: Words) -> tuple[forms.CharField, forms.CharField]:
    """The word on the button, in both languages; `help_text` says what it is without one."""
    return (
        forms.CharField(
            label=_("Bouton, en français"),
            required=False,
            max_length=_BUTTON,
            help_text=help_text,
        ),
        forms.CharField(label=_("Bouton, en anglais"), required=False, max_length=_BUTTON),
    )


def sentence(
    french: Words, english: Words, help_text: Words = ""
) -> tuple[forms.CharField, forms.CharField]:
    """A sentence or two that the person reads, under these labels."""
    return _sentence(french, help_text), _sentence(english)


def _sentence(label: Words, help_text: Words = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=_SENTENCE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=help_text,
    )
