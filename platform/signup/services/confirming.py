"""The link in the email was followed: a password is chosen, and the back office made, once.

The password is chosen here and not when the back office is asked for: who asks may not be who
reads the email, and must not hold the key to what that person opens.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db.models import Q

from accounts.models import User
from accounts.services.passwords import require_strong_password
from accounts.throttles import hit
from accounts.tokens import hash_of
from signup import texts
from signup.addresses import Standing, look_at
from signup.errors import NotMadeError, SignupOverError, StaleTermsError, WrongPasswordError
from signup.models import Signup, SignupState
from signup.services.making import LEFT_AFTER, finish
from tenants.provisioning.services import SlugTakenError
from tenants.provisioning.slugs import check_slug

_TRIES, _WINDOW = 10, timedelta(minutes=15)
# How long the second of two clicks waits for what the first one makes.
PATIENCE, _PAUSE = 30.0, 0.1


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is said when confirming. `password` empty: the one that was kept from an earlier try.

    `terms` is the version accepted now; "" where the one accepted before is still in force.
    """

    slug: str
    password: str
    terms: str = ""


def find(*, token: str, now: datetime) -> Signup:
    """The sign-up that a link leads to, also one that is done. Raises SignupOverError."""
    row = Signup.objects.filter(token_hash=hash_of(token)).first()
    if row is None or (row.state == SignupState.WAITING and row.expires_at <= now):
        raise SignupOverError
    return row


def owner_known(row: Signup) -> User | None:
    """The person of this address, where they log in somewhere already."""
    return User.objects.by_email(row.email).filter(is_active=True).first()


def has_password(row: Signup) -> bool:
    """Whether an earlier try left a password, so that it is not asked again."""
    known = owner_known(row)
    return bool(row.password) and (known is None or row.password == known.password)


def confirm(
    *,
    token: str,
    chosen: Chosen,
    now: datetime,
    clock: Callable[[], float] = time.monotonic,
) -> Signup:
    """Make the back office and its owner; done already, it only checks the password.

    Called outside a transaction. Of two at once, one makes it and the other waits for it. Raises
    SignupOverError, ThrottledError, WeakPasswordError, WrongPasswordError, StaleTermsError,
    InvalidSlugError, ReservedSlugError, SlugTakenError (everything else that was typed is kept) or
    NotMadeError (what was begun is gone on with by the same link, or by the clock).
    """
    row = find(token=token, now=now)
    password = _proved(row, chosen.password, now=now)
    if row.state == SignupState.DONE:
        return row
    if texts.LATEST not in (row.terms_version, chosen.terms):
        _keep(row, password=password)
        raise StaleTermsError(param="terms")
    if row.state == SignupState.WAITING:
        _keep(row, password=password)
        _check_address(chosen.slug, row)
    if _claimed(row, chosen, password=password, now=now):
        row.refresh_from_db()
        return finish(row=row, now=now)
    return _outcome(row, chosen, until=clock() + PATIENCE, clock=clock)


def _proved(row: Signup, password: str, *, now: datetime) -> str:
    """The hash to keep for a password that may be used; raises where it may not."""
    if not password and has_password(row):
        return row.password
    known = owner_known(row)
    if known is None:
        require_strong_password(password=password, user=User(email=row.email))
        return make_password(password)
    hit(action="sign-up-proof", subject=str(row.id), limit=_TRIES, window=_WINDOW, now=now)
    if not known.check_password(password):
        raise WrongPasswordError(param="password")
    return known.password


def _keep(row: Signup, *, password: str) -> None:
    """What was chosen outlives a refusal of the rest."""
    waiting = Signup.objects.filter(id=row.id, state=SignupState.WAITING)
    waiting.update(password=password)


def _check_address(slug: str, row: Signup) -> None:
    looked = look_at(slug, name=row.shop_name, mine=row.tenant_id)
    check_slug(looked.slug)
    if looked.standing == Standing.TAKEN:
        raise SlugTakenError(param="slug")


def _claimed(row: Signup, chosen: Chosen, *, password: str, now: datetime) -> bool:
    """Whether this call is the one that makes it: first, or first since a crash."""
    values: dict[str, object] = {"state": SignupState.MAKING, "making_since": now}
    if row.state == SignupState.WAITING:
        values |= {"slug": chosen.slug.strip().lower(), "password": password}
    if row.terms_version != texts.LATEST:
        text = texts.terms(language=row.language)
        values |= {
            "terms_version": text.version,
            "terms_hash": text.text_hash,
            "terms_accepted_at": now,
        }
    left = Q(state=SignupState.MAKING, making_since__lte=now - LEFT_AFTER)
    free = Signup.objects.filter(Q(state=SignupState.WAITING) | left, id=row.id)
    return bool(free.update(**values))


def _outcome(row: Signup, chosen: Chosen, *, until: float, clock: Callable[[], float]) -> Signup:
    """What came of the same sign-up, which somebody else is making at this moment."""
    while clock() < until:
        row.refresh_from_db()
        if row.state == SignupState.DONE:
            return row
        if row.state == SignupState.WAITING:
            _check_address(chosen.slug, row)
            break
        time.sleep(_PAUSE)
    raise NotMadeError
