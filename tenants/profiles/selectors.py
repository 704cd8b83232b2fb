"""Finding people, also under an address or an id of a record that went into another."""

import uuid

from django.db.models import Q

from tenants.profiles import emails
from tenants.profiles.models import Profile

# Records of whom a browser alone spoke so far; whoever reads a shop's page can make them.
REPORTED = Q(source="tracker", order_count=0)


def is_claimed(*, profile: Profile) -> bool:
    """Whether a browser alone named this person, and by nothing but an id of the shop: until the
    shop itself names them too, the id is nobody's.
    """
    return profile.source == "tracker" and not profile.email and not profile.order_count


def present(profile: Profile) -> Profile:
    """The record itself, or the one that it was merged into."""
    return profile.merged_into if profile.merged_into is not None else profile


def by_id(*, profile_id: uuid.UUID) -> Profile | None:
    """The person of this id, with their code at hand; None when there is none."""
    rows = Profile.everyone.select_related("referral_code", "merged_into__referral_code")
    found = rows.filter(id=profile_id).first()
    return present(found) if found is not None else None


def by_email(*, email: str) -> Profile | None:
    """The person at this address; None when nobody is."""
    rows = Profile.everyone.select_related("merged_into")
    found = rows.filter(email_key=emails.key(email)).first()
    return present(found) if found is not None else None
