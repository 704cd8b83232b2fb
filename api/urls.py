"""Addresses below /api/: for programs, and the pages that explain them."""

from django.urls import include, path, re_path

from api import docs

app_name = "api"

urlpatterns = [
    path("v1/", include("api.v1.urls")),
    path("docs", docs.reference, name="docs"),
    path("docs/errors", docs.errors, name="errors"),
    # A line break is a character of an address like any other.
    re_path(r"^[\s\S]*\Z", docs.nothing_here),
]
