"""`manage.py draws verify FILE`: makes a draw, or the winning moments, again from their record.

Instead of a file, `--tenant SLUG` with `--draw DRW` or `--moments WPL` names what is kept here.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kernel.errors import RicochetError
from kernel.ids import parse_public_id
from operations.mechanics.draw import checking, drawing
from operations.mechanics.draw.checking import Check
from operations.mechanics.instant_win import algorithm as moments
from operations.mechanics.instant_win import checking as moments_checking
from operations.mechanics.instant_win import record as moments_record
from operations.models import Draw, WinningPlan
from tenants.context import enter
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Checks the record of a draw or of winning moments: signature, promise, all made again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        verify = actions.add_parser("verify", help="check a record, point by point")
        verify.add_argument("file", nargs="?", type=Path, help="as it was downloaded")
        verify.add_argument("--tenant", default="", help="or a merchant's slug, and what of it")
        verify.add_argument("--draw", default="", help="a draw's id: drw_…")
        verify.add_argument("--moments", default="", help="an instant win's id: wpl_…")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            checks = _checked(self._document(options))
        except RicochetError as error:
            raise CommandError(error.message) from error
        for point in checks:
            mark = "ok  " if point.holds else "FAIL"
            self.stdout.write(f"{mark}  {point.code:<12}{point.label}")
        if not all(point.holds for point in checks):
            raise CommandError("This record does not hold.")

    def _document(self, options: dict[str, Any]) -> dict[str, Any]:
        if options["file"]:
            try:
                return checking.read(options["file"].read_bytes())
            except OSError as error:
                raise CommandError(f"This file cannot be read: {error}") from error
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        draw = parse_public_id("drw", options["draw"])
        plan = parse_public_id("wpl", options["moments"])
        if tenant is not None and draw is not None and plan is None:
            with enter(tenant):
                return _drawn(draw)
        if tenant is not None and plan is not None and draw is None:
            with enter(tenant):
                return _kept(plan)
        raise CommandError("Name a file, or a merchant with --tenant and --draw or --moments.")


def _drawn(number: UUID) -> dict[str, Any]:
    row = Draw.objects.filter(id=number, drawn_at__isnull=False).first()
    if row is None:
        raise CommandError("There is no such draw, or it has not been drawn yet.")
    return drawing.document(row)


def _kept(number: UUID) -> dict[str, Any]:
    rows = WinningPlan.objects.select_related("module__operation")
    row = rows.filter(id=number).first()
    if row is None:
        raise CommandError("There are no such winning moments.")
    return moments_record.document(row, now=timezone.now())


def _checked(document: dict[str, Any]) -> list[Check]:
    """By what the record says that it is; whatever else it may be is no record of ours."""
    record = document.get("record")
    kind = record.get("format") if isinstance(record, dict) else ""
    ours = moments_checking.check if kind == moments.FORMAT else checking.check
    return ours(document)
