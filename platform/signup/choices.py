"""What a sign-up begins with where nothing else is chosen."""

from billing.plans import Interval, PlanKey

SUGGESTED = PlanKey.GROWING
INTERVAL: Interval = "month"
