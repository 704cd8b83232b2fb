"""The codes of a coupon, for the team: which are given, which are left, and more of them."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import has_role, member_required
from accounts.models import Role
from kernel.errors import RicochetError
from operations.mechanics.coupon import codes
from operations.mechanics.coupon.forms import MoreCodes
from operations.mechanics.finding import module_or_404
from operations.models import OperationModule
from shell import formats
from shell.forms import answer
from shell.tables import Column, Empty, ListPage, View
from tenants.rewards.code_lists import Imported
from tenants.rewards.giving_codes import left
from tenants.rewards.models import CodeList, ListedCode


class CodesPage(ListPage):
    """Of one list: set `code_list` before use."""

    label = gettext_lazy("Codes du coupon")
    nouns = (gettext_lazy("code"), gettext_lazy("codes"))
    search_label = gettext_lazy("Code")
    export_name = "codes"
    columns = (
        Column("code", gettext_lazy("Code"), main=True, sort="code", value="code"),
        Column(
            "state",
            gettext_lazy("État"),
            value=lambda row: _("Donné") if row.taken_at else _("À donner"),
        ),
        Column("given", gettext_lazy("Donné le"), kind="moment", sort="taken_at", value="taken_at"),
    )
    views = (
        View("tous", gettext_lazy("Tous")),
        View("donnes", gettext_lazy("Donnés"), lambda rows: rows.filter(taken_at__isnull=False)),
        View("libres", gettext_lazy("Restants"), lambda rows: rows.filter(taken_at__isnull=True)),
    )
    empty = Empty(
        gettext_lazy("Aucun code pour l’instant"),
        gettext_lazy("Les codes générés arrivent ici à la mise en ligne."),
    )

    def __init__(self, request: HttpRequest, code_list: CodeList | None) -> None:
        super().__init__(request)
        self.code_list = code_list

    def queryset(self) -> QuerySet[Any]:
        return ListedCode.objects.filter(code_list=self.code_list).order_by("id")

    def search(self, rows: QuerySet[Any], query: str) -> QuerySet[Any]:
        return rows.filter(code__icontains=query)


@require_safe
@member_required()
def listed(request: HttpRequest, operation: str, module: str) -> HttpResponseBase:
    """Each code, given or not; exported for the shop that has to know them."""
    part = module_or_404(operation=operation, module=module, kind="coupon")
    row = codes.list_of(part)
    context = {
        **_frame(part),
        "code_list": row,
        "free": left(code_list_id=row.id) if row else 0,
        "can_change": has_role(request, Role.MANAGER),
    }
    page = CodesPage(request, row)
    return page.respond("operations/mechanics/coupon/codes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.MANAGER)
def add(request: HttpRequest, operation: str, module: str) -> HttpResponse:
    """More codes, also while people take part; the same form sent twice adds once."""
    part = module_or_404(operation=operation, module=module, kind="coupon")
    row = codes.list_of(part)
    if row is None:
        raise Http404
    there = ListedCode.objects.filter(code_list=row).count()
    form = MoreCodes(request.POST or None, request.FILES or None, initial={"seen": there})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            found = codes.add(
                code_list=row,
                seen=data["seen"],
                count=data["count"] or 0,
                pasted=data["pasted"],
                file=data["file"],
                now=timezone.now(),
            )
        except RicochetError as error:
            form.add_error(error.param if error.param in form.fields else None, error.said)
        else:
            _say(request, found)
            return redirect("operations:coupon_codes", operation=operation, module=module)
    return answer(request, "operations/mechanics/coupon/more.html", _frame(part), form)


def _say(request: HttpRequest, found: Imported) -> None:
    words = ngettext("%(n)s code ajouté", "%(n)s codes ajoutés", found.new)
    messages.success(request, words % {"n": formats.number(found.new)})
    aside = found.known + found.twice + found.rejected_count
    if aside:
        words = ngettext(
            "%(n)s ligne laissée de côté : en double, ou sans code utilisable",
            "%(n)s lignes laissées de côté : en double, ou sans code utilisable",
            aside,
        )
        messages.warning(request, words % {"n": formats.number(aside)})


def _frame(part: OperationModule) -> dict[str, Any]:
    return {"operation": part.operation, "module": part}
