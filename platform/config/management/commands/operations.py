"""`manage.py operations reconcile [--tenant slug] [--mend]`: do both sides of each share agree?"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from operations.models import Operation, OperationState
from operations.sharing import reconciling, recounting
from operations.sharing.reconciling import Finding
from tenants.context import enter
from tenants.due import active_tenants


class Command(BaseCommand):
    help = "Compares what merchants shared with what their partners received, and mends it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["reconcile"])
        parser.add_argument("--tenant", help="one merchant's slug; default: all of them")
        parser.add_argument("--mend", action="store_true", help="put right what does not agree")

    def handle(self, *_: Any, **options: Any) -> None:
        connection.set_schema_to_public()  # type: ignore[attr-defined]
        tenants = [t for t in active_tenants() if options["tenant"] in (None, t.slug)]
        if options["tenant"] is not None and not tenants:
            raise CommandError(
                f"there is no active merchant '{options['tenant']}'; see `manage.py tenants list`"
            )
        wrong = 0
        for tenant in tenants:
            with enter(tenant):
                wrong += self._merchant(tenant.slug, mend=options["mend"])
        if wrong:
            raise CommandError(f"{wrong} things do not agree")

    def _merchant(self, slug: str, *, mend: bool) -> int:
        counted = self._recount(slug, mend=mend)
        findings = reconciling.compare(now=timezone.now())
        for finding in findings:
            self._tell(slug, finding)
        off = [finding for finding in findings if finding.wrong]
        if not off or not mend:
            return counted + sum(finding.wrong for finding in off)
        for finding in off:
            reconciling.mend(finding=finding, now=timezone.now())
        left = [f for f in reconciling.compare(now=timezone.now()) if f.wrong]
        for finding in off:
            if all(other.operation != finding.operation for other in left):
                self.stdout.write(f"{_name(slug, finding)}: mended")
        return sum(finding.wrong for finding in left)

    def _recount(self, slug: str, *, mend: bool) -> int:
        """People who were two records and are one; returns what stays wrong."""
        left = 0
        for operation in Operation.objects.exclude(state=OperationState.DRAFT).order_by("id"):
            wrong = recounting.recount(operation=operation, mend=mend)
            if wrong:
                done = "mended" if mend else "WRONG"
                self.stdout.write(f"{slug}, {operation.slug}: {wrong} people counted twice, {done}")
            left += 0 if mend else wrong
        return left

    def _tell(self, slug: str, finding: Finding) -> None:
        said = f"{finding.agree} agree" if not finding.wrong else f"{finding.wrong} WRONG"
        self.stdout.write(f"{_name(slug, finding)}: {said}")
        for sentence in finding.sentences():
            self.stdout.write(f"  {sentence}")


def _name(slug: str, finding: Finding) -> str:
    minor = finding.partnership.minor
    return f"{slug} × {minor.slug if minor else '?'}, {finding.operation.slug}"
