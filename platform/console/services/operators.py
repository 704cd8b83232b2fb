"""Who may open the console: make an operator, take the right away, begin with a link."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.links import origin_of
from accounts.models import LinkPurpose, OneTimeLink, User
from accounts.places import CONSOLE
from accounts.services.invitations import check_address
from accounts.services.one_time_links import find_link, make_link, use_link
from accounts.services.passwords import change_password
from accounts.services.second_factor import switch_on
from accounts.services.sessions import end_sessions
from accounts.tokens import token_for
from console.models import Act
from console.services.trail import note
from console.visits.services import end_all
from kernel.errors import NotFoundError


class UnknownOperatorError(NotFoundError):
    """Nobody of this address may open the console."""

    code = "unknown_operator"


@transaction.atomic
def add_operator(*, email: str, now: datetime, by: User | None = None) -> str:
    """Let a person open the console; returns a link, for a day and once, to begin with.

    The link alone sets a new password and a new second factor. Whoever the person was before, in
    back offices too, they lose the former password, second factor, sessions, visits and links:
    none of them may become a way into the console. Asked again, it is the way back in for
    somebody who lost their phone. Raises InvalidAddressError.
    """
    address = check_address(email)
    user = User.objects.select_for_update().filter(
        pk__in=User.objects.by_email(address).values("pk")
    ).first() or User.objects.create_user(email=address, created_at=now)
    user.is_staff, user.is_active = True, True
    user.set_unusable_password()
    user.save(update_fields=["is_staff", "is_active", "password"])
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user_id=user.id)
    end_all(operator_id=user.id, now=now)
    OneTimeLink.objects.filter(user=user, used_at=None).update(used_at=now)
    link = make_link(purpose=LinkPurpose.OPERATOR, tenant_id=CONSOLE, user_id=user.id, now=now)
    note(act=Act.OPERATOR_ADDED, operator=by, about=str(user.id), now=now)
    return console_url("console_begin", token_for(link.id))


@transaction.atomic
def remove_operator(*, email: str, now: datetime, by: User | None = None) -> None:
    """Take the right away, and end every session in the console and every visit at once.

    Raises UnknownOperatorError.
    """
    user = User.objects.by_email(email).filter(is_staff=True).select_for_update().first()
    if user is None:
        raise UnknownOperatorError
    user.is_staff = False
    user.save(update_fields=["is_staff"])
    end_sessions(user_id=user.id, tenant_id=CONSOLE)
    end_all(operator_id=user.id, now=now)
    links = OneTimeLink.objects.filter(user=user, purpose=LinkPurpose.OPERATOR, used_at=None)
    links.update(used_at=now)
    note(act=Act.OPERATOR_REMOVED, operator=by, about=str(user.id), now=now)


def person_of(*, token: str, now: datetime) -> User:
    """Whose first log-in this link is; raises UnknownLinkError."""
    link = find_link(token=token, purpose=LinkPurpose.OPERATOR, tenant_id=CONSOLE, now=now)
    assert link.user is not None  # noqa: S101 - `find_link` asks for a person of staff
    return link.user


def begin(
    *, token: str, password: str, secret: str, code: str, now: datetime
) -> tuple[User, list[str]]:
    """Set password and second factor at once, with a link; the person and the recovery codes.

    Raises UnknownLinkError, WeakPasswordError or WrongCodeError: nothing is set then, and the
    link still works.
    """
    with transaction.atomic():
        # Of two that come at once, the link lets one in.
        user = use_link(token=token, purpose=LinkPurpose.OPERATOR, tenant_id=CONSOLE, now=now)
        change_password(user=user, password=password, keep_session=None, now=now)
        Authenticator.objects.filter(user=user).delete()
        codes = switch_on(user=user, secret=secret, code=code, now=now)
    return user, codes


def console_url(name: str, *args: str) -> str:
    """The full address of a page of the console."""
    path = reverse(name, urlconf=settings.CONSOLE_URLCONF, args=args)
    return f"{origin_of(settings.CONSOLE_HOST)}{path}"
