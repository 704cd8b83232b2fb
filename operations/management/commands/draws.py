"""`manage.py draws verify FILE | --tenant SLUG --draw DRW`: makes a draw again from its record."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.errors import RicochetError
from kernel.ids import parse_public_id
from operations.mechanics.draw import checking, drawing
from operations.models import Draw
from tenants.context import enter
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Checks a draw's record: signature, promise, list, and the draw made again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        verify = actions.add_parser("verify", help="check a record, point by point")
        verify.add_argument("file", nargs="?", type=Path, help="as it was downloaded")
        verify.add_argument("--tenant", default="", help="or a merchant's slug, with --draw")
        verify.add_argument("--draw", default="", help="a draw's id: drw_…")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            checks = checking.check(self._document(options))
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
        number = parse_public_id("drw", options["draw"])
        if tenant is None or number is None:
            raise CommandError("Name a file, or a merchant with --tenant and a draw with --draw.")
        with enter(tenant):
            row = Draw.objects.filter(id=number, drawn_at__isnull=False).first()
            if row is None:
                raise CommandError("There is no such draw, or it has not been drawn yet.")
            return drawing.document(row)
