"""The lists of the console: one ModelAdmin each, to be read only."""

from console.lists import accounts, merchants, trail

__all__ = ["accounts", "merchants", "trail"]
