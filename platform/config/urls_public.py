"""Addresses on the platform's own host."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from config.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("", include("accounts.urls_public")),
    # Until there is a public site, whoever comes here is looking for a back office.
    path("", RedirectView.as_view(pattern_name="account_login"), name="home"),
]

handler400 = "shell.errors.bad_request"
handler403 = "shell.errors.permission_denied"
handler404 = "shell.errors.not_found"
handler500 = "shell.errors.server_error"
