"""People known to this merchant, what they agreed to, whom to forget, files of customers."""

from tenants.profiles.models.consents import (
    Consent,
    ConsentEvent,
    ConsentEventKind,
    ConsentPurpose,
)
from tenants.profiles.models.duplicates import DistinctPair
from tenants.profiles.models.erasures import ErasedAddress
from tenants.profiles.models.imports import (
    CustomerImport,
    ImportChunk,
    ImportRow,
    ImportState,
    RowAction,
)
from tenants.profiles.models.people import PURPOSES, TELLING, Profile, ProfileKind

__all__ = [
    "PURPOSES",
    "TELLING",
    "Consent",
    "ConsentEvent",
    "ConsentEventKind",
    "ConsentPurpose",
    "CustomerImport",
    "DistinctPair",
    "ErasedAddress",
    "ImportChunk",
    "ImportRow",
    "ImportState",
    "Profile",
    "ProfileKind",
    "RowAction",
]
