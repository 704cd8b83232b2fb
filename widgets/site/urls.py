"""Addresses of the page of the shop and the brand."""

from django.urls import path

from widgets.site import views

app_name = "site"

urlpatterns = [
    path("reglages/site", views.site, name="site"),
    path("reglages/site/mise-en-avant", views.launcher, name="launcher"),
]
