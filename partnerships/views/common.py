"""What the pages share: the row an address names, and how a partnership is shown."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import has_role
from accounts.models import Role, User
from billing.plans import Allowed
from kernel.ids import parse_public_id
from partnerships import selectors
from partnerships.errors import UnknownPartnershipError
from partnerships.models import Ending, Origin, Side, State
from tenants.context import current_tenant
from tenants.features import is_on


def row_or_404(partnership: str) -> Any:
    """One of the current merchant's partnerships; 404 for any other (R23)."""
    number = parse_public_id("prt", partnership)
    if number is None:
        raise Http404
    try:
        return selectors.partnership(partnership_id=number, tenant_id=current_tenant().id)
    except UnknownPartnershipError as error:
        raise Http404 from error


def person(request: HttpRequest) -> User:
    """Who is logged in, behind `member_required`."""
    user: User = request.membership.user  # type: ignore[attr-defined]
    return user


def is_owner(request: HttpRequest) -> bool:
    return has_role(request, Role.OWNER)


def can_change(request: HttpRequest) -> bool:
    return has_role(request, Role.MANAGER)


def may_add(request: HttpRequest) -> bool:
    """Whether to show the way to a new partner: a major's, whose plan holds it."""
    return can_change(request) and bool(page_of("partnerships:add")) and is_on(Allowed.MAJOR)


def page_of(name: str, *args: Any) -> str:
    """The address of a page of another room, or "" where this back office has none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A state: its look by name in `shell.states`, and its word here."""

    look: str
    word: str | Promise


_ENDINGS = {
    Ending.DECLINED: Shown("refused", _("Refusé")),
    Ending.WITHDRAWN: Shown("cancelled", _("Retiré")),
    Ending.ENDED: Shown("closed", _("Terminé")),
}


def shown(row: Any) -> Shown:
    """How a partnership is shown to the merchant whose list it is on."""
    if row.state == State.ENDED:
        return _ENDINGS[Ending(row.ending)]
    if row.state == State.MAKING:
        return Shown("running", _("En préparation"))
    if not row.i_accepted:
        return Shown("to_check", _("Accord à lire"))
    if row.state == State.ACTIVE and row.they_accepted:
        return Shown("active", _("Actif"))
    if waits_for_its_contact(row):
        return Shown("invited", _("Invité"))
    return Shown("pending", _("En attente"))


def already(row: Any) -> str:
    """Why a partner of this merchant's cannot be added a second time, as things stand with it."""
    if row.state == State.ACTIVE:
        words = _("%(name)s est déjà votre partenaire.")
    elif row.they_accepted:
        words = _("%(name)s a déjà accepté votre proposition. Il manque votre accord.")
    elif row.origin == Origin.CODE:
        words = _("Vous avez déjà un partenariat en cours avec %(name)s. Il attend sa réponse.")
    else:
        words = _("Une invitation à cette adresse attend déjà sa réponse.")
    return str(words % {"name": row.partner})


def waits_for_its_contact(row: Any) -> bool:
    """Whether the person whom the major named has not accepted yet."""
    return bool(
        row.my_side == Side.MAJOR
        and row.origin == Origin.DETAILS
        and row.state == State.PROPOSED
        and not row.they_accepted
    )


def words_given(row: Any) -> dict[str, Any]:
    """Who accepted what, and whether this merchant's word is asked for: for the first time, or
    again because its own was on a text that named somebody else.
    """
    given = selectors.acceptances(partnership=row, tenant_id=tenant_id())
    return {
        "acceptances": given,
        "may_answer": row.state in (State.PROPOSED, State.ACTIVE) and not row.i_accepted,
        "asked_again": not row.i_accepted and any(one.tenant_id == tenant_id() for one in given),
    }


def tenant_id() -> uuid.UUID:
    return current_tenant().id
