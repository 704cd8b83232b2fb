"""What `shell/table.html` draws, worked out from a ListPage: heads, rows, cells, chips, pages."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.template import loader
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from shell import formats
from shell.templatetags import shell as looks
from shell.templatetags import shell_values as filters

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from shell.tables import Column, ListPage, View

_NUMERIC = {"number", "money", "points", "percent", "date", "moment"}


@dataclass(frozen=True)
class Head:
    """A column's head: where a click sorts, and how it is sorted now."""

    label: str | Promise
    css: str
    url: str = ""
    direction: str = ""  # "ascending", "descending" or ""


@dataclass(frozen=True)
class Cell:
    html: SafeString
    label: str | Promise
    css: str


@dataclass(frozen=True)
class Row:
    key: str
    name: str
    cells: list[Cell]
    source: Any


@dataclass(frozen=True)
class Tab:
    label: str | Promise
    url: str
    current: bool
    count: int | None


@dataclass(frozen=True)
class Chip:
    """A filter: set (with the address that takes it off) or available (with its choices)."""

    key: str
    label: str | Promise
    value: str | Promise = ""
    off: str = ""
    options: list[tuple[str, str | Promise]] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)


def _url(page: "ListPage", /, **changes: str | int | None) -> str:
    """The list's address with some parameters changed; None removes one."""
    params = page.request.GET.copy()
    params.pop("export", None)
    for name, value in changes.items():
        params.pop(name, None)
        if value is not None:
            params[name] = str(value)
    return f"{page.request.path}?{params.urlencode()}" if params else page.request.path


def _shown(page: "ListPage") -> "list[Column]":
    return [column for column in page.columns if column.shown]


def unit_of(row: Any, column: "Column") -> str:
    """The unit of a row's amounts: its own currency or unit, else the column's."""
    return getattr(row, "currency", "") or getattr(row, "unit", "") or column.unit


def _css(column: "Column") -> str:
    parts = []
    if column.kind in _NUMERIC:
        parts.append("number")
    if column.main:
        parts.append("cell-main")
    if column.kind == "state":
        parts.append("cell-state")
    if column.full:
        parts.append("cell-full")
    if not column.phone:
        parts.append("cell-wide")
    return " ".join(parts)


def _heads(page: "ListPage") -> list[Head]:
    heads = []
    for column in _shown(page):
        if not column.sort:
            heads.append(Head(column.label, _css(column)))
            continue
        now = page.state.sort
        direction = ""
        if now.removeprefix("-") == column.key:
            direction = "descending" if now.startswith("-") else "ascending"
        # Numbers and dates are most often wanted from the largest.
        first, second = column.key, f"-{column.key}"
        if column.kind in _NUMERIC:
            first, second = second, first
        wanted = second if now == first else first
        heads.append(Head(column.label, _css(column), _url(page, tri=wanted, page=None), direction))
    return heads


def draw(column: "Column", row: Any, url: str, request: HttpRequest | None = None) -> SafeString:
    """One cell as HTML."""
    value = column.read(row)
    if column.template:
        template = loader.get_template(column.template)
        return template.render({"row": row, "value": value, "url": url}, request)  # type: ignore[return-value]
    writers: dict[str, Any] = {
        "money": lambda: filters.money(value, unit_of(row, column)),
        "points": lambda: filters.number(value),
        "number": lambda: filters.number(value),
        "percent": lambda: filters.percent(value),
        "date": lambda: filters.day(value),
        "moment": lambda: filters.moment(value),
        "state": lambda: _state(value),
        "person": lambda: _person(str(value), column.detail(row) if column.detail else ""),
    }
    text = (
        writers[column.kind]()
        if column.kind in writers
        else ("—" if value in (None, "") else value)
    )
    if column.kind == "text" and column.detail is not None:
        text = format_html("<b>{}</b><small>{}</small>", text, column.detail(row))
    elif column.main and column.kind == "text":
        text = format_html("<b>{}</b>", text)
    target = column.href(row) if column.href else url if column.main else ""
    return (
        format_html('<a class="cell-link" href="{}">{}</a>', target, text)
        if target
        else format_html("{}", text)
    )


def _state(value: Any) -> SafeString:
    look = looks.state(str(value))
    return format_html(
        '<span class="badge tone-{}">{}<span>{}</span></span>',
        look.tone, looks.glyph(look.glyph), look.label,
    )  # fmt: skip


def _person(name: str, detail: Any) -> SafeString:
    # Whoever gave no name is called by their address: it is not written twice.
    second = format_html("<small>{}</small>", detail) if detail and detail != name else ""
    return format_html(
        '<span class="who"><span class="avatar avatar-{}" aria-hidden="true">{}</span>'
        '<span><span class="who-name cell-strong">{}</span>{}</span></span>',
        filters.avatar_tone(name), formats.initials(name), name, second,
    )  # fmt: skip


def _rows(page: "ListPage") -> list[Row]:
    drawn = []
    for source in page.page.object_list:
        url = page.row_url(source)
        cells = [Cell(draw(c, source, url, page.request), c.label, _css(c)) for c in _shown(page)]
        first = next((c for c in page.columns if c.main), page.columns[0])
        drawn.append(Row(str(source.pk), str(first.read(source)), cells, source))
    return drawn


def _tabs(page: "ListPage") -> list[Tab]:
    if not page.views:
        return []
    base = page.narrowed()
    broad = page.searching and page.found is None
    return [
        Tab(
            view.label,
            _url(page, vue=None if view is page.views[0] else view.key, page=None),
            view is page.state.view,
            _counted(page, view, base, broad=broad),
        )
        for view in page.views
    ]


def _counted(page: "ListPage", view: "View", base: "QuerySet[Any]", *, broad: bool) -> int | None:
    """How many rows a tab has; the present one's are counted anyway."""
    if view is page.state.view:
        return page.page.paginator.count
    return view.apply(base).count() if view.counted and not broad else None


def _chips(page: "ListPage") -> list[Chip]:
    chips = []
    for item in page.filters:
        value = page.state.filters.get(item.key, "")
        if value:
            shown: Any = dict(item.choices).get(value, value)
            off = _url(page, **{item.key: None, "page": None})
            chips.append(Chip(item.key, item.label, shown, off))
        else:
            kept = [
                (name, text)
                for name, texts in page.request.GET.lists()
                for text in texts
                if name not in (item.key, "page", "export")
            ]
            chips.append(Chip(item.key, item.label, options=list(item.choices), kept=kept))
    return chips


def _pages(page: "ListPage") -> list[tuple[int | None, str, bool]]:
    """(number or None for a gap, address, current) of the page links."""
    now = page.page.number
    return [
        (None, "", False)
        if not isinstance(n, int)
        else (n, _url(page, page=None if n == 1 else n), n == now)
        for n in page.page.paginator.get_elided_page_range(now, on_each_side=1, on_ends=1)
    ]


def describe(page: "ListPage") -> dict[str, Any]:
    """Everything the table's template reads, queries done."""
    current = page.page
    total = current.paginator.count
    narrowed = bool(page.state.query or page.state.filters)
    never_used = total == 0 and not narrowed and not page.queryset().exists()
    bulk = list(page.bulk())
    noun = page.nouns[0] if total < 2 else page.nouns[1]
    sentence = _("%(first)s à %(last)s sur %(total)s %(noun)s") % {
        "first": formats.number(current.start_index()),
        "last": formats.number(current.end_index()),
        "total": formats.number(total),
        "noun": noun,
    }
    clear = page.request.path
    if page.state.view is not None and page.views and page.state.view is not page.views[0]:
        clear = f"{clear}?vue={page.state.view.key}"
    return {
        "page": page,
        "failed": False,
        "label": page.label,
        "heads": _heads(page),
        "rows": _rows(page),
        "tabs": _tabs(page),
        "chips": _chips(page),
        "total": total,
        "never_used": never_used,
        "nothing_found": total == 0 and narrowed,
        "bulk": bulk,
        "sentence": sentence,
        "pages": _pages(page) if current.paginator.num_pages > 1 else [],
        "previous": _url(page, page=current.previous_page_number())
        if current.has_previous()
        else "",
        "next": _url(page, page=current.next_page_number()) if current.has_next() else "",
        "sizes": [(n, _url(page, lignes=n, page=None), n == page.state.size) for n in (10, 25, 50)],
        "clear": clear,
        "address": page.request.get_full_path(),
        "search": page.search_label,
        "query": page.state.query,
        "kept": [
            (name, text)
            for name, texts in page.request.GET.lists()
            for text in texts
            if name not in ("q", "page", "export")
        ],
        "exports": [(kind, _url(page, export=kind, page=None)) for kind in ("csv", "xlsx")]
        if page.export_name and not never_used  # a file of no rows is no use to anybody
        else [],
    }
