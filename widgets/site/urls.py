"""Addresses of the page of the shop and the brand."""

from django.urls import path

from widgets.site import views
from widgets.site.urls_partner import urlpatterns as shared

app_name = "site"

urlpatterns = [
    *shared,
    path("reglages/site/mise-en-avant", views.launcher, name="launcher"),
]
