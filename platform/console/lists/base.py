"""What every list of the console is: Unfold's, and read only."""

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from tenants.models import Tenant


class Pages(Paginator):  # type: ignore[type-arg]  # Django's own class takes none
    """Says how many rows there are, where there are any: an empty list says so itself."""

    template_name = "console/pages.html"


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]
    """A list to search, filter and page through. Nothing is added, changed or deleted here."""

    actions = None
    list_display_links = None
    list_per_page = 50
    list_max_show_all = 200
    paginator = Pages
    list_filter_sheet = False
    list_fullwidth = True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self.admin_site.has_permission(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(self.admin_site.has_permission(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(self, request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
        """There is no form for one row: the list has all there is to see."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"
        return HttpResponseRedirect(reverse(name))

    history_view = add_view = delete_view = change_view


class ChoiceFilter(SimpleListFilter):
    """A filter with the title and the choices that its subclass names."""

    field = ""
    choices_of: Iterable[tuple[str, Any]] = ()

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(self.choices_of)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        value = self.value()
        return queryset.filter(**{self.field: value}) if value else queryset


class Names:
    """The names of the merchants that a page's rows are about, read once for the page."""

    def __init__(self, ids: Iterable[uuid.UUID | None]) -> None:
        wanted = {one for one in ids if one}
        self._found = {t.id: t for t in Tenant.objects.filter(id__in=wanted)}

    def link(self, tenant_id: uuid.UUID | None, otherwise: str = "—") -> str | SafeString:
        """The merchant's name, leading to its page."""
        tenant = self._found.get(tenant_id) if tenant_id else None
        return link_to(tenant) if tenant else otherwise


def named(*columns: Callable[[Any], Any]) -> type[ChangeList]:
    """A list that reads the merchants of one page's rows in one query."""

    class Named(ChangeList):
        def get_results(self, request: HttpRequest) -> None:
            super().get_results(request)
            rows = list(self.result_list)
            names = Names(column(row) for row in rows for column in columns)
            for row in rows:
                row.names = names
            self.result_list = rows

    return Named


def link_to(tenant: Tenant) -> SafeString:
    """A merchant's name and address, leading to its page."""
    return format_html(
        '<a class="c-link" href="{}">{}</a><span class="c-second">{}</span>',
        reverse("admin:merchant", args=[tenant.id]),
        tenant.name,
        tenant.slug,
    )
