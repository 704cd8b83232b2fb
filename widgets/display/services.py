"""Writing widgets: made, changed, copied, paused, deleted."""

import uuid
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.db import atomic_with_retry, insert_if_absent
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
    values: dict[str, Any] = {
        **_lead(target),
        "name": name,
        "form": Form(form),
        "words": words,
        "rule": rule.stored(),
        "color": color if HEX.match(color) else "",
        "active": active,
        "changed_at": now,
    }
    row = Widget(id=widget_id, created_at=now, **values)
    # Of two clicks at once one inserts it; the other waits for that, and finds it there.
    if insert_if_absent([row]):
        if Widget.objects.count() > MOST:
            raise TooManyWidgetsError
        _have_a_site(now)
        return row
    row = _locked(widget_id)
    for field, value in values.items():
        setattr(row, field, value)
    row.save()
    return row


def _lead(value: str) -> dict[str, uuid.UUID | None]:
    """The fields of a widget that leads there."""
    module, received, theirs = targets.read(value)
    if module is not None and OperationModule.objects.filter(id=module).exists():
        return {"module_id": module, "received_id": None, "received_module": None}
    operation = ReceivedOperation.objects.filter(id=received).first() if received else None
    if operation is not None and str(theirs) in {str(one["id"]) for one in operation.modules}:
        return {"module_id": None, "received_id": operation.id, "received_module": theirs}
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
