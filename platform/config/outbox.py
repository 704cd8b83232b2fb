"""Which function answers which outbox event: the one table, merged from every room's own."""

from kernel.outbox.types import Handler

HANDLERS: dict[str, Handler] = {}
