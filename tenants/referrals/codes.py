"""Referral codes: made from a name, read aloud without doubt, unique."""

import re
import secrets
from datetime import datetime
from typing import cast

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.db import read
from kernel.errors import ConflictError, InvalidInputError
from shell.text import folded
from tenants.profiles.models import Profile
from tenants.referrals.models import ReferralCode

# No 0/O, 1/I/L, 2/Z, 5/S, 8/B: what remains cannot be misread (S4).
_ALPHABET = "34679ACDEFGHJKMNPQRTUVWXY"
_TAIL = 4
_SHAPE = re.compile(r"^[A-Z0-9](?:[A-Z0-9-]{2,30})[A-Z0-9]$")

_OF_CODE = """
    SELECT {0}, {1} FROM referrals_code
    JOIN profiles_profile AS owner ON owner.id = referrals_code.profile_id
    JOIN profiles_profile ON profiles_profile.id = COALESCE(owner.merged_into_id, owner.id)
    WHERE referrals_code.code = %s
"""


class InvalidCodeError(InvalidInputError):
    """A code has 4 to 32 letters without accents, digits or hyphens."""

    code = "invalid_code"
    words = gettext_lazy(
        "Un code compte de 4 à 32 caractères : lettres sans accent, chiffres ou tirets."
    )


class CodeTakenError(ConflictError):
    """This code belongs to somebody else."""

    code = "code_taken"
    words = gettext_lazy("Ce code est déjà pris. Choisissez-en un autre.")


def normalise(text: str) -> str:
    """How a typed code is looked up: capitals, no spaces, accents or ligatures, plain hyphens."""
    return re.sub(r"[\s_–—]+", "-", folded(text).strip()).upper()[:32]


def code_for(*, profile: Profile, now: datetime) -> ReferralCode:
    """The profile's code, made from its name the first time (FS-09)."""
    existing = ReferralCode.objects.filter(profile=profile).first()
    if existing is not None:
        return existing
    while True:
        row = ReferralCode(code=propose(profile=profile), profile=profile, created_at=now)
        ReferralCode.objects.bulk_create([row], ignore_conflicts=True)
        made = ReferralCode.objects.filter(profile=profile).first()
        if made is not None:  # ours, or that of somebody who asked at the same moment
            return made


def propose(*, profile: Profile) -> str:
    """A code made from the profile's name, with a tail by chance; nothing is kept."""
    tail = "".join(secrets.choice(_ALPHABET) for _ in range(_TAIL))
    return f"{_stem(profile)}-{tail}"


def rename(*, code: ReferralCode, to: str) -> ReferralCode:
    """Give a profile's code another text; InvalidCodeError or CodeTakenError when it cannot be."""
    text = normalise(to)
    if not _SHAPE.match(text):
        raise InvalidCodeError(
            _("Un code compte de 4 à 32 caractères : lettres sans accent, chiffres ou tirets."),
            param="code",
        )
    code.code = text
    try:
        with transaction.atomic():
            code.save(update_fields=["code"])
    except IntegrityError as error:
        raise CodeTakenError(
            _("Ce code est déjà pris. Choisissez-en un autre."), param="code"
        ) from error
    return code


def find(text: str) -> ReferralCode | None:
    """The code that somebody typed, or None; its profile is the person's present record."""
    if not text.strip():
        return None
    for code, profile in read((ReferralCode, Profile), _OF_CODE, [normalise(text)]):
        code.profile = profile
        return cast(ReferralCode, code)
    return None


def _stem(profile: Profile) -> str:
    word = normalise(profile.first_name or profile.last_name)
    word = re.sub(r"[^A-Z0-9]+", "", word)[:12]
    return word if len(word) >= 2 else "AMI"
