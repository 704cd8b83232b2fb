"""`manage.py release_script`: keeps the present scripts under their addresses."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from widgets.display import bundle as display
from widgets.models import WidgetKind
from widgets.script import bundle
from widgets.script.bundle import Bundle
from widgets.shown import bundle as shown


def present() -> list[tuple[str, Bundle]]:
    """Every script that other people's pages pin, as this version ships it, by its name."""
    kinds = [(kind.value, shown.current(kind)) for kind in WidgetKind]
    return [(bundle.NAME, bundle.current()), (display.NAME, display.current()), *kinds]


class Command(BaseCommand):
    help = "Write the present scripts to widgets/released, to be committed (make scripts)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing, and fail while one is missing"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        missing = [
            bundle.file_of(name, packed).name
            for name, packed in present()
            if bundle.released(name, packed.digest) != packed
        ]
        if options["check"]:
            if missing:
                raise CommandError(
                    f"Not in widgets/released: {', '.join(missing)}. Run `make scripts` and commit"
                    " what it writes: without it the next version breaks pages that pin this one."
                )
            return
        for name, packed in present():
            path = bundle.keep(name, packed)
            self.stdout.write(f"{path.name}  {packed.integrity}")
