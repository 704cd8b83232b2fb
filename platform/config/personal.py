"""Where personal data lie: the one table of every room's own. Erasing goes from top to bottom."""

from collections.abc import Mapping

from django.db import models

from billing import personal as billing
from console import personal as console
from operations import personal as operations
from signup import personal as signup
from tenants.activity import personal as activity
from tenants.loyalty import personal as loyalty
from tenants.messaging import personal as messaging
from tenants.profiles import personal as profiles
from tenants.programme import personal as programme
from tenants.referrals import personal as referrals
from tenants.rewards import personal as rewards
from widgets import personal as widgets

PERSONAL: tuple[profiles.Personal, ...] = (
    *widgets.PERSONAL,
    *operations.PERSONAL,
    *messaging.PERSONAL,
    *programme.PERSONAL,
    *rewards.PERSONAL,
    *referrals.PERSONAL,
    *loyalty.PERSONAL,
    *activity.PERSONAL,
    *profiles.PERSONAL,
)

# Those of the platform itself, in the public schema: each field that may tell of a person, with
# what it is for and how long it is kept; and the other texts, which tell nothing.
PLATFORM: Mapping[type[models.Model], Mapping[str, str]] = {
    **billing.PURPOSES,
    **console.PURPOSES,
    **signup.PURPOSES,
}
PLATFORM_TECHNICAL: Mapping[type[models.Model], frozenset[str]] = {
    **billing.TECHNICAL,
    **console.TECHNICAL,
    **signup.TECHNICAL,
}
