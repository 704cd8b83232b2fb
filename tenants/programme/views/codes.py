"""Lists of the merchant's own codes: how many are left, and importing more."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import member_required
from accounts.models import Role
from billing.plans import Allowed
from kernel.errors import RicochetError
from shell import formats
from shell.forms import answer
from tenants.features import feature_required
from tenants.programme import codes as importing
from tenants.programme.forms_rewards import CodeListForm
from tenants.programme.views.common import number_or_404, put_error
from tenants.programme.views.rewards import rewards_context
from tenants.rewards.code_lists import Imported, lists, save_list
from tenants.rewards.models import CodeList


@require_safe
@member_required()
@feature_required(Allowed.WALLET)
def code_lists(request: HttpRequest) -> HttpResponse:
    """Every list, with what is left of it and what it serves."""
    context = {
        **rewards_context(request, "codes"),
        "lists": lists().prefetch_related("prize_set", "tier_set"),
    }
    return render(request, "programme/codes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
@feature_required(Allowed.WALLET)
def add_codes(request: HttpRequest) -> HttpResponse:
    """Make a list with its first codes; the same form sent twice makes one."""
    form = CodeListForm(request.POST or None, request.FILES or None, initial={"warn_below": 20})
    if request.method == "POST" and form.is_valid():
        try:
            row, found = importing.make_list(
                list_id=form.cleaned_data["key"],
                name=form.cleaned_data["name"],
                warn_below=form.cleaned_data["warn_below"],
                pasted=form.cleaned_data["pasted"],
                file=form.cleaned_data["file"],
                now=timezone.now(),
            )
        except RicochetError as error:
            put_error(form, error)
        else:
            return _imported(request, row, found)
    return answer(request, "programme/code_form.html", {"editing": None}, form)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
@feature_required(Allowed.WALLET)
def code_list(request: HttpRequest, codes: str) -> HttpResponse:
    """One list: import more, rename it, move its mark."""
    row = _list_or_404(codes)
    form = CodeListForm(
        request.POST or None,
        request.FILES or None,
        initial={"name": row.name, "warn_below": row.warn_below},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            save_list(
                list_id=row.id,
                name=data["name"],
                warn_below=data["warn_below"],
                now=timezone.now(),
            )
            if not (data["pasted"].strip() or data["file"]):
                messages.success(request, _("Liste enregistrée"))
                return redirect("programme:codes")
            found = importing.import_into(
                list_id=row.id, pasted=data["pasted"], file=data["file"], now=timezone.now()
            )
        except RicochetError as error:
            put_error(form, error)
        else:
            return _imported(request, row, found)
    return answer(request, "programme/code_form.html", {"editing": row}, form)


def _imported(request: HttpRequest, row: CodeList, found: Imported) -> HttpResponse:
    """What became of the import: a toast, and the bad lines where there are any."""
    words = ngettext("%(n)s code importé", "%(n)s codes importés", found.new) % {
        "n": formats.number(found.new)
    }
    if not (found.rejected_count or found.known or found.twice):
        messages.success(request, words)
        return redirect("programme:codes")
    context: dict[str, Any] = {"list": row, "found": found, "words": words}
    return render(request, "programme/codes_imported.html", context)


def _list_or_404(public_id: str) -> Any:
    row = lists().filter(id=number_or_404("cdl", public_id)).first()
    if row is None:
        raise Http404
    return row
