"""The palette: pages from the menu, and whatever `settings.SHELL_SEARCH` can find."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from shell import menu
from shell.text import folded

log = logging.getLogger(__name__)
MAX_HITS = 8


@dataclass(frozen=True)
class Hit:
    """One answer: what it is called, one line about it, where it is."""

    label: str
    detail: str | Promise
    url: str
    icon: str = "document"


Provider = Callable[[HttpRequest, str], Iterable[Hit]]


def _providers(request: HttpRequest) -> list[Provider]:
    """`settings.SHELL_SEARCH` is dotted paths of providers, or one path to a function that,
    called with the request, returns the providers themselves."""
    setting = getattr(settings, "SHELL_SEARCH", ())
    try:
        if isinstance(setting, str):
            return list(import_string(setting)(request)) if setting else []
        return [cast("Provider", import_string(path)) for path in setting]
    except ImportError:
        return []


def pages(request: HttpRequest, query: str) -> list[Hit]:
    """The menu's own pages, by any part of their name, accents or not."""
    wanted = folded(query)
    items = [item for group in menu.build(request) for item in group.items]
    return [
        Hit(str(item.label), _("Page"), item.url, item.icon)
        for item in items
        if wanted in folded(str(item.label))
    ]


def find(request: HttpRequest, query: str) -> list[Hit]:
    """At most eight hits of each provider; one that fails is left out and logged."""
    hits = pages(request, query)[:MAX_HITS]
    if len(query) < 2:
        return hits
    for provider in _providers(request):
        try:
            hits.extend(list(provider(request, query))[:MAX_HITS])
        except Exception:
            log.exception("a search provider failed")
    return hits
