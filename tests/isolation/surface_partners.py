"""The addresses of partnerships, and those that only a limited partner has."""

from tests.isolation.partners import partnership
from tests.isolation.whom import MANAGER, OWNER, Page, link, member

PARTNERS: dict[str, Page] = {
    "partnerships:list": member(),
    "partnerships:add": member(**MANAGER),
    "partnerships:code": member(),
    "partnerships:renew": member(**OWNER),
    "partnerships:partner": member(partnership),
    "partnerships:agreement": member(partnership, acts=OWNER["acts"]),
    "partnerships:accepted": member(lambda s: {**partnership(s), "side": "major"}),
    "partnerships:end": member(partnership, **OWNER),
    "partnerships:resend": member(partnership),
    "partnerships:correct": member(partnership, **MANAGER),
    "partnerships:withdraw": member(partnership, **MANAGER),
    "partnerships:offer": link(lambda s: {"token": s.partners.offer_token}),
}
# On the host of a partner who is no merchant, and nowhere else.
LIMITED: dict[str, Page] = {
    "partnerships:home": member(),
    "partnerships:settings": member(),
    "partnerships:plan": member(),
    "partnerships:upgrade": member(**OWNER),
}
