"""One operation: where it stands, what is missing, and its way from draft to the end."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from operations import editing, official, parties, running, selectors
from operations.forms import DatesForm, NameForm
from operations.forms_partaking import ConfirmForm
from operations.mechanics import mechanic_of
from operations.models import Operation
from operations.sample_rules import following
from operations.unshared import refused, unshared
from operations.views.common import author, followed, frame, operation_or_404, say
from operations.views.partners import rows_of
from operations.views.steps import mended_at
from shell.forms import answer
from tenants.addresses import absolute_url
from tenants.context import current_tenant


@require_safe
@member_required()
def operation(request: HttpRequest, operation: str) -> HttpResponse:
    """The operation's own page: address, people, modules, and what keeps it from going live."""
    row, now = operation_or_404(operation), timezone.now()
    context = frame(request, row, now)
    waits = context["state"] in ("draft", "test")
    problems = running.problems(operation=row, now=now) if waits else []
    follows = waits and following.follows(row)
    held = unshared(operation=row) if waits or context["state"] in ("planned", "live") else []
    context |= {
        "address": absolute_url(current_tenant(), f"/o/{row.slug}"),
        "people": selectors.people(row),
        "problems": [(problem, mended_at(row, problem)) for problem in problems],
        "waits": waits,
        "opens_at_once": row.starts_at is not None and row.starts_at <= now,
        "endings": _endings(row) if context["state"] in ("live", "planned") else [],
        "unshared": held,
        "refused": refused(operation=row),
        # Of a draft, the list of what is missing says so.
        "replaced": [] if waits else parties.replaced(operation=row),
        "confirm_form": ConfirmForm(),
        "unshared_names": [one.name for one in held if not one.is_over],
        "modules": [
            (module, mechanic_of(module), mechanic_of(module).figures(module=module))
            for module in selectors.calling(selectors.modules_of(row))
        ],
        "rows": rows_of(row),
        "follows": follows,
        "followed": followed(row, now) if follows and not problems else [],
        "rules_read": official.hash_of(following.rules_of(row)) if waits and not problems else "",
        "outdated": following.outdated(row),
        "current": "one",
        "name_form": NameForm(initial={"name": row.name}),
    }
    return render(request, "operations/one.html", context)


def _endings(row: Operation) -> list[tuple[Any, str]]:
    """What ending it comes to: each mechanic that has something to say of it."""
    told = [
        (mechanic_of(one), mechanic_of(one).ending(module=one)) for one in selectors.modules_of(row)
    ]
    return [(mechanic.label, said) for mechanic, said in told if said]


@require_POST
@member_required(role=Role.MANAGER)
def rename(request: HttpRequest, operation: str) -> HttpResponse:
    """Another name, from the dialog of the operation's page."""
    row = operation_or_404(operation)
    try:
        editing.rename(
            operation_id=row.id, name=str(request.POST.get("name", "")), now=timezone.now()
        )
    except RicochetError as error:
        messages.error(request, error.said)
    else:
        messages.success(request, _("Opération renommée"))
    return redirect("operations:operation", operation=row.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def dates(request: HttpRequest, operation: str) -> HttpResponse:
    """When it begins and ends."""
    row, now = operation_or_404(operation), timezone.now()
    context = frame(request, row, now)
    begun = context["state"] == "live"
    form = DatesForm(
        request.POST or None,
        initial={"starts_at": row.starts_at, "ends_at": row.ends_at},
        online=context["state"] in ("planned", "live"),
    )
    if begun and "starts_at" not in request.POST:
        # It is shown, not typed; whoever had the field before it began is told why it stays.
        del form.fields["starts_at"]
    if request.method == "POST" and form.is_valid():
        try:
            running.set_dates(
                operation_id=row.id,
                starts_at=form.cleaned_data.get("starts_at", row.starts_at),
                ends_at=form.cleaned_data["ends_at"],
                now=now,
                author_id=author(request),
            )
        except RicochetError as error:
            say(form, error)
        else:
            messages.success(request, _("Dates enregistrées"))
            return redirect("operations:operation", operation=row.public_id)
    context |= {
        "current": "dates",
        "begun": begun,
        "zone": current_tenant().timezone.rpartition("/")[2].replace("_", " "),
    }
    return answer(request, "operations/dates.html", context, form)


@require_POST
@member_required(role=Role.MANAGER)
def go_live(request: HttpRequest, operation: str) -> HttpResponse:
    """Online now, or on its day; what is missing is said, and nothing changes."""
    row = operation_or_404(operation)
    try:
        running.go_live(
            operation_id=row.id,
            now=timezone.now(),
            author_id=author(request),
            rules_read=str(request.POST.get("rules_read", "")),
        )
    except running.NotReadyError as error:
        messages.error(request, " ".join(problem.text for problem in error.problems))
    except RicochetError as error:
        messages.error(request, error.said)
    else:
        messages.success(request, _said_live(row))
    return redirect("operations:operation", operation=row.public_id)


def _said_live(row: Operation) -> Any:
    begins = row.starts_at
    if begins is not None and begins > timezone.now():
        return _("%(name)s est planifiée") % {"name": row.name}
    return _("%(name)s est en ligne") % {"name": row.name}


@require_POST
@member_required(role=Role.MANAGER)
def stop(request: HttpRequest, operation: str) -> HttpResponse:
    """End it before its day."""
    row = operation_or_404(operation)
    try:
        running.stop(operation_id=row.id, now=timezone.now(), author_id=author(request))
    except RicochetError as error:
        messages.error(request, error.said)
    else:
        messages.success(request, _("%(name)s est terminée") % {"name": row.name})
    return redirect("operations:operation", operation=row.public_id)
