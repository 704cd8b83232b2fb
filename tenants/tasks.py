"""Celery tasks that belong to one tenant, and refuse to run anywhere else (R20)."""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from celery import Task, shared_task
from celery.exceptions import Reject

from tenants.context import UnknownTenantError, enter_by_id
from tenants.database.current import this_connection

logger = logging.getLogger(__name__)

if TYPE_CHECKING:
    AnyTask = Task[Any, Any]
else:
    AnyTask = Task  # generic for the type checker only


class TenantTask(AnyTask):
    """Runs inside the tenant whose id is the first argument, never in public.

    An id that is missing, unknown, or of a tenant that is suspended, being deleted or deleted
    rejects the message for good: it is not tried again, and nothing of it runs.
    """

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # A worker's thread may still stand where its last task left it.
        this_connection().set_schema_to_public()
        tenant_id = args[0] if args else kwargs.get("tenant_id")
        with ExitStack() as stack:
            try:
                stack.enter_context(enter_by_id(tenant_id or ""))
            except UnknownTenantError:
                logger.warning("task %s rejected: no active tenant %s", self.name, tenant_id)
                raise Reject(f"no active tenant {tenant_id}", requeue=False) from None
            return super().__call__(*args, **kwargs)


def tenant_task(**options: Any) -> Callable[[Callable[..., Any]], AnyTask]:
    """Declare a task whose first parameter is `tenant_id`: `@tenant_task(name="…")`.

    Takes Celery's own options. Call it as `task.delay(str(tenant.id), …)`; inside it
    `current_tenant()` answers, and every query is in that tenant's schema.
    """

    def declare(function: Callable[..., Any]) -> AnyTask:
        parameters = function.__code__.co_varnames[: function.__code__.co_argcount]
        first = 1 if options.get("bind") else 0
        if parameters[first : first + 1] != ("tenant_id",):
            raise TypeError(f"the first parameter of {function.__name__} must be tenant_id")
        task: AnyTask = shared_task(base=TenantTask, **options)(function)  # type: ignore[no-untyped-call]
        return task

    return declare
