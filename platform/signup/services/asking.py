"""Asking for a back office: a row, and a link by email."""

import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.services.invitations import InvalidAddressError
from accounts.throttles import hit
from accounts.tokens import hash_of, token_for
from billing.plans import INTERVALS, Interval, UnknownPlanError, plan_named
from kernel.emails import folded
from kernel.ids import uuid7
from kernel.names import holds_a_link
from kernel.outbox.services import emit
from signup import texts
from signup.addresses import Standing, look_at, suggest
from signup.disposable import is_disposable
from signup.errors import DisposableAddressError, InvalidShopNameError, StaleTermsError
from signup.models import Signup
from tenants.provisioning.services import SlugTakenError
from tenants.provisioning.slugs import check_slug

ASKED = "signup.asked"
LIFETIME = timedelta(days=7)
# R42: what one connection may ask for, and how many emails one address may get.
PER_CONNECTION, PER_ADDRESS = 10, 3
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_NO_NAME = re.compile(r"[<>\x00-\x1f\x7f\u2028\u2029]|://")
_LETTER = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed. `slug` empty: the one that the name suggests. `terms`: the version read."""

    email: str
    shop_name: str
    slug: str
    plan: str
    interval: str
    terms: str
    language: str = "fr"


def ask(*, asked: Asked, key: uuid.UUID, connection_from: str, now: datetime) -> Signup:
    """Write a sign-up and have its link mailed. An address that somebody has takes the same steps:
    only the email differs (R33).

    `key` names the form: sent twice, or twice at once, it is one sign-up and one email. Raises
    InvalidShopNameError, InvalidAddressError, DisposableAddressError, InvalidSlugError,
    ReservedSlugError, SlugTakenError, UnknownPlanError, StaleTermsError or ThrottledError.
    """
    known = Signup.objects.filter(key=key).first()
    if known is not None:
        return known
    name, email = checked_name(asked.shop_name), checked_email(asked.email)
    slug = checked_slug(asked.slug, name)
    interval = checked_plan(asked.plan, asked.interval)
    if asked.terms != texts.LATEST:
        raise StaleTermsError(param="terms")
    language = asked.language if asked.language in dict(settings.LANGUAGES) else "fr"
    signup_id = uuid7()
    try:
        with transaction.atomic():
            row = Signup.objects.create(
                id=signup_id,
                key=key,
                email=email,
                shop_name=name,
                slug=slug,
                plan=asked.plan,
                interval=interval,
                language=language,
                terms_version=asked.terms,
                terms_hash=texts.terms(asked.terms, language=language).text_hash,
                terms_accepted_at=now,
                token_hash=hash_of(token_for(signup_id)),
                created_at=now,
                expires_at=now + LIFETIME,
            )
            # Behind the row: one form sent many times at once is counted once. What is refused is
            # not counted, and goes on being refused until the window is over.
            _count(connection_from, email, now=now)
            emit(kind=ASKED, payload={"signup_id": str(signup_id)}, now=now)
    except IntegrityError:
        return Signup.objects.get(key=key)  # the same form, a moment earlier
    return row


def _count(origin: str, email: str, *, now: datetime) -> None:
    hit(action="sign-up-from", subject=origin, limit=PER_CONNECTION, window=_HOUR, now=now)
    hit(action="sign-up-to", subject=folded(email), limit=PER_ADDRESS, window=_DAY, now=now)


def checked_name(name: str) -> str:
    """A shop's name on one line. Raises InvalidShopNameError."""
    name = " ".join(name.split())
    if not _LETTER.search(name) or len(name) > 120 or _NO_NAME.search(name):
        raise InvalidShopNameError(param="shop_name")
    if holds_a_link(name):
        raise InvalidShopNameError(
            _("Écrivez le nom sans adresse de site ni point collé, par exemple Maison Lumen."),
            param="shop_name",
        )
    return name


def checked_email(email: str) -> str:
    """An address that keeps its mail. Raises InvalidAddressError or DisposableAddressError."""
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError as error:
        raise InvalidAddressError(
            _("Indiquez une adresse complète, par exemple claire@maisonlumen.fr."), param="email"
        ) from error
    if is_disposable(email):
        raise DisposableAddressError(param="email")
    return email


def checked_slug(slug: str, name: str) -> str:
    """An address that is free now; the one that the name suggests where none is typed."""
    looked = look_at(slug, name=name)
    if looked.standing == Standing.EMPTY:
        return suggest(name)
    check_slug(looked.slug)
    if looked.standing == Standing.TAKEN:
        raise SlugTakenError(param="slug")
    return looked.slug


def checked_plan(plan: str, interval: str) -> Interval:
    """The interval of a plan that is sold. Raises UnknownPlanError."""
    if not plan_named(plan).sold:
        raise UnknownPlanError(param="plan")
    found = next((one for one in INTERVALS if one == interval), None)
    if found is None:
        raise UnknownPlanError(param="interval")
    return found
