"""The modules of an operation: their order, their mechanic, and "Data acquisition" (PA-10)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import member_required
from accounts.models import Role
from kernel.db import atomic_with_retry
from kernel.errors import RicochetError
from operations import modules, parties, selectors
from operations.forms import RuleForm
from operations.forms_acquisition import AcquisitionForm
from operations.mechanics import mechanic_of, offered
from operations.mechanics.shape import SettingsForm
from operations.models import Operation, OperationModule
from operations.views import steps
from operations.views.common import frame, module_or_404, operation_or_404, say
from operations.views.partners import choosable
from shell import formats, undo
from shell.forms import answer


@require_safe
@member_required()
def listed(request: HttpRequest, operation: str) -> HttpResponse:
    """The modules in order, and the mechanics that can be added."""
    row = operation_or_404(operation)
    context = {
        **frame(request, row, timezone.now()),
        "current": "modules",
        "modules": [
            (module, mechanic_of(module)) for module in selectors.calling(selectors.modules_of(row))
        ],
        "mechanics": offered(),
    }
    return render(request, "operations/modules.html", context)


@require_POST
@member_required(role=Role.MANAGER)
def add(request: HttpRequest, operation: str) -> HttpResponse:
    """One more module, opened at once."""
    row = operation_or_404(operation)
    kind = str(request.POST.get("kind", ""))
    try:
        made = modules.add_module(operation_id=row.id, kind=kind, now=timezone.now())
    except RicochetError as error:
        messages.error(request, error.said)
        return redirect("operations:modules", operation=row.public_id)
    if names := list(parties.called(made.partners.all()).values()):
        words = ngettext(
            "Module ajouté. %(names)s y participe aussi.",
            "Module ajouté. %(names)s y participent aussi.",
            len(names),
        )
        messages.success(request, words % {"names": formats.join(names)})
    return redirect("operations:module", operation=row.public_id, module=made.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def module(request: HttpRequest, operation: str, module: str) -> HttpResponse:
    """The mechanic's own settings, and who may take part how often."""
    row = operation_or_404(operation)
    part = module_or_404(row, module)
    mechanic = mechanic_of(part)
    sent = request.POST or None
    settings = mechanic.settings_form(sent, request.FILES or None, module=part)
    form = RuleForm(sent, initial=RuleForm.initial_of(part))
    if request.method == "POST" and all([settings.is_valid(), form.is_valid()]):
        try:
            _save(part, settings, form)
        except RicochetError as error:
            say(settings if error.param in settings.fields else form, error)
        else:
            messages.success(request, _saved_words(module_or_404(row, module)))
            return redirect(steps.onward(row, after=part))
    context = {
        **_module_frame(request, row, part),
        "settings": settings,
        "editor": f"operations/mechanics/{mechanic.kind}/editor.html",
        "tab": "mechanic",
    }
    response = answer(request, "operations/module.html", context, form)
    if settings.is_bound and settings.errors:
        response.status_code = 422
    return response


def _saved_words(part: OperationModule) -> str:
    left = mechanic_of(part).check(module=part)
    if not left:
        return _("Module enregistré")
    told = " ".join(problem.text for problem in left)
    return _("Module enregistré. Il manque encore quelque chose. %(told)s") % {"told": told}


@atomic_with_retry
def _save(part: OperationModule, settings: SettingsForm, form: RuleForm) -> None:
    now = timezone.now()
    modules.save_mechanic(module=part, settings=settings.settings(), now=now, **form.values())
    settings.save_more(now=now)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def acquisition(request: HttpRequest, operation: str, module: str) -> HttpResponse:
    """What is asked, what goes to whom, and each brand's own box (PA-10)."""
    row = operation_or_404(operation)
    part = module_or_404(row, module)
    form = AcquisitionForm(request.POST or None, module=part, choosable=choosable())
    if request.method == "POST" and form.is_valid():
        try:
            modules.save_acquisition(module=part, now=timezone.now(), **form.values())
        except RicochetError as error:
            say(form, error)
        else:
            messages.success(request, _("Acquisition de données enregistrée"))
            return redirect(
                "operations:acquisition", operation=row.public_id, module=part.public_id
            )
    context = {**_module_frame(request, row, part), "tab": "acquisition"}
    return answer(request, "operations/acquisition.html", context, form)


def _module_frame(request: HttpRequest, row: Operation, part: OperationModule) -> dict[str, Any]:
    return {
        **frame(request, row, timezone.now()),
        "current": "modules",
        "module": part,
        "mechanic": mechanic_of(part),
    }


@require_POST
@member_required(role=Role.MANAGER)
def move(request: HttpRequest, operation: str, module: str) -> HttpResponse:
    """One place up or down."""
    row = operation_or_404(operation)
    part = module_or_404(row, module)
    try:
        modules.move_module(module=part, up=request.POST.get("to") == "up", now=timezone.now())
    except RicochetError as error:
        messages.error(request, error.said)
    return redirect("operations:modules", operation=row.public_id)


@require_POST
@member_required(role=Role.MANAGER)
def remove(request: HttpRequest, operation: str, module: str) -> HttpResponse:
    """Take a module out of a draft; undone for a while."""
    row = operation_or_404(operation)
    part = module_or_404(row, module)
    try:
        modules.remove_module(module=part, away=True, now=timezone.now())
    except RicochetError as error:
        messages.error(request, error.said)
    else:
        undo.offer(
            request,
            _("Module retiré : %(kind)s") % {"kind": mechanic_of(part).label},
            url=reverse("operations:undo_remove", args=[row.public_id]),
            purpose="operation.module",
            payload={"id": str(part.id)},
        )
    return redirect("operations:modules", operation=row.public_id)


@require_POST
@member_required(role=Role.MANAGER)
def undo_remove(request: HttpRequest, operation: str) -> HttpResponse:
    """Put back the module that was just taken out."""
    row = operation_or_404(operation)
    payload = undo.take(request, purpose="operation.module")
    part = OperationModule.objects.filter(operation=row, id=payload["id"]).first()
    if part is not None:
        modules.remove_module(module=part, away=False, now=timezone.now())
        messages.success(request, _("Module remis"))
    return redirect("operations:modules", operation=row.public_id)
