"""What a form carries so that only a page of ours, read by a person, can send it.

Signed by the platform: when the page was made, a key that makes sending it twice one sign-up, and
the version of the terms that it showed.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.utils.translation import gettext_lazy as _

from kernel.errors import InvalidInputError

SALT = "signup.form"
# Nobody reads and fills the form sooner; a program that waits is slowed and counted.
SOONEST = timedelta(seconds=2)
LONGEST = timedelta(days=1)


class UnsealedError(InvalidInputError):
    """The form does not come from a page of ours, or from one that is too old."""

    code = "form_over"
    words = _("Cette page était ouverte depuis longtemps. Vérifiez vos réponses et envoyez.")


class TooSoonError(InvalidInputError):
    """The form came sooner than anybody types."""

    code = "too_soon"
    words = _("Votre envoi est parti très vite. Vérifiez vos réponses et envoyez de nouveau.")


@dataclass(frozen=True, slots=True)
class Sealed:
    """One page of the form that was shown."""

    key: uuid.UUID
    made_at: int
    terms: str


def seal(*, terms: str, now: datetime) -> str:
    """The hidden field's value for a page that is made now, with a key of its own."""
    content = [uuid.uuid4().hex, int(now.timestamp()), terms]
    return signing.dumps(content, salt=SALT, compress=True)


def opened(value: str, *, now: datetime) -> Sealed:
    """What `seal` said. Raises UnsealedError or TooSoonError."""
    try:
        key, made_at, terms = signing.loads(value, salt=SALT)
    except signing.BadSignature as error:
        raise UnsealedError from error
    age = now.timestamp() - made_at
    if not 0 <= age + 1 <= LONGEST.total_seconds():
        raise UnsealedError
    if age < SOONEST.total_seconds():
        raise TooSoonError
    return Sealed(uuid.UUID(hex=key), made_at, terms)
