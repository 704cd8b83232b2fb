"""Addresses of the public site, in each language's own words."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from signup.views import confirm, pricing, site, start

app_name = "signup"

urlpatterns = [
    path(pgettext_lazy("address", "fonctionnalites"), site.features, name="features"),
    path(pgettext_lazy("address", "tarifs"), pricing.pricing, name="pricing"),
    path(pgettext_lazy("address", "inscription"), start.start, name="start"),
    path(pgettext_lazy("address", "inscription/adresse"), start.address, name="address"),
    path(pgettext_lazy("address", "inscription/<str:token>"), confirm.confirmed, name="confirm"),
    path(pgettext_lazy("address", "mentions-legales"), site.notice, name="notice"),
    path(pgettext_lazy("address", "conditions"), site.terms, name="terms"),
    path(pgettext_lazy("address", "conditions/<str:version>"), site.terms, name="terms_version"),
    path(pgettext_lazy("address", "confidentialite"), site.privacy, name="privacy"),
    path(pgettext_lazy("address", "sous-traitance"), site.processing, name="processing"),
]
