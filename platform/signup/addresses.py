"""The address that a shop gets: suggested from its name, and looked at as it is typed."""

import uuid
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from tenants.models import Tenant
from tenants.provisioning.slugs import (
    InvalidSlugError,
    ReservedSlugError,
    candidates,
    check_slug,
)


class Standing(StrEnum):
    """What can be said of an address before it is asked for."""

    FREE = "free"
    TAKEN = "taken"
    RESERVED = "reserved"
    INVALID = "invalid"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Looked:
    """An address as typed, how it stands, and a free one instead where it does not."""

    slug: str
    standing: Standing
    instead: str = ""

    @property
    def words(self) -> str:
        """What to do about it; "" where there is nothing to do."""
        return str(_WORDS.get(self.standing, "")) % {"slug": self.slug, "instead": self.instead}


_WORDS = {
    Standing.TAKEN: _("%(slug)s est déjà prise. Essayez %(instead)s, par exemple."),
    Standing.RESERVED: _(
        "%(slug)s est réservée à la plateforme. Essayez %(instead)s, par exemple."
    ),
    Standing.INVALID: _(
        "Écrivez de 3 à 40 caractères : lettres sans accent, chiffres ou tirets, par"
        " exemple %(instead)s."
    ),
}


def suggest(name: str) -> str:
    """A free address made from a shop's name."""
    tried = candidates(name, prefix="boutique")
    taken = set(Tenant.objects.filter(slug__in=tried).values_list("slug", flat=True))
    return next(slug for slug in tried if slug not in taken)


def look_at(slug: str, *, name: str = "", mine: uuid.UUID | None = None) -> Looked:
    """How an address stands now. It is nobody's until a back office is made there.

    `mine` is the back office of a sign-up that a crash may have left: its address is free to it.
    """
    typed = slug.strip().lower()
    if not typed:
        return Looked("", Standing.EMPTY)
    try:
        check_slug(typed)
    except ReservedSlugError:
        return Looked(typed, Standing.RESERVED, suggest(name or typed))
    except InvalidSlugError:
        return Looked(typed[:80], Standing.INVALID, suggest(typed[:80] or name))
    taken = Tenant.objects.filter(slug=typed).values_list("id", flat=True).first()
    if taken not in (None, mine):
        return Looked(typed, Standing.TAKEN, suggest(typed))
    return Looked(typed, Standing.FREE)
