"""Where a prize is posted to. Kept on its claim until some time after the hand-over, no longer."""

import unicodedata
from datetime import datetime, timedelta

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.rewards.errors import InvalidAddressError
from tenants.rewards.models import Claim

# Long enough for a parcel that got lost; the README lists it (D6).
KEEP_ADDRESSES = timedelta(days=60)
FIELDS = ("name", "street", "more", "postcode", "city", "country")
REQUIRED = {
    "name": gettext_lazy("Indiquez le nom à écrire sur l’envoi, par exemple Camille Rouvière."),
    "street": gettext_lazy("Indiquez le numéro et la rue, par exemple 12 rue des Lilas."),
    "postcode": gettext_lazy("Indiquez le code postal, par exemple 69007."),
    "city": gettext_lazy("Indiquez la ville, par exemple Lyon."),
}
_LONGEST = 120


def checked(address: dict[str, str] | None) -> dict[str, str]:
    """An address as it is kept: `FIELDS` only, one line each; InvalidAddressError names a field."""
    if address is None:
        raise InvalidAddressError
    clean = {name: _line(str(address.get(name) or "")) for name in FIELDS}
    for name, words in REQUIRED.items():
        if not clean[name]:
            raise InvalidAddressError(str(words), param=name)
    long = next((name for name in FIELDS if len(clean[name]) > _LONGEST), None)
    if long:
        raise InvalidAddressError(_("Écrivez 120 caractères au plus."), param=long)
    return {name: text for name, text in clean.items() if text}


def lines(address: dict[str, str]) -> list[str]:
    """As it stands on an envelope."""
    place = " ".join(filter(None, [address.get("postcode"), address.get("city")]))
    rows = [address.get("name"), address.get("street"), address.get("more"), place]
    return [text for text in [*rows, address.get("country")] if text]


def forget_old_addresses(*, now: datetime) -> int:
    """Blank the addresses of claims that were closed, or sent, long enough ago; how many."""
    ended = Coalesce(F("handed_over_at"), F("cancelled_at"), F("sent_at"))
    old = Claim.objects.exclude(address={}).annotate(ended=ended)
    return old.filter(ended__lt=now - KEEP_ADDRESSES).update(address={})


def _line(text: str) -> str:
    """One line without control characters: it is printed, and goes into files (R41)."""
    kept = "".join(" " if unicodedata.category(char)[0] == "C" else char for char in text)
    return " ".join(kept.split())
