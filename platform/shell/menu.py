"""The menu's shapes, and how the frame gets what stands above it: by dotted paths in settings."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string


@dataclass
class MenuItem:
    """One line of the menu. `count` is the work that waits; `phone` puts it in the bottom bar.

    `current` is worked out from the request's path unless it is given; `url` wins over
    `url_name`. An item whose page does not exist (yet) is left out.
    """

    label: str | Promise
    url_name: str = ""
    icon: str = "dots"
    count: int = 0
    role: str = ""
    current: bool | None = None
    phone: bool = False
    phone_label: str | Promise = ""
    url: str = ""


@dataclass
class MenuGroup:
    """Items under one small title. `foot` sends the group to the bottom of the menu."""

    items: list[MenuItem] = field(default_factory=list)
    label: str | Promise = ""
    foot: bool = False
    note: str | Promise = ""


@dataclass(frozen=True)
class TenantChoice:
    """One line of the tenant switcher; choosing it posts `value` as `field` to `action`."""

    name: str
    detail: str
    action: str
    value: str
    field: str = "tenant"


def _plugged(setting: str) -> Callable[[HttpRequest], Any] | None:
    path = getattr(settings, setting, "")
    if not path:
        return None
    try:
        return cast("Callable[[HttpRequest], Any]", import_string(path))
    except ImportError:
        # The room that fills this place is not in this installation.
        return None


def build(request: HttpRequest) -> list[MenuGroup]:
    """The groups of `settings.SHELL_MENU` with addresses and the current item set."""
    builder = _plugged("SHELL_MENU")
    if builder is None:
        return []
    groups: list[MenuGroup] = builder(request)
    for group in groups:
        group.items = [item for item in group.items if _resolve(item)]
    shown = [group for group in groups if group.items or group.note]
    _mark_current(request.path, [item for group in shown for item in group.items])
    return shown


def choices(request: HttpRequest) -> list[TenantChoice]:
    """The other tenants this person may go to (`settings.SHELL_SWITCHER`)."""
    builder = _plugged("SHELL_SWITCHER")
    return list(builder(request)) if builder else []


def _resolve(item: MenuItem) -> bool:
    if not item.url:
        try:
            item.url = reverse(item.url_name)
        except NoReverseMatch:
            return False
    return True


def _mark_current(path: str, items: list[MenuItem]) -> None:
    """The item with the longest address that the path starts with is the current one."""
    if any(item.current for item in items):
        return
    best = max(
        (
            i
            for i in items
            if path == i.url or (i.url != "/" and path.startswith(i.url.rstrip("/") + "/"))
        ),
        key=lambda i: len(i.url),
        default=None,
    )
    for item in items:
        item.current = item is best
