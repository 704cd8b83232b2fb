"""The second factor: codes from a phone's app, and recovery codes for the day it is lost.

allauth keeps the authenticators and computes the codes; who may try, and how often, is ours.
"""

from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, validate_totp_code
from django.db import transaction

from accounts.mfa import MfaAdapter
from accounts.models import User
from accounts.throttles import forget, hit
from kernel.errors import ConflictError, InvalidInputError
from kernel.outbox.services import emit

TRIES = 5
WINDOW = timedelta(minutes=15)


class WrongCodeError(InvalidInputError):
    """This code is not the one expected now, or was used already."""

    code = "wrong_code"


class AlreadyOnError(ConflictError):
    """Two-factor is on already."""

    code = "two_factor_already_on"


def is_on(user: User) -> bool:
    """Whether this person needs a code to log in."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def new_secret() -> str:
    """A fresh secret for an app, in base 32. It counts once `switch_on` has seen a code of it."""
    return str(generate_totp_secret())


def address_of(user: User, secret: str) -> str:
    """The `otpauth://` address that an app reads from the QR code."""
    return str(MfaAdapter().build_totp_url(user, secret))


def check_code(*, user: User, code: str, now: datetime) -> None:
    """Accept a code of the app or a recovery code, once each.

    Raises WrongCodeError, or ThrottledError after five tries in a quarter of an hour.
    """
    hit(action="second-factor", subject=str(user.id), limit=TRIES, window=WINDOW, now=now)
    code = "".join(code.split())
    for authenticator in Authenticator.objects.filter(user=user):
        if authenticator.wrap().validate_code(code):
            authenticator.record_usage()
            forget(action="second-factor", subject=str(user.id))
            return
    raise WrongCodeError(param="code")


def switch_on(*, user: User, secret: str, code: str, now: datetime) -> list[str]:
    """Turn two-factor on with a first code of the app; returns the recovery codes.

    Raises WrongCodeError, AlreadyOnError or ThrottledError.
    """
    hit(action="second-factor", subject=str(user.id), limit=TRIES, window=WINDOW, now=now)
    if not validate_totp_code(secret, "".join(code.split())):
        raise WrongCodeError(param="code")
    with transaction.atomic():
        # Two tabs at once: the second waits for the first, and finds it on.
        User.objects.select_for_update().get(pk=user.pk)
        if is_on(user):
            raise AlreadyOnError
        TOTP.activate(user, secret)
        codes = RecoveryCodes.activate(user)
        _tell(user, change="on", now=now)
    forget(action="second-factor", subject=str(user.id))
    return [str(code) for code in codes.get_unused_codes()]


@transaction.atomic
def renew_recovery_codes(*, user: User) -> list[str]:
    """Replace the recovery codes; those printed before open nothing any more."""
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    return [str(code) for code in RecoveryCodes.activate(user).get_unused_codes()]


def recovery_codes_left(user: User) -> int:
    """How many recovery codes are unused."""
    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(RecoveryCodes(found).get_unused_codes()) if found else 0


@transaction.atomic
def switch_off(*, user: User, now: datetime) -> None:
    """Turn two-factor off, recovery codes included. Nothing happens when it is off."""
    deleted, _ = Authenticator.objects.filter(user=user).delete()
    if deleted:
        _tell(user, change="off", now=now)


def _tell(user: User, *, change: str, now: datetime) -> None:
    payload = {"user_id": str(user.id), "change": change}
    emit(kind="accounts.two_factor_changed", payload=payload, now=now)
