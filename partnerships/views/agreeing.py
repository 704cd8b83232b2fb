"""Reading the agreement, accepting it, and ending a partnership."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import member_required
from accounts.models import Role
from kernel.errors import RicochetError
from partnerships import selectors
from partnerships.agreement import agreement_for, as_html, reading_minutes
from partnerships.forms import PolicyForm
from partnerships.models import Side, State
from partnerships.services import agreeing
from partnerships.views.common import is_owner, person, row_or_404, tenant_id, words_given
from shell.formats import elided
from shell.forms import answer
from tenants.context import current_tenant


@require_http_methods(["GET", "HEAD", "POST"])
@member_required()
def agreement(request: HttpRequest, partnership: str) -> HttpResponseBase:
    """The text in force, and the owner's word on it (D5)."""
    row = row_or_404(partnership)
    if request.method == "POST":
        if not is_owner(request):
            return render(
                request, "partnerships/agreement.html", _agreement(request, row), status=403
            )
        form = PolicyForm(request.POST, site_url=_site_of(row))
        if row.my_side == Side.MINOR and not form.is_valid():
            context = _agreement(request, row) | {"policy": form}
            return answer(request, "partnerships/agreement.html", context, form)
        if row.my_side == Side.MINOR:
            agreeing.say_policy(tenant_id=tenant_id(), policy_url=form.cleaned_data["policy_url"])
        return _accepted(request, row)
    return render(request, "partnerships/agreement.html", _agreement(request, row))


def _agreement(request: HttpRequest, row: Any) -> dict[str, Any]:
    return {
        "row": row,
        "agreement": agreement_for(row),
        "minutes": reading_minutes(row.agreement),
        "minor_name": current_tenant().name if row.my_side == Side.MINOR else row.partner,
        **words_given(row),
        "is_owner": is_owner(request),
        "is_major": row.my_side == Side.MAJOR,
        "policy": PolicyForm(
            initial={"policy_url": current_tenant().policy_url}, site_url=_site_of(row)
        ),
        "back": reverse("partnerships:partner", args=[row.public_id]),
    }


def _site_of(row: Any) -> str:
    """The minor's own site, as it says itself or as it was invited with."""
    return str(current_tenant().site_url or row.site_url)


def _accepted(request: HttpRequest, row: Any) -> HttpResponse:
    try:
        now_is = agreeing.accept_agreement(
            partnership_id=row.id,
            tenant_id=tenant_id(),
            user=person(request),
            text_hash=request.POST.get("text", ""),
            language=request.POST.get("language", ""),
            now=timezone.now(),
        )
    except RicochetError as error:
        messages.error(request, error.said)
        return redirect("partnerships:agreement", row.public_id)
    if selectors.agreed(partnership_ids=[now_is.id]):
        words = _("Accord accepté. Le partenariat avec %(name)s est actif.")
    else:
        words = _("Accord accepté. Il manque celui de %(name)s.")
    messages.success(request, elided(words % {"name": row.partner}, row.partner))
    if current_tenant().partner_only:
        return redirect("partnerships:home")  # on to whatever comes next
    return redirect("partnerships:partner", row.public_id)


@require_safe
@member_required()
def accepted(request: HttpRequest, partnership: str, side: str) -> HttpResponse:
    """The very text that one side accepted, as it was read (D2); `texte` names an earlier one."""
    row = row_or_404(partnership)
    given = selectors.acceptances(partnership=row, tenant_id=tenant_id())
    found = [one for one in given if one.side == side]
    if side not in Side.values:
        raise Http404
    if named := request.GET.get("texte"):
        found = [one for one in found if str(one.pk) == named]
        if not found:
            raise Http404
    context = {
        "row": row,
        "acceptance": found[0] if found else None,
        "html": as_html(found[0].text) if found else "",
        "back": reverse("partnerships:partner", args=[row.public_id]),
    }
    return render(request, "partnerships/accepted.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.OWNER)
def end(request: HttpRequest, partnership: str) -> HttpResponseBase:
    """Asks, says what will happen, then ends or declines (B8)."""
    row = row_or_404(partnership)
    back = reverse("partnerships:partner", args=[row.public_id])
    declines = row.state == State.PROPOSED
    if request.method != "POST":
        context = {
            "row": row,
            "back": back,
            "declines": declines,
            "is_major": row.my_side == Side.MAJOR,
        }
        return render(request, "partnerships/end.html", context)
    try:
        agreeing.end_partnership(partnership_id=row.id, tenant_id=tenant_id(), now=timezone.now())
    except RicochetError as error:
        messages.error(request, error.said)
        return redirect(back)
    words = (
        _("Proposition de %(name)s refusée. Rien n’a été partagé.")
        if declines
        else _("Partenariat avec %(name)s terminé. Ce que vous avez reçu reste ici.")
        if row.my_side == Side.MINOR
        else _("Partenariat avec %(name)s terminé.")
    )
    messages.success(request, elided(words % {"name": row.partner}, row.partner))
    return redirect(back)
