"""People known to this merchant, whom they asked to forget, and files of customers brought in."""

from tenants.profiles.models.duplicates import DistinctPair
from tenants.profiles.models.erasures import ErasedAddress
from tenants.profiles.models.imports import (
    CustomerImport,
    ImportChunk,
    ImportRow,
    ImportState,
    RowAction,
)
from tenants.profiles.models.people import PURPOSES, Profile, ProfileKind

__all__ = [
    "PURPOSES",
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
