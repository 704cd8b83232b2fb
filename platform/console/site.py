"""The admin's site: Unfold's, with rights, log-in and pages of ours."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, path, reverse
from unfold.sites import UnfoldAdminSite

from console import access

# Pages of Django's admin that the console has otherwise, or not at all.
_LEFT_OUT = frozenset(
    {"login", "password_change", "password_change_done", "autocomplete", "view_on_site"}
)


class ConsoleSite(UnfoldAdminSite):  # type: ignore[misc]
    """Reads by default: what writes is a page of its own, with a reason."""

    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        return access.operator_of(request) is not None

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Django asks for this where a right is missing; the middleware came before."""
        return HttpResponseRedirect(reverse("account_login"))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        """End this session, by POST only."""
        from console.pages.login import log_out

        return log_out(request)

    def index(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The first page: the platform's figures."""
        from console.pages.figures import figures

        return figures(request)

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> Any:
        """There is one app, and the menu shows what is in it."""
        return HttpResponseRedirect(reverse("admin:index"))

    def search(self, request: HttpRequest) -> HttpResponse:
        """Unfold's palette: its templates name it, and the console has a search in each list."""
        raise Http404

    def get_urls(self) -> list[URLPattern | URLResolver]:
        from console import pages_urls

        own = [
            path(route, self.admin_view(view), name=name) for route, view, name in pages_urls.PAGES
        ]
        django = [one for one in super().get_urls() if getattr(one, "name", "") not in _LEFT_OUT]
        return [*own, *django]


def favicon(_request: HttpRequest) -> str:
    """The house's own."""
    return static("shell/favicon.svg")


def style(_request: HttpRequest) -> str:
    """Our few rules on top of Unfold's."""
    return static("console/console.css")


def script(_request: HttpRequest) -> str:
    """What is left to do in a browser."""
    return static("console/console.js")


def _filled() -> ConsoleSite:
    from console import models
    from console.lists import accounts, merchants, trail

    console = ConsoleSite(name="admin")
    for model, shown in (
        (models.Merchant, merchants.MerchantAdmin),
        (models.Deal, accounts.DealAdmin),
        (models.Bill, accounts.BillAdmin),
        (models.Told, accounts.ToldAdmin),
        (models.Given, accounts.GivenAdmin),
        (models.Pair, accounts.PairAdmin),
        (models.Person, trail.PersonAdmin),
        (models.Entry, trail.EntryAdmin),
    ):
        console.register(model, shown)
    return console


site = _filled()
