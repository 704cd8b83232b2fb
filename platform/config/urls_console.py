"""Addresses on the operator's own host: the console, and the way in."""

from django.urls import URLPattern, URLResolver, include, path

from config.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("", include("console.urls")),
]

handler400 = "shell.errors.bad_request"
handler403 = "shell.errors.permission_denied"
handler404 = "shell.errors.not_found"
handler500 = "shell.errors.server_error"
