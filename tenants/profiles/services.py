"""Writing profiles."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.db import atomic_with_retry, insert_if_absent, insert_or_lock, read
from kernel.errors import ConflictError, InvalidInputError, NotFoundError, TemporaryError
from shell.text import folded
from tenants.context import current_tenant
from tenants.profiles import emails
from tenants.profiles.models import TELLING, Profile
from tenants.profiles.names import clean_name, holds_address
from tenants.profiles.selectors import is_claimed

# A fact locks its customer, then a wallet. A reward, a claim or a correction locks the wallet, and
# names the customer: its foreign key looks at their row as it commits. Without NO KEY that look
# would wait for the fact, which waits for the wallet.
_LOCK_BY_EMAIL = "SELECT {0} FROM profiles_profile WHERE email_key = %s FOR NO KEY UPDATE"
_LOCK_HEIR = "SELECT {0} FROM profiles_profile WHERE id = %s FOR NO KEY UPDATE"
_LOCK_BY_ID = "SELECT {0} FROM profiles_profile WHERE external_id = %s FOR NO KEY UPDATE"


class UnknownProfileError(NotFoundError):
    """There is no such customer."""

    code = "unknown_customer"
    words = gettext_lazy("Ce client n’existe pas.")


class NoIdentityError(InvalidInputError):
    """A customer needs an email, a phone number or the shop's own id."""

    code = "customer_without_identity"
    words = gettext_lazy(
        "Indiquez au moins une adresse e-mail, un téléphone ou le numéro de client."
    )


class ProfileExistsError(ConflictError):
    """Another customer has this email or this shop id already."""

    code = "customer_exists"
    words = gettext_lazy(
        "Un autre client a déjà cette adresse e-mail. Vérifiez-la, ou complétez sa fiche."
    )


@dataclass(frozen=True, slots=True)
class Identity:
    """What a door knows of a person; at least one of email, phone and external_id is set.

    `profile_id` is the customer that a merchant pointed at: it decides before all else.
    """

    email: str = ""
    external_id: str = ""
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    profile_id: uuid.UUID | None = None


def search_text(profile: Profile) -> str:
    """What the search looks in: names, email, phone and shop, without case or accents."""
    words = (
        profile.first_name,
        profile.last_name,
        profile.email,
        profile.phone,
        profile.shop,
        profile.external_id or "",
    )
    return folded(" ".join(word for word in words if word))


@atomic_with_retry
def find_or_create(*, identity: Identity, source: str, now: datetime) -> tuple[Profile, bool]:
    """The profile that an identity names, locked, made when there is none.

    The email decides; the shop's id is used where there is no email, and kept on a profile that
    has none yet. Two requests at once for one new email make one profile.
    """
    if identity.profile_id is not None:
        pointed = Profile.everyone.select_for_update(no_key=True).filter(id=identity.profile_id)
        pointed_at = pointed.first()
        if pointed_at is None:
            raise UnknownProfileError
        if pointed_at.merged_into_id is not None:
            pointed_at = read((Profile,), _LOCK_HEIR, [pointed_at.merged_into_id])[0][0]
        return pointed_at, False
    email = emails.clean(identity.email) if identity.email.strip() else ""
    if not email and not identity.external_id:
        raise NoIdentityError(param="customer.email")
    if email and not identity.external_id and _has_a_name(identity):
        made = _of(identity, email=email, source=source, now=now)
        there = insert_or_lock(made, _LOCK_BY_EMAIL, [emails.key(email)])
        if there is made:
            return made, True
        found = _heir_of(there) if there is not None else None
    else:
        found = _find(email=email, external_id=identity.external_id)
    if found is not None:
        _complete(found, identity)
        return found, False
    profile = _of(identity, email=email, source=source, now=now)
    # Waits for another transaction that is making the same person, then finds them.
    if insert_if_absent([profile]):
        return profile, True
    found = _find(email=email, external_id=identity.external_id)
    if found is None:  # made and taken away again at this moment
        raise TemporaryError
    return found, False


def _of(identity: Identity, *, email: str, source: str, now: datetime) -> Profile:
    return _new(
        email=email,
        external_id=identity.external_id,
        first_name=identity.first_name,
        last_name=identity.last_name,
        phone=identity.phone,
        language=current_tenant().language,
        source=source,
        now=now,
    )


def _has_a_name(identity: Identity) -> bool:
    """Whether a profile could be made with it; of who is known already no name is asked."""
    return not any(holds_address(name) for name in (identity.first_name, identity.last_name))


@atomic_with_retry
def create(
    *,
    now: datetime,
    source: str,
    email: str = "",
    external_id: str = "",
    first_name: str = "",
    last_name: str = "",
    **fields: Any,
) -> Profile:
    """Make a profile; ProfileExistsError when the email or the shop's id is taken."""
    profile = _new(
        email=emails.clean(email) if email else "",
        external_id=external_id,
        first_name=first_name,
        last_name=last_name,
        source=source,
        now=now,
        **fields,
    )
    if not insert_if_absent([profile]):
        raise ProfileExistsError(
            _("Un autre client a déjà cette adresse e-mail. Vérifiez-la, ou complétez sa fiche."),
            param="email",
        )
    return profile


def _new(
    *,
    now: datetime,
    source: str,
    email: str = "",
    external_id: str = "",
    first_name: str = "",
    last_name: str = "",
    **fields: Any,
) -> Profile:
    """A profile that is not stored yet; its address was cleaned by the caller."""
    profile = Profile(
        email=email,
        external_id=external_id or None,
        first_name=clean_name(first_name, param="first_name"),
        last_name=clean_name(last_name, param="last_name"),
        source=source,
        created_at=now,
        **fields,
    )
    if not (profile.email or profile.phone or profile.external_id or profile.last_name):
        raise NoIdentityError(param="email")
    _derive(profile)
    return profile


@atomic_with_retry
def update(*, profile_id: uuid.UUID, **fields: Any) -> Profile:
    """Change a profile's own fields; of who was forgotten, none that tells of anybody."""
    profile = Profile.objects.select_for_update().filter(id=profile_id).first()
    if profile is None or (profile.erased_at is not None and TELLING & set(fields)):
        raise UnknownProfileError
    for name, value in fields.items():
        if name == "email":
            value = emails.clean(value) if value else ""  # noqa: PLW2901
        elif name in ("first_name", "last_name"):
            value = clean_name(value, param=name)  # noqa: PLW2901
        setattr(profile, name, value)
    _derive(profile)
    _take_over(profile)
    try:
        with transaction.atomic():
            profile.save(update_fields=[*fields, "email_key", "email_folded", "search_text"])
    except IntegrityError as error:
        raise ProfileExistsError(
            _("Un autre client a déjà cette adresse e-mail. Vérifiez-la, ou complétez sa fiche."),
            param="email",
        ) from error
    return profile


def _take_over(profile: Profile) -> None:
    """An address, or a number, of a record that was merged into this one is this person's own."""
    merged = Profile.everyone.filter(merged_into=profile)
    if profile.email_key:
        merged.filter(email_key=profile.email_key).update(email_key=None, email="")
    if profile.external_id:
        merged.filter(external_id=profile.external_id).update(external_id=None)


@atomic_with_retry
def note_account(*, profile: Profile, at: datetime) -> None:
    """Remember when the person first opened an account on the shop."""
    if profile.account_created_at is None or at < profile.account_created_at:
        profile.account_created_at = at
        profile.save(update_fields=["account_created_at"])


def _find(*, email: str, external_id: str) -> Profile | None:
    """By email; else by the shop's own id, which outlives a change of address."""
    found = read((Profile,), _LOCK_BY_EMAIL, [emails.key(email)]) if email else []
    if not found and external_id:
        found = read((Profile,), _LOCK_BY_ID, [external_id])
    return _heir_of(found[0][0]) if found else None


def _heir_of(profile: Profile) -> Profile:
    if profile.merged_into_id is not None:
        # An old address, or number, of somebody whose records were merged.
        return cast(Profile, read((Profile,), _LOCK_HEIR, [profile.merged_into_id])[0][0])
    return profile


def _complete(profile: Profile, identity: Identity) -> None:
    """Fill what the profile lacks with what the door knows; what is there stays."""
    changed = []
    for name in ("first_name", "last_name"):
        value = getattr(identity, name)
        if value and not getattr(profile, name):
            setattr(profile, name, clean_name(value, param=name))
            changed.append(name)
    if identity.phone and not profile.phone:
        profile.phone = identity.phone
        changed.append("phone")
    if identity.email and not profile.email:
        # Found by the shop's id, so nobody has this address; a browser never sends both.
        profile.email = emails.clean(identity.email)
        changed += ["email", "email_key", "email_folded"]
    number = identity.external_id if not profile.external_id else ""
    if number and _is_free(number):
        profile.external_id = number
        changed.append("external_id")
    if changed:
        _derive(profile)
        profile.save(update_fields=[*changed, "search_text"])


def _is_free(number: str) -> bool:
    """Whether nobody has this shop's id; a record that only claims it gives it up."""
    holder = Profile.everyone.select_for_update(no_key=True).filter(external_id=number).first()
    if holder is None:
        return True
    if not is_claimed(profile=holder):
        return False
    holder.external_id = None
    _derive(holder)
    holder.save(update_fields=["external_id", "search_text"])
    return True


def _derive(profile: Profile) -> None:
    profile.email_key = emails.key(profile.email) if profile.email else None
    profile.email_folded = emails.folded(profile.email) if profile.email else ""
    profile.search_text = search_text(profile)
