"""What a customer types to invite friends: a few rows, and room for pasted addresses.

What a form does not name is not read (R26).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shell.forms import HouseForm
from tenants.profiles import emails

ROWS = 3
MOST_ROWS = 10
# More than anybody may send in a day, less than anybody could try out.
MOST_PASTED = 30


@dataclass(frozen=True, slots=True)
class Friend:
    """One friend as typed. `field` is where an error about them is said."""

    email: str
    first_name: str
    field: str


class InviteForm(HouseForm):
    """Friends, named by who invites them."""

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        typed = [int(n or 0) for n in re.findall(r"\bemail_?(\d?)\b", " ".join(data or {}))]
        self.count = min(max([ROWS, *(number + 1 for number in typed)]), MOST_ROWS)
        for row in range(self.count):
            self.fields[_name("first_name", row)] = _name_field()
            self.fields[_name("email", row)] = _address_field()
        self.fields["pasted"] = forms.CharField(
            label=_("Plusieurs adresses à la fois"),
            required=False,
            max_length=6_000,
            help_text=_("Séparées par des virgules ou des retours à la ligne."),
            widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        )
        self._ask_for_addresses(True)

    def full_clean(self) -> None:
        """Each row asks for its address, and yet one may leave it empty, or paste instead."""
        self._ask_for_addresses(False)
        super().full_clean()
        self._ask_for_addresses(True)

    def _ask_for_addresses(self, needed: bool) -> None:
        for _first, email in self.rows:
            email.field.required = needed

    @property
    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """First name and address of each row."""
        return [(self[_name("first_name", n)], self[_name("email", n)]) for n in range(self.count)]

    @property
    def pasted_field(self) -> forms.BoundField:
        """The room for pasted addresses."""
        return self["pasted"]

    def clean(self) -> dict[str, Any]:
        """Somebody has to be named, and a name needs its address."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for first_name, email in self.rows:
            given = str(cleaned.get(first_name.name) or "").strip()
            if given and not email.data and email.name not in self.errors:
                self.add_error(email.name, self.fields["email"].error_messages["required"])
        pasted = self.pasted
        if len(pasted) > MOST_PASTED:
            self.add_error("pasted", _("Collez 30 adresses au plus à la fois."))
        if not pasted and not self.errors and not any(e.data for _n, e in self.rows):
            self.add_error("email", self.fields["email"].error_messages["required"])
        return cleaned

    @property
    def pasted(self) -> list[Friend]:
        """The addresses in the pasted text, each once: `Léa <lea@exemple.fr>` names her."""
        text = re.sub(r"[;\r\n\t]+", ",", str(self.data.get("pasted") or ""))
        if "<" not in text:
            text = re.sub(r"\s+", ",", text)
        parts = [part.strip() for part in text.split(",") if part.strip()]
        found = [parseaddr(part) for part in parts]
        named = [
            Friend(address or part, name.partition(" ")[0], "pasted")
            for part, (name, address) in zip(parts, found, strict=True)
        ]
        return list({emails.key(friend.email): friend for friend in reversed(named)}.values())[::-1]

    def friends(self) -> list[Friend]:
        """Everybody who was typed well, each address once, in the order of the screen."""
        rows = [
            Friend(
                str(self.cleaned_data[email.name]),
                str(self.cleaned_data.get(first_name.name) or ""),
                email.name,
            )
            for first_name, email in self.rows
            if self.cleaned_data.get(email.name) and first_name.name not in self.errors
        ]
        pasted = [] if "pasted" in self.errors else self.pasted
        once: dict[str, Friend] = {}
        for friend in [*rows, *pasted]:
            once.setdefault(emails.key(friend.email), friend)
        return list(once.values())

    def without(self, sent: set[str]) -> "InviteForm":
        """What is left to correct: the same form without the addresses that are on their way."""
        data: dict[str, str] = {}
        kept = 0
        for first_name, email in self.rows:
            said = str(email.data or "").strip()
            if (said or first_name.data) and emails.key(said) not in sent:
                data[_name("first_name", kept)] = str(first_name.data or "")
                data[_name("email", kept)] = said
                kept += 1
        left = [friend.email for friend in self.pasted if emails.key(friend.email) not in sent]
        data["pasted"] = "\n".join(left)
        return InviteForm(data)

    def field_of(self, friend: Friend) -> str:
        """The field in which this address stands now."""
        for _first, email in self.rows:
            if emails.key(str(email.data or "")) == emails.key(friend.email):
                return email.name
        return "pasted"


def _name(field: str, row: int) -> str:
    return f"{field}_{row}" if row else field


def _name_field() -> forms.CharField:
    return forms.CharField(
        label=_("Son prénom"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _address_field() -> forms.EmailField:
    return forms.EmailField(
        label=_("Son adresse e-mail"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": _("Indiquez l’adresse de votre proche, par exemple thomas@exemple.fr."),
            "invalid": _("Indiquez une adresse complète, par exemple thomas@exemple.fr."),
        },
    )
