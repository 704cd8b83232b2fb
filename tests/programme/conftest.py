"""A programme in force, and a named cast: Camille refers, Thomas is referred."""

from tests.fixtures.programme import *  # noqa: F403
