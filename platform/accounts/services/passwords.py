"""A password that was forgotten, or is changed."""

import uuid
from datetime import datetime

from axes.utils import reset as reset_lock_out
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import LinkPurpose, Membership, OneTimeLink, User
from accounts.services.one_time_links import find_link, make_link, use_link
from accounts.services.sessions import end_sessions
from accounts.throttles import account_name
from kernel.errors import InvalidInputError
from kernel.outbox.services import emit

# Django's validators judge; what to do about it is said in our words, by the code of each rule.
_ADVICE = {
    "password_too_short": _("Choisissez un mot de passe d’au moins %(min_length)d caractères."),
    "password_too_similar": _(
        "Choisissez un mot de passe qui ne reprend ni votre nom ni votre adresse e-mail."
    ),
    "password_too_common": _(
        "Beaucoup de gens ont ce mot de passe. Choisissez-en un autre, par exemple quatre mots"
        " sans rapport entre eux."
    ),
    "password_entirely_numeric": _("Ajoutez des lettres : des chiffres seuls se devinent vite."),
}


class WeakPasswordError(InvalidInputError):
    """This password is too easy to guess."""

    code = "weak_password"

    def __init__(self, *, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences), param="password")
        self.sentences = sentences


def require_strong_password(*, password: str, user: User) -> None:
    """Raise WeakPasswordError, with a sentence for each rule that the password breaks."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPasswordError(sentences=_advice(error)) from error


def _advice(error: ValidationError) -> list[str]:
    return [str(_ADVICE[str(one.code)]) % (one.params or {}) for one in error.error_list]


@transaction.atomic
def ask_for_reset(*, email: str, tenant_id: uuid.UUID, now: datetime) -> None:
    """Have a reset link mailed to a member.

    An address that belongs to nobody here takes the same steps and gets no email (R33).
    """
    member = (
        Membership.objects.filter(
            tenant_id=tenant_id,
            user__in=User.objects.by_email(email).filter(is_active=True),
        )
        .values_list("user_id", flat=True)
        .first()
    )
    link = make_link(purpose=LinkPurpose.RESET, tenant_id=tenant_id, user_id=member, now=now)
    emit(kind="accounts.password_reset", payload={"link_id": str(link.id)}, now=now)


@transaction.atomic
def reset_password(*, token: str, password: str, tenant_id: uuid.UUID, now: datetime) -> User:
    """Set a new password with a link: every session ends, and a lock-out with it.

    Raises UnknownLinkError or WeakPasswordError; a weak password does not use the link up.
    """
    link = find_link(token=token, purpose=LinkPurpose.RESET, tenant_id=tenant_id, now=now)
    require_strong_password(password=password, user=link.user or User())
    user = use_link(token=token, purpose=LinkPurpose.RESET, tenant_id=tenant_id, now=now)
    _set_password(user=user, password=password, now=now)
    end_sessions(user_id=user.id)
    reset_lock_out(username=account_name(email=user.email))
    return user


@transaction.atomic
def change_password(*, user: User, password: str, keep_session: str | None, now: datetime) -> None:
    """Change a password; every session ends but the one named. Raises WeakPasswordError."""
    require_strong_password(password=password, user=user)
    _set_password(user=user, password=password, now=now)
    end_sessions(user_id=user.id, keep=keep_session)


def _set_password(*, user: User, password: str, now: datetime) -> None:
    user.set_password(password)
    user.save(update_fields=["password"])
    # Links that were mailed before lead nowhere any more.
    OneTimeLink.objects.filter(user=user, used_at=None).update(used_at=now)
    emit(kind="accounts.password_changed", payload={"user_id": str(user.id)}, now=now)
