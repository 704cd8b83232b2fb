"""Addresses on a tenant's host."""

from django.urls import URLPattern, URLResolver, include, path

from config.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("", include("accounts.urls")),
    path("", include("shell.urls")),
    path("", include("api.pages.urls")),
    path("api/", include("api.urls")),
    path("", include("widgets.urls")),
]
