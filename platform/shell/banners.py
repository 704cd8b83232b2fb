"""What stands above every page for a while: a state of the account that the reader has to know."""

from dataclasses import dataclass
from typing import Literal

from django.http import HttpRequest
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Banner:
    """A title, one sentence, and one link that leads out of it."""

    title: str | Promise
    text: str | Promise
    url: str = ""
    link: str | Promise = ""
    tone: Literal["info", "warn", "bad"] = "warn"


def show(request: HttpRequest, banner: Banner) -> None:
    """Have the frame of this request's page show a banner; the same one shows once."""
    shown = of(request)
    if banner not in shown:
        request.banners = [*shown, banner]  # type: ignore[attr-defined]


def of(request: HttpRequest) -> list[Banner]:
    """The banners of this request, in the order they were asked for."""
    found: list[Banner] = getattr(request, "banners", [])
    return found
