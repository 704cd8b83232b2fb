"""A widget that leads to a module of an operation, and where it was seen."""

import uuid

from django.db import models
from django.db.models import Q

from kernel.ids import public_id, uuid7
from operations.models import OperationModule, ReceivedOperation


class Form(models.TextChoices):
    """How a widget stands in a page."""

    INLINE = "inline", "inline"
    POPUP = "popup", "popup"
    SLIDE = "slide", "slide"
    TAB = "tab", "tab"


class Widget(models.Model):
    """One widget of this merchant's.

    It leads to a module of its own, or to one of a partner's operation: `received`, and the id of
    the module there. `words` is `{"fr": {"title", "text", "action", "label"}, "en": …}` and holds
    what was typed; an empty text follows the operation. `rule` is what `display.rules` reads.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    form = models.CharField(max_length=6, choices=Form.choices)
    module = models.ForeignKey(
        OperationModule, on_delete=models.PROTECT, null=True, related_name="widgets"
    )
    received = models.ForeignKey(
        ReceivedOperation, on_delete=models.PROTECT, null=True, related_name="widgets"
    )
    received_module = models.UUIDField(null=True)
    words = models.JSONField(default=dict)
    # "#rrggbb", or "" for the merchant's own.
    color = models.CharField(max_length=7, blank=True)
    rule = models.JSONField(default=dict)
    active = models.BooleanField(default=True, db_default=True)
    created_at = models.DateTimeField(editable=False)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "widgets_widget"
        indexes = [models.Index(fields=["-created_at", "-id"], name="widget_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(module__isnull=False, received=None, received_module=None)
                | Q(module=None, received__isnull=False, received_module__isnull=False),
                name="widget_leads_to_one_module",
            )
        ]

    @property
    def public_id(self) -> str:
        return public_id("wdg", self.id)

    @property
    def module_number(self) -> uuid.UUID | None:
        """The id of the module, whosesoever it is."""
        return self.module_id or self.received_module


class Outcome(models.TextChoices):
    """What came of a widget on a page that asked for it."""

    SHOWN = "shown", "shown"
    RULE = "rule", "rule"  # no page of its rule
    SPOT = "spot", "spot"  # an inline one, and the page has no place for it
    ORIGIN = "origin", "origin"  # a site that is not allowed


class WidgetSighting(models.Model):
    """Where a widget was asked for, and what was done with it there; nothing of who.

    `place` is the path, or "" where all pages of an origin share a row: that bounds their number.
    `path` is the latest one. The counts are people's acts as their pages report them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    widget = models.ForeignKey(Widget, on_delete=models.CASCADE, related_name="sightings")
    origin = models.CharField(max_length=270)
    outcome = models.CharField(max_length=6, choices=Outcome.choices)
    place = models.CharField(max_length=200, blank=True)
    path = models.CharField(max_length=200, blank=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    hits = models.IntegerField(default=0, db_default=0)
    opened = models.IntegerField(default=0, db_default=0)
    followed = models.IntegerField(default=0, db_default=0)

    class Meta:
        db_table = "widgets_widget_sighting"
        constraints = [
            models.UniqueConstraint(
                fields=["widget", "origin", "outcome", "place"], name="widget_sighting_once"
            )
        ]
