"""Every kind of email there is, and where kinds that merchants make themselves come from.

Marketing goes out at most once, and never to somebody who unsubscribed. What tells a customer
about their own money or opens their own space goes out whatever they chose, at least once.

A kind named `campaign:<id>` or `scenario:<id>:<step>` belongs to the provider of that prefix
(`settings.EMAIL_KIND_PROVIDERS`, dotted paths): it says what the kind is and gives its text.
"""

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from tenants.messaging.catalogue.customers import CUSTOMERS
from tenants.messaging.catalogue.friends import FRIENDS
from tenants.messaging.catalogue.operations import OPERATIONS
from tenants.messaging.catalogue.partners import PARTNERS
from tenants.messaging.catalogue.reminders import REMINDERS
from tenants.messaging.catalogue.shapes import Audience, Kind, Topic
from tenants.messaging.catalogue.team import TEAM
from tenants.messaging.writing.texts import Text

__all__ = ["KINDS", "Audience", "Kind", "Provider", "Topic", "kind_of", "provider_of"]

_ALL = (*FRIENDS, *CUSTOMERS, *OPERATIONS, *TEAM, *PARTNERS, *REMINDERS)
KINDS: dict[str, Kind] = {kind.name: kind for kind in _ALL}


class Provider(Protocol):
    """Where kinds of one prefix come from. Both are asked in the tenant's schema."""

    def kind(self, name: str) -> Kind | None:
        """The kind of this full name, or None where there is none any more."""

    def text(self, name: str, language: str) -> Text | None:
        """Its words in this language, or None."""


def kind_of(name: str) -> Kind | None:
    """The kind of this name, built in or made by a merchant; None for any other."""
    if name in KINDS:
        return KINDS[name]
    provider = provider_of(name)
    return provider.kind(name) if provider is not None else None


def provider_of(name: str) -> Provider | None:
    """Who knows a kind with a prefix."""
    prefix, colon, _rest = name.partition(":")
    path = settings.EMAIL_KIND_PROVIDERS.get(prefix) if colon else None
    if path is None:
        return None
    provider: Provider = import_string(path)
    return provider
