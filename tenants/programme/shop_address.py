"""Shared links that lead to no shop, because nobody said where it is."""

from tenants.context import current_tenant
from tenants.features import Feature, is_on
from tenants.programme import checklist
from tenants.referrals.models import Click


def is_missing() -> bool:
    """Whether a merchant who sells online has not given an address that links could lead to."""
    if current_tenant().site_url or not is_on(Feature.REFERRAL):
        return False
    return checklist.has_shop() and not checklist.outside_facts().get("has_site", False)


def visits_without() -> int:
    """How many times somebody followed a link and found no way to the shop."""
    return Click.objects.count() if is_missing() else 0
