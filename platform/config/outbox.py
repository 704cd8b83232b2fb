"""Which function answers which outbox event: the one table, merged from every room's own."""

from accounts.outbox import HANDLERS as ACCOUNTS
from billing.outbox import HANDLERS as BILLING
from kernel.jobs.outbox import HANDLERS as JOBS
from kernel.outbox.types import Handler
from operations.outbox import HANDLERS as OPERATIONS
from operations.sharing.handlers import HANDLERS as SHARING
from partnerships.outbox import HANDLERS as PARTNERSHIPS
from signup.outbox import HANDLERS as SIGNUP
from tenants.messaging.outbox import HANDLERS as MESSAGING
from tenants.programme.outbox import HANDLERS as PROGRAMME
from widgets.space.outbox import HANDLERS as SPACE

HANDLERS: dict[str, Handler] = {
    **ACCOUNTS,
    **SIGNUP,
    **BILLING,
    **JOBS,
    **MESSAGING,
    **PROGRAMME,
    **PARTNERSHIPS,
    **OPERATIONS,
    **SHARING,
    **SPACE,
}
