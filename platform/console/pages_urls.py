"""Addresses of the console's own pages, beside those that the admin makes of its lists."""

from collections.abc import Callable
from typing import Any

from console.pages import merchant, queues

View = Callable[..., Any]

# Route, view, name; all of them are in the admin's namespace, as `admin:<name>`.
PAGES: tuple[tuple[str, View, str], ...] = (
    ("commercants/<uuid:tenant>/", merchant.merchant, "merchant"),
    ("commercants/<uuid:tenant>/suspendre", merchant.suspend, "suspend"),
    ("commercants/<uuid:tenant>/rouvrir", merchant.resume, "resume"),
    ("commercants/<uuid:tenant>/exporter", merchant.export, "export"),
    ("commercants/<uuid:tenant>/supprimer", merchant.delete, "delete"),
    ("commercants/<uuid:tenant>/consulter", merchant.see_as, "see_as"),
    ("commercants/<uuid:tenant>/accorder", merchant.grant, "grant"),
    ("commercants/<uuid:tenant>/octrois/<uuid:grant>/retirer", merchant.withdraw, "withdraw"),
    ("envois/", queues.events, "events"),
    ("envois/relancer", queues.retry_events, "retry_events"),
    ("travaux/", queues.jobs, "jobs"),
    ("travaux/relancer", queues.retry_job, "retry_job"),
    ("e-mails/", queues.emails, "emails"),
)
