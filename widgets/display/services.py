"""Writing widgets: made, changed, copied, paused, deleted."""

import uuid
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.db import atomic_with_retry
from kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kernel.ids import uuid7
from operations.models import OperationModule, ReceivedOperation
from shell.brand import HEX
from tenants.context import current_tenant
from widgets.display import targets
from widgets.display.models import Form, Widget
from widgets.display.rules import Rule
from widgets.models import Site
from widgets.tracker.origins import InvalidOriginError
from widgets.tracker.services import register_site

MOST = 100


class UnknownWidgetError(NotFoundError):
    """There is no such widget here."""

    code = "unknown_widget"


class TargetError(InvalidInputError):
    """What the widget would lead to is no module of this merchant's, nor one it received."""

    code = "unknown_widget_target"


class TooManyWidgetsError(ConflictError):
    """There are as many widgets as a merchant may have: delete one first."""

    code = "too_many_widgets"
    words = gettext_lazy("Vous avez atteint 100 widgets. Supprimez-en un qui ne sert plus.")


@atomic_with_retry
def save(
    *,
    widget_id: uuid.UUID,
    name: str,
    form: str,
    target: str,
    words: dict[str, dict[str, str]],
    color: str,
    rule: Rule,
    active: bool,
    now: datetime,
) -> Widget:
    """Make a widget under this id, or change the one that has it: sent twice is sent once.

    `target` is a value of `targets.choices`. Raises TargetError and TooManyWidgetsError.
    """
    row = Widget.objects.select_for_update().filter(id=widget_id).first()
    if row is None:
        if Widget.objects.count() >= MOST:
            raise TooManyWidgetsError
        row = Widget(id=widget_id, created_at=now)
        _have_a_site(now)
    _lead(row, target)
    row.name, row.form, row.words, row.rule = name, Form(form), words, rule.stored()
    row.color = color if HEX.match(color) else ""
    row.active, row.changed_at = active, now
    row.save()
    return row


def _lead(row: Widget, value: str) -> None:
    module, received, theirs = targets.read(value)
    if module is not None and OperationModule.objects.filter(id=module).exists():
        row.module_id, row.received_id, row.received_module = module, None, None
        return
    operation = ReceivedOperation.objects.filter(id=received).first() if received else None
    if operation is not None and str(theirs) in {str(one["id"]) for one in operation.modules}:
        row.module_id, row.received_id, row.received_module = None, operation.id, theirs
        return
    raise TargetError(_("Choisissez l’opération à laquelle le widget mène."), param="target")


def _have_a_site(now: datetime) -> None:
    """The code to copy names a site; the brand's own is known from the first day."""
    url = current_tenant().site_url
    if url and not Site.objects.exists():
        try:
            register_site(url=url, now=now)
        except InvalidOriginError:
            return  # the page of the site asks for a better one


@atomic_with_retry
def switch(*, widget_id: uuid.UUID, active: bool, now: datetime) -> Widget:
    """Show a widget, or pause it; again changes nothing."""
    row = _locked(widget_id)
    if row.active != active:
        row.active, row.changed_at = active, now
        row.save(update_fields=["active", "changed_at"])
    return row


@atomic_with_retry
def duplicate(*, widget_id: uuid.UUID, name: str, now: datetime) -> Widget:
    """A paused widget like this one. Raises TooManyWidgetsError."""
    if Widget.objects.count() >= MOST:
        raise TooManyWidgetsError
    row = _locked(widget_id)
    values: dict[str, Any] = {
        field: getattr(row, field)
        for field in (
            "form", "module_id", "received_id", "received_module", "words", "color", "rule",
        )
    }  # fmt: skip
    return Widget.objects.create(
        id=uuid7(), name=name, active=False, created_at=now, changed_at=now, **values
    )


@atomic_with_retry
def delete(*, widget_id: uuid.UUID) -> None:
    """Take a widget away with its figures of display; who took part through it stays counted."""
    Widget.objects.filter(id=widget_id).delete()


def _locked(widget_id: uuid.UUID) -> Widget:
    row = Widget.objects.select_for_update().filter(id=widget_id).first()
    if row is None:
        raise UnknownWidgetError
    return row
