"""Addresses on a tenant's host."""

from django.urls import URLPattern, URLResolver, include, path

from config.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    # Addresses are tried in this order: what programs and links ask for comes first.
    path("api/", include("api.urls")),
    path("", include("widgets.urls")),
    path("", include("operations.urls")),
    path("", include("partnerships.urls")),
    path("", include("accounts.urls")),
    path("", include("billing.urls")),
    path("", include("shell.urls")),
    path("", include("console.visits.urls")),
    path("", include("api.pages.urls")),
    path("", include("widgets.site.urls")),
    path("", include("widgets.display.urls")),
    path("", include("tenants.messaging.urls")),
    path("", include("tenants.programme.urls")),
]

handler400 = "shell.errors.bad_request"
handler403 = "shell.errors.permission_denied"
handler404 = "shell.errors.not_found"
handler500 = "shell.errors.server_error"
