"""Pages of partnerships that a partner who is no merchant has: those of a minor, and its own."""

from django.urls import path

from partnerships.views import agreeing, limited, offers, partners

app_name = "partnerships"
shared = [
    path("partenariats", partners.partners, name="list"),
    path("partenariats/lien/<str:token>", offers.offer, name="offer"),
    path("partenariats/<str:partnership>", partners.partner, name="partner"),
    path("partenariats/<str:partnership>/accord", agreeing.agreement, name="agreement"),
    path("partenariats/<str:partnership>/accord/<str:side>", agreeing.accepted, name="accepted"),
    path("partenariats/<str:partnership>/fin", agreeing.end, name="end"),
]
urlpatterns = [
    path("", limited.home, name="home"),
    path("reglages", limited.settings, name="settings"),
    path("offre", limited.plan, name="plan"),
    path("offre/passer", limited.upgrade, name="upgrade"),
    *shared,
]
