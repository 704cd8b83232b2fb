"""The shapes of the catalogue: a named value, and a kind of email."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.features import Feature, is_on

Words = str | Promise


class Audience(StrEnum):
    """Who reads an email."""

    CUSTOMER = "customer"
    FRIEND = "friend"
    PARTICIPANT = "participant"
    TEAM = "team"
    CONTACT = "contact"  # somebody of another brand, whose address a partner gave


class Topic(StrEnum):
    """What a refusable email is about: its reader may refuse each by itself."""

    REMINDERS = "reminders"
    CAMPAIGNS = "campaigns"
    NEWS = "news"
    INVITATIONS = "invitations"


class Shape(StrEnum):
    """How the raw value of an email's context is shown."""

    TEXT = "text"
    CODE = "code"  # read letter by letter
    AMOUNT = "amount"  # cents or points; the context's "unit" says which
    DAY = "day"  # ISO 8601
    NUMBER = "number"
    FLAG = "flag"  # for conditions only
    MADE = "made"  # worked out when the email is written


@dataclass(frozen=True, slots=True)
class Value:
    """A name that texts may use. `source` is its name in the context, where that differs."""

    name: str
    label: Words
    shape: Shape = Shape.TEXT
    source: str = ""


MONEY = _("Il parle de l’argent du client : il part toujours.")
SECURITY = _("Il protège un accès : il part toujours.")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of email. Its original texts are `texts/<name>.<language>.md`.

    - `when`: the sentence that says when it leaves
    - `values`: names of `values.VALUES` beside those that every email has
    - `sample`: a believable context, as `services.queue` gets it
    - `needs`: values without which it is useless: in the body, or behind the button
    - `target`: the value to which the button leads, "" for no button
    - `marketing`: refusable by the reader, and sent at most once
    - `topic`: what its reader refuses it as; every marketing kind has one
    - `optional`: the merchant may turn it off; `always` says why not
    - `asked`: sent because its reader asks for it this moment, whatever became of earlier emails
    - `tracked`: the links of its text pass by us, and their clicks are counted
    - `editable`: the merchant may change the words
    - `module`: the module to which it belongs; while that is off it is neither shown nor sent
    - `mailing`: a reminder or a campaign: only to whom `permission.mailing_reasons` allows, and
      only while the module is on. A reminder's words are reached from its scenario.
    - `fresh`: `settings.EMAIL_FACTS` names who says again, as it leaves, what its context says
    - `held`: its campaign is paused: what waits is set aside until it goes on
    """

    name: str
    label: Words = ""
    when: Words = ""
    audience: Audience = Audience.CUSTOMER
    values: tuple[str, ...] = ()
    sample: Mapping[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    target: str = "space_url"
    marketing: bool = False
    topic: Topic | None = None
    optional: bool = False
    always: Words = MONEY
    asked: bool = False
    tracked: bool = False
    editable: bool = True
    mailing: bool = False
    module: Feature | None = None
    held: bool = False
    fresh: bool = False

    @property
    def offered(self) -> bool:
        """Whether the modules to which it belongs are on for the current merchant."""
        return not (
            (self.mailing and not is_on(Feature.CAMPAIGNS))
            or (self.module is not None and not is_on(self.module))
        )
