"""Addresses that other people's sites load and post to."""

from django.urls import path, re_path

from widgets.script import views as script
from widgets.tracker import views as tracker

app_name = "widgets"

urlpatterns = [
    path("w/v1.js", script.latest, name="latest"),
    re_path(r"^w/v1\.(?P<digest>[0-9a-f]{16})\.js$", script.pinned, name="pinned"),
    path("w/v1.json", script.manifest, name="manifest"),
    path("w/orders", tracker.orders, name="orders"),
    path("w/accounts", tracker.accounts, name="accounts"),
    path("w/seen", tracker.seen, name="seen"),
]
