"""Reads about invitations."""

from tenants.profiles import emails
from tenants.profiles.models import Profile
from tenants.referrals.models import Invitation


def has_invited(*, referrer: Profile, email: str) -> bool:
    """Whether this person gave this address before; what friends asked for is not theirs."""
    rows = Invitation.objects.filter(referrer=referrer, asked=False)
    return rows.filter(email_key=emails.key(email)).exists()
