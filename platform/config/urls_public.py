"""Addresses on the platform's own host: the public site in two languages, and where to log in."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import pgettext_lazy

from config.health import healthz
from signup.views import site

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("", include("billing.urls_public")),
    path("robots.txt", site.robots, name="robots"),
    path("sitemap.xml", site.sitemap, name="sitemap"),
    # French stands at the root, English below /en/.
    *i18n_patterns(
        path("", site.home, name="home"),
        path("", include("accounts.urls_public")),
        path("", include("signup.urls")),
        path(pgettext_lazy("address", "exemple/"), include("widgets.sample.urls")),
        prefix_default_language=False,
    ),
]

handler400 = "shell.errors.bad_request"
handler403 = "shell.errors.permission_denied"
handler404 = "shell.errors.not_found"
handler500 = "shell.errors.server_error"
