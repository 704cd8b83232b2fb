"""What every page's frame needs, worked out only when a template asks for it."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest

from shell import banners, menu
from shell.banners import Banner
from shell.menu import MenuGroup, MenuItem, TenantChoice

THEMES = ("system", "light", "dark")
THEME_COOKIE = "__Host-theme"


class Frame:
    """Menu, tenant, person and preferences of one request."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def tenant(self) -> Any:
        return getattr(self._request, "tenant", None)

    @cached_property
    def person(self) -> Any:
        """The user who is logged in, or None."""
        user = getattr(self._request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def role(self) -> str:
        """The person's role here, in words."""
        membership = getattr(self._request, "membership", None)
        return membership.get_role_display() if membership is not None else ""

    @cached_property
    def theme(self) -> str:
        """`system`, `light` or `dark`: the person's own choice, else this browser's."""
        chosen = getattr(self.person, "theme", "") or self._request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else "system"

    @cached_property
    def test_mode(self) -> bool:
        return bool(getattr(self._request, "test_mode", False))

    @cached_property
    def banners(self) -> list[Banner]:
        return banners.of(self._request)

    @cached_property
    def read_only(self) -> bool:
        """Whether the page is there to be read: its forms are shut."""
        return bool(getattr(self._request, "read_only", False))

    @cached_property
    def visit(self) -> Any:
        """The operator's visit that this page is seen in, or None."""
        return getattr(self._request, "visit", None)

    @cached_property
    def groups(self) -> list[MenuGroup]:
        return menu.build(self._request)

    @cached_property
    def switcher(self) -> list[TenantChoice]:
        return menu.choices(self._request)

    @cached_property
    def phone_items(self) -> list[MenuItem]:
        """At most four items for the bottom bar; the fifth place opens the whole menu."""
        return [item for group in self.groups for item in group.items if item.phone][:4]

    @cached_property
    def waits_in_menu(self) -> int:
        """The work that waits behind the fifth place, in items that the bar does not show."""
        shown = self.phone_items
        items = [item for group in self.groups for item in group.items]
        return sum(item.count for item in items if item not in shown)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `frame` (lazy) and `tenant`."""
    return {"frame": Frame(request), "tenant": getattr(request, "tenant", None)}
