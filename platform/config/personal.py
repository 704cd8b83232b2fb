"""Where personal data lie: the one table of every room's own. Erasing goes from top to bottom."""

from operations import personal as operations
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
