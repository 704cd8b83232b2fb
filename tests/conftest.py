"""Fixtures for all tests; each group has its file in tests/fixtures/."""

from tests.fixtures.browser import *  # noqa: F403
from tests.fixtures.double import double  # noqa: F401
from tests.fixtures.effort import rng  # noqa: F401
from tests.fixtures.language import *  # noqa: F403
from tests.fixtures.mail import *  # noqa: F403
from tests.fixtures.offices import offices  # noqa: F401
from tests.fixtures.stack import *  # noqa: F403
from tests.fixtures.tenants import *  # noqa: F403
