"""What the pages of operations share: finding rows by their outside ids, and their look."""

import uuid
from collections.abc import Iterable
from copy import copy
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404, HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.access import has_role
from accounts.models import Role, User
from kernel.errors import RicochetError
from kernel.ids import parse_public_id
from operations import running, selectors
from operations.mechanics import MECHANICS
from operations.models import Operation, OperationModule
from operations.sample_rules import following
from tenants.context import current_tenant
from tenants.models import Tenant
from tenants.programme.explanation import as_html


def operation_or_404(public_id: str) -> Operation:
    """The operation that an address names (R23)."""
    number = parse_public_id("opn", public_id)
    found = Operation.objects.filter(id=number).first() if number else None
    if found is None:
        raise Http404
    return found


def module_or_404(operation: Operation, public_id: str) -> OperationModule:
    """The module of this operation that an address names (R23)."""
    number = parse_public_id("mod", public_id)
    found = selectors.module_of(module_id=number) if number else None
    if found is None or found.operation_id != operation.id:
        raise Http404
    return found


def can_change(request: HttpRequest) -> bool:
    """Whether to show what changes something."""
    return has_role(request, Role.MANAGER)


def author(request: HttpRequest) -> uuid.UUID:
    """The user who acts, for the records."""
    number: uuid.UUID = request.user.pk  # type: ignore[assignment]  # only members come here
    return number


def names_of(user_ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID | None, str]:
    """What the members of the records are called, as far as they are still known."""
    wanted = {number for number in user_ids if number is not None}
    rows = User.objects.filter(pk__in=wanted) if wanted else User.objects.none()
    return {row.pk: row.name for row in rows}


def frame(request: HttpRequest, operation: Operation, now: datetime) -> dict[str, Any]:
    """What every page of one operation shows."""
    shown = operation.shown_state(now)
    may = can_change(request)
    partners = selectors.partners_of(operation)
    return {
        "operation": operation,
        "state": shown,
        "can_change": may,
        # A draft changes whole; what is online keeps its mechanics; what is over keeps everything.
        "can_edit": may and shown in ("draft", "test", "planned", "live"),
        "can_edit_mechanics": may and shown in ("draft", "test"),
        "partners": list(partners),
        "has_winners": _has_winners(operation),
        # Each brand's square is in its own colour.
        "squares": [(current_tenant(), current_tenant().name), *_squares(partners)],
    }


def _has_winners(operation: Operation) -> bool:
    """Whether something is won in it, in a module that was taken away as well."""
    kinds = [kind for kind, mechanic in MECHANICS.items() if mechanic.has_winners]
    return operation.modules.filter(kind__in=kinds).exists()


def _squares(partners: dict[str, uuid.UUID]) -> list[tuple[Tenant | None, str]]:
    known = Tenant.objects.in_bulk(list(partners.values()))
    return [(known.get(number), name) for name, number in partners.items()]


def followed(row: Operation, now: datetime) -> list[tuple[str, Any]]:
    """The rules that the settings give, to be read: each with what opens it. They say of the start
    what `running.go_live` makes of it: one that has passed is now.
    """
    row = copy(row)
    row.starts_at = running.begins(row.starts_at, now)
    titles = {"fr": gettext("Lire le règlement"), "en": gettext("Lire le règlement en anglais")}
    rules = following.rules_of(row)
    return [(titles[code], as_html(text)) for code, text in rules.items()]


def say(form: forms.BaseForm, error: RicochetError) -> None:
    """Put a refusal where it belongs: at its field, or above the form."""
    form.add_error(error.param if error.param in form.fields else None, error.said)


class MomentField(forms.DateTimeField):
    """A day and an hour on the merchant's own clock."""

    def __init__(self, **options: Any) -> None:
        wrong = _("Choisissez une date et une heure.")
        options.setdefault("error_messages", {"required": wrong, "invalid": wrong})
        super().__init__(
            input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M"],
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            **options,
        )

    def clean(self, value: Any) -> datetime | None:
        at: datetime | None = super().clean(value)
        return at.replace(tzinfo=ZoneInfo(current_tenant().timezone)) if at is not None else None

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value.astimezone(ZoneInfo(current_tenant().timezone)).replace(tzinfo=None)
        return value
