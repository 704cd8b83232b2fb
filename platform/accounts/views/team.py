"""The team of a tenant: everyone sees it, owners change it."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import member_required
from accounts.forms import InviteForm, RoleForm
from accounts.models import Membership, Role
from accounts.selectors import invitations_of, members_of
from accounts.services.invitations import (
    AlreadyInvitedError,
    UnknownInvitationError,
    invite,
    resend_invitation,
    withdraw_invitation,
)
from accounts.services.members import (
    AlreadyMemberError,
    LastOwnerError,
    UnknownMemberError,
    change_role,
    remove_member,
)
from accounts.throttles import ThrottledError
from accounts.views.pages import form_status, page, person, too_often
from kernel.errors import RicochetError
from kernel.ids import parse_public_id


@require_safe
@member_required()
def team(request: HttpRequest) -> HttpResponse:
    """Members and open invitations."""
    return _team(request, InviteForm())


@require_POST
@member_required(role=Role.OWNER)
def send_invitation(request: HttpRequest) -> HttpResponse:
    """Invite a colleague by email."""
    form = InviteForm(request.POST)
    if form.is_valid():
        email = form.cleaned_data["email"]
        try:
            invite(
                email=email,
                role=Role(form.cleaned_data["role"]),
                tenant_id=_tenant_id(request),
                invited_by=person(request),
                now=timezone.now(),
            )
        except AlreadyMemberError:
            form.add_error("email", _("Cette personne fait déjà partie de l’équipe."))
        except AlreadyInvitedError:
            form.add_error(
                "email",
                _("Une invitation attend déjà sa réponse. Renvoyez-la depuis la liste."),
            )
        except ThrottledError as error:
            return too_often(request, error)
        except RicochetError as error:
            form.add_error(None, error.said)
        else:
            messages.success(request, _("Invitation envoyée à %(email)s.") % {"email": email})
            return _back()
    return _team(request, form)


@require_POST
@member_required(role=Role.OWNER)
def resend(request: HttpRequest, invitation: str) -> HttpResponse:
    """Send an invitation again."""
    try:
        resend_invitation(
            invitation_id=_id("inv", invitation),
            tenant_id=_tenant_id(request),
            now=timezone.now(),
        )
    except UnknownInvitationError as error:
        raise Http404 from error
    except ThrottledError as error:
        return too_often(request, error)
    except RicochetError as error:
        messages.error(request, error.said)
        return _back()
    messages.success(request, _("Invitation renvoyée. Le lien précédent ne fonctionne plus."))
    return _back()


@require_POST
@member_required(role=Role.OWNER)
def withdraw(request: HttpRequest, invitation: str) -> HttpResponse:
    """Take an invitation back."""
    try:
        taken_back = withdraw_invitation(
            invitation_id=_id("inv", invitation),
            tenant_id=_tenant_id(request),
            now=timezone.now(),
        )
    except UnknownInvitationError as error:
        raise Http404 from error
    messages.success(request, _("Invitation de %(email)s retirée.") % {"email": taken_back.email})
    return _back()


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.OWNER)
def set_role(request: HttpRequest, member: str) -> HttpResponse:
    """Give a member another role."""
    membership = _member(request, member)
    mine = membership.id == request.membership.id  # type: ignore[attr-defined]
    form = RoleForm(
        request.POST if request.method == "POST" else None, initial={"role": membership.role}
    )
    if form.is_valid():
        try:
            changed = change_role(
                membership_id=membership.id,
                tenant_id=membership.tenant_id,
                role=Role(form.cleaned_data["role"]),
                keep_session=request.session.session_key if mine else None,
            )
        except UnknownMemberError as error:
            raise Http404 from error
        except LastOwnerError:
            form.add_error("role", _last_owner())
        else:
            if mine:
                request.session.cycle_key()
            messages.success(
                request,
                _("%(name)s a maintenant le rôle %(role)s.")
                % {"name": changed.user.name, "role": changed.get_role_display()},
            )
            return _back()
    return page(request, "set_role", status=form_status(form), form=form, member=membership)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(role=Role.OWNER)
def remove(request: HttpRequest, member: str) -> HttpResponse:
    """Asks, says what will happen, then takes a member out of the team (B8)."""
    membership = _member(request, member)
    if request.method != "POST":
        return page(request, "remove_member", member=membership)
    try:
        gone = remove_member(membership_id=membership.id, tenant_id=membership.tenant_id)
    except UnknownMemberError as error:
        raise Http404 from error
    except LastOwnerError:
        messages.error(request, _last_owner())
        return _back()
    if gone.pk == request.user.pk:
        return HttpResponseRedirect(reverse("account_login"))
    messages.success(request, _("%(name)s ne fait plus partie de l’équipe.") % {"name": gone.name})
    return _back()


def _team(request: HttpRequest, form: InviteForm) -> HttpResponse:
    tenant_id = _tenant_id(request)
    context: dict[str, Any] = {
        "members": members_of(tenant_id=tenant_id),
        "invitations": invitations_of(tenant_id=tenant_id),
        "form": form,
        "now": timezone.now(),
    }
    return page(request, "team", status=form_status(form), **context)


def _member(request: HttpRequest, member: str) -> Membership:
    """The member of this tenant that an address names; 404 for any other (R23)."""
    return get_object_or_404(
        Membership.objects.select_related("user"),
        id=_id("mbr", member),
        tenant_id=_tenant_id(request),
    )


def _tenant_id(request: HttpRequest) -> uuid.UUID:
    tenant_id: uuid.UUID = request.tenant.id  # type: ignore[attr-defined]
    return tenant_id


def _id(prefix: str, text: str) -> uuid.UUID:
    found = parse_public_id(prefix, text)
    if found is None:
        raise Http404
    return found


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("accounts:team"))


def _last_owner() -> str:
    return _(
        "L’équipe doit garder au moins un propriétaire. "
        "Donnez d’abord ce rôle à une autre personne."
    )
