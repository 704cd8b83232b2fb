"""Tests of an operation, in its back office: open one, read what came of them, wipe them."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from operations import parties
from operations.models import ModulePartner, Participation
from operations.rehearsing import passes, services
from operations.rehearsing.passes import Pass
from operations.views.common import frame, operation_or_404
from shell import formats
from tenants.context import current_tenant

_SHOWN = 50


@require_safe
@member_required()
def tests(request: HttpRequest, operation: str) -> HttpResponse:
    """The latest tests, each with its trace, and how many there are to wipe."""
    row, now = operation_or_404(operation), timezone.now()
    rows = services.tests(operation_id=row.id)
    partners = parties.called(ModulePartner.objects.filter(module__operation=row))
    context = {
        **frame(request, row, now),
        "current": "tests",
        "count": rows.count(),
        "rows": [(test, _side(test, partners), _trace(test)) for test in rows[:_SHOWN]],
        "testable": row.shown_state(now) not in ("ended", "archived"),
    }
    return render(request, "operations/tests.html", context)


def _side(test: Participation, partners: dict[uuid.UUID, str]) -> str:
    number = test.source_partnership_id
    return partners.get(number, "—") if number is not None else current_tenant().name


def _trace(test: Participation) -> str:
    """Its page, as whoever tested sees it."""
    given = Pass(test.operation_id, test.source_partnership_id)
    token = passes.token_for(given, schema=current_tenant().schema_name, now=timezone.now())
    return reverse("operations:rehearsal_trace", args=[token, test.public_id])


@require_POST
@member_required(role=Role.MANAGER)
def begin_test(request: HttpRequest, operation: str) -> HttpResponse:
    """To the operation's page in test; a draft is in test from here on."""
    row, now = operation_or_404(operation), timezone.now()
    try:
        services.begin(operation_id=row.id, now=now)
    except RicochetError as error:
        messages.error(request, error.said)
        return redirect("operations:tests", operation=row.public_id)
    token = passes.token_for(Pass(row.id), schema=current_tenant().schema_name, now=now)
    return redirect("operations:rehearsal", token=token)


@require_POST
@member_required(role=Role.MANAGER)
def wipe_tests(request: HttpRequest, operation: str) -> HttpResponse:
    """All of them, the partners' too; what is real is not touched."""
    row = operation_or_404(operation)
    wiped = services.wipe(operation_id=row.id, now=timezone.now())
    said = ngettext("%(n)s essai effacé", "%(n)s essais effacés", wiped)
    messages.success(request, said % {"n": formats.number(wiped)} if wiped else _("Aucun essai"))
    return redirect("operations:tests", operation=row.public_id)
