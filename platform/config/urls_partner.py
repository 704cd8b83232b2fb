"""Addresses on the host of a partner who is no merchant here: nothing else exists there."""

from django.urls import URLPattern, URLResolver, include, path

from config.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("", include("accounts.urls")),
    path("", include("shell.urls")),
    path("", include("widgets.urls_partner")),
    path("", include("console.visits.urls")),
    path("", include("operations.urls_partner")),
    path("", include("widgets.site.urls_partner")),
    path("", include("widgets.display.urls")),
    path("", include("partnerships.urls_partner")),
]

handler400 = "shell.errors.bad_request"
handler403 = "shell.errors.permission_denied"
handler404 = "shell.errors.not_found"
handler500 = "shell.errors.server_error"
