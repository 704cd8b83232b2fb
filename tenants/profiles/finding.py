"""Looking for the person whom an identity names, without making one."""

from tenants.profiles import emails
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity, NoIdentityError


def find(*, identity: Identity, lock: bool = False) -> Profile | None:
    """The profile that `find_or_create` would find, or None; locked where that is asked.

    An address or a number of a record that was merged leads to the one that stays.
    Raises NoIdentityError, InvalidEmailError.
    """
    email = emails.clean(identity.email) if identity.email.strip() else ""
    if not email and not identity.external_id:
        raise NoIdentityError(param="customer.email")
    everyone = Profile.everyone
    rows = everyone.select_for_update(no_key=True) if lock else everyone.all()
    found = rows.filter(email_key=emails.key(email)).first() if email else None
    if found is None and identity.external_id:
        found = rows.filter(external_id=identity.external_id).first()
    if found is not None and found.merged_into_id is not None:
        return rows.get(id=found.merged_into_id)
    return found
