"""The shape of one act of `manage.py billing`."""

from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.management.base import CommandError

from tenants.models import Tenant

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Act:
    """`declare` names the arguments; `run` does it, and tells through `say`."""

    name: str
    help: str
    declare: Callable[[ArgumentParser], None]
    run: Callable[[dict[str, Any], Say], None]


def tenant_of(options: dict[str, Any]) -> Tenant:
    """The merchant that the argument `slug` names; CommandError where there is none."""
    try:
        return Tenant.objects.get(slug=options["slug"])
    except Tenant.DoesNotExist:
        raise CommandError(f"There is no merchant called {options['slug']!r}.") from None
