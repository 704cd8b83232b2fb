"""Pages of partnerships that a partner who is no merchant has: those of a minor, and its own."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from partnerships.views import agreeing, limited, offers, partners


class PartnershipId(StringConverter):
    """An outside id, and no other word: what a limited partner lacks is not taken for one."""

    regex = "prt_[0-9a-z]{26}"


register_converter(PartnershipId, "prt")

app_name = "partnerships"
shared = [
    path("partenariats", partners.partners, name="list"),
    path("partenariats/lien/<str:token>", offers.offer, name="offer"),
    path("partenariats/<prt:partnership>", partners.partner, name="partner"),
    path("partenariats/<prt:partnership>/accord", agreeing.agreement, name="agreement"),
    path("partenariats/<prt:partnership>/accord/<str:side>", agreeing.accepted, name="accepted"),
    path("partenariats/<prt:partnership>/fin", agreeing.end, name="end"),
]
urlpatterns = [
    path("", limited.home, name="home"),
    path("reglages", limited.settings, name="settings"),
    path("offre", limited.plan, name="plan"),
    path("offre/passer", limited.upgrade, name="upgrade"),
    *shared,
]
