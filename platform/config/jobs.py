"""Which function does the next step of which kind of work: the one table of every room's own."""

from kernel.jobs.types import Step

KINDS: dict[str, Step] = {}
