"""List pages, declared: columns, filters, saved views, search, sort, paging, export, selection.

    class CustomersPage(ListPage):
        columns = (
            Column("name", _("Client"), sort="last_name", template="profiles/cells/name.html"),
            Column("state", _("État"), kind="state"),
            Column("balance", _("Cagnotte"), kind="money", sort="balance"),
        )
        def queryset(self): return Profile.objects.all()

    def customers(request):
        return CustomersPage(request).respond("profiles/list.html", {...})

The template extends `shell/list.html`. Names in the URL (`vue`, `q`, `tri`, `page`, `lignes` and
each filter's key) are looked up in these declarations, never passed to the ORM (R37).
"""

import logging
from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from django.core.paginator import Page, Paginator
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shell import table_export
from shell.table_parts import Chip, Head, Row, Tab, describe

log = logging.getLogger(__name__)
Text = str | Promise
SIZES = (10, 25, 50)
FEW = 1_000  # a search that finds more is broad: its tabs are not counted


@dataclass(frozen=True)
class Column:
    """One column. `value` is a dotted attribute (default: the key) or a function of the row.

    kind: text, number, money (cents), points, percent (ratio), date, moment, state, person.
    `template` draws the cell from `row` and `value`. `phone=False` hides it on a phone's card,
    `export=False` in files, `shown=False` everywhere else. `full` gives it a whole
    line of that card: for what must not break, an address say.
    """

    key: str
    label: Text
    kind: str = "text"
    value: str | Callable[[Any], Any] = ""
    sort: str | Sequence[str] = ""
    template: str = ""
    href: Callable[[Any], str] | None = None
    detail: Callable[[Any], Any] | None = None
    main: bool = False
    phone: bool = True
    full: bool = False
    export: bool = True
    shown: bool = True
    unit: str = "EUR"

    def read(self, row: Any) -> Any:
        """The plain value, for sorting out cells and for exports."""
        if callable(self.value):
            return self.value(row)
        found = row
        for part in (self.value or self.key).split("."):
            found = getattr(found, part, None)
            if callable(found):
                found = found()
        return found


@dataclass(frozen=True)
class Filter:
    """One filter: `choices` are (value, label); `apply` narrows the query to a known value.

    Without choices it is a text that `parse` turns into a value (or ValueError: ignored).
    """

    key: str
    label: Text
    apply: Callable[[QuerySet[Any], Any], QuerySet[Any]]
    choices: Sequence[tuple[str, Text]] = ()
    parse: Callable[[str], Any] = str


@dataclass(frozen=True)
class View:
    """A saved view: a tab with its count."""

    key: str
    label: Text
    apply: Callable[[QuerySet[Any]], QuerySet[Any]] = lambda rows: rows
    counted: bool = True


@dataclass(frozen=True)
class BulkAction:
    """A button of the bulk bar; it posts the selection to `url`."""

    label: Text
    url: str
    icon: str = "check"
    danger: bool = False


@dataclass(frozen=True)
class Empty:
    """What a list says before its first row: a title with a verb, one benefit, one button."""

    title: Text
    text: Text = ""
    action: Text = ""
    url: str = ""


@dataclass
class State:
    """What the URL asks for, checked against the declarations."""

    view: View | None = None
    query: str = ""
    filters: dict[str, str] = field(default_factory=dict)
    sort: str = ""
    size: int = SIZES[0]


class ListPage:
    """Subclass it, declare, give it a request."""

    columns: ClassVar[Sequence[Column]] = ()
    filters: ClassVar[Sequence[Filter]] = ()
    views: ClassVar[Sequence[View]] = ()
    empty: ClassVar[Empty] = Empty(_("Rien ici pour l’instant"))
    # Singular and plural, as in "1 à 10 sur 4 812 clients".
    nouns: ClassVar[tuple[Text, Text]] = (_("ligne"), _("lignes"))
    search_label: ClassVar[Text] = ""
    default_sort: ClassVar[str] = ""  # a column's key, "-" in front for descending
    export_name: ClassVar[str] = ""
    label: ClassVar[Text] = _("Liste")

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    # ------------------------------------------------------------ to override
    @abstractmethod
    def queryset(self) -> QuerySet[Any]:
        """Every row this person may see, unordered; must end in a unique order by itself."""

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        """Rows that match the search box; shown only with a `search_label`."""
        return rows

    def bulk(self) -> Sequence[BulkAction]:
        """Buttons for selected rows; none means no check boxes."""
        return ()

    def row_url(self, row: Any) -> str:
        """Where the main cell leads; empty for nowhere."""
        return ""

    def can_create(self) -> bool:
        """Whether the empty state's button is shown (hidden without the right)."""
        return bool(self.empty.url)

    # ------------------------------------------------------------ what the URL says
    @cached_property
    def state(self) -> State:
        params = self.request.GET
        state = State(query=params.get("q", "").strip()[:100])
        if self.views:
            state.view = next((v for v in self.views if v.key == params.get("vue")), self.views[0])
        for item in self.filters:
            value = params.get(item.key, "")[:100]
            if value and self._filter_value(item, value) is not None:
                state.filters[item.key] = value
        sort = params.get("tri", self.default_sort)
        sortable = {column.key for column in self.columns if column.sort}
        state.sort = sort if sort.removeprefix("-") in sortable else self.default_sort
        if params.get("lignes", "") in {str(size) for size in SIZES}:
            state.size = int(params["lignes"])
        return state

    @staticmethod
    def _filter_value(item: Filter, value: str) -> Any:
        if item.choices:
            return value if value in {key for key, _label in item.choices} else None
        try:
            return item.parse(value)
        except ValueError:
            return None

    # ------------------------------------------------------------ rows
    def narrowed(self) -> QuerySet[Any]:
        """The rows of the search and the filters, whatever the view."""
        rows = self.queryset()
        if self.found is not None:
            rows = rows.filter(pk__in=self.found)
        elif self.searching:
            rows = self.search(rows, self.state.query)
        for item in self.filters:
            if item.key in self.state.filters:
                rows = item.apply(rows, self._filter_value(item, self.state.filters[item.key]))
        return rows

    @property
    def searching(self) -> bool:
        return bool(self.state.query and self.search_label)

    @cached_property
    def found(self) -> list[Any] | None:
        """The keys of the rows that the search finds; None without one, and for a broad one.

        No index finds a piece of a word. Looking once, rather than for every tab, the page and its
        total, is what keeps a search quick in a long list.
        """
        if not self.searching:
            return None
        rows = self.search(self.queryset().order_by(), self.state.query)
        keys = list(rows.values_list("pk", flat=True)[: FEW + 1])
        return keys if len(keys) <= FEW else None

    def rows(self) -> QuerySet[Any]:
        """All rows of the present view, search, filters and sort."""
        rows = self.narrowed()
        if self.state.view is not None:
            rows = self.state.view.apply(rows)
        sort = self.state.sort
        column = next((c for c in self.columns if c.key == sort.removeprefix("-")), None)
        if column is None or not column.sort:
            return rows
        names = [column.sort] if isinstance(column.sort, str) else list(column.sort)
        if sort.startswith("-"):
            names = [n[1:] if n.startswith("-") else f"-{n}" for n in names]
        # The key last, so that pages neither repeat nor skip rows that compare equal.
        return rows.order_by(*names, "-pk")

    def selected(self) -> QuerySet[Any]:
        """The rows that a bulk action was posted for: the ticked ones, or all that match.

        The state of the list travels in the URL's query, so "all" means what was on screen.
        """
        if self.request.POST.get("every") == "1":
            return self.rows()
        return self.queryset().filter(pk__in=self._ticked())

    def _ticked(self) -> list[Any]:
        key = self.queryset().model._meta.pk
        ticked = []
        for text in self.request.POST.getlist("selected")[:1000]:
            try:
                ticked.append(key.to_python(text))
            except Exception:  # noqa: S112  not a key: names no row
                continue
        return ticked

    @cached_property
    def page(self) -> Page[Any]:
        return Paginator(self.rows(), self.state.size).get_page(self.request.GET.get("page"))

    # ------------------------------------------------------------ answers
    def respond(self, template: str, context: dict[str, Any] | None = None) -> HttpResponseBase:
        """The page, its refreshed table (htmx), or an export (`?export=csv|xlsx`)."""
        wanted = self.request.GET.get("export", "")
        if self.export_name and wanted in table_export.KINDS:
            return table_export.answer(self, wanted)
        data = {**(context or {}), "list": self.context()}
        partial = self.request.headers.get("HX-Target") == "table-region"
        response = render(self.request, "shell/table.html" if partial else template, data)
        response.headers["Vary"] = "HX-Request, HX-Target, Cookie"
        return response

    def context(self) -> dict[str, Any]:
        """What `shell/table.html` draws; a list that cannot load says so instead of failing."""
        try:
            with transaction.atomic():
                return describe(self)
        except DatabaseError:
            log.exception("a list could not be loaded")
            return {"page": self, "failed": True, "tabs": [], "label": self.label}


__all__ = [
    "BulkAction", "Chip", "Column", "Empty", "Filter", "Head", "ListPage", "Row", "Tab", "View",
]  # fmt: skip
