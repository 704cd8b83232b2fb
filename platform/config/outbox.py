"""Which function answers which outbox event: the one table, merged from every room's own."""

from accounts.outbox import HANDLERS as ACCOUNTS
from kernel.outbox.types import Handler

HANDLERS: dict[str, Handler] = {**ACCOUNTS}
