"""What a sign-up begins with where nothing else is chosen."""

from datetime import timedelta

from billing.plans import Interval, PlanKey

TRIAL = timedelta(days=30)
SUGGESTED = PlanKey.GROWING
INTERVAL: Interval = "month"
