"""The team at Maison Lumen: Claire may change things, Louis may only look."""

from tests.pages.conftest import claire, fast_passwords, louis

__all__ = ["claire", "fast_passwords", "louis"]
