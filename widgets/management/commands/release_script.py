"""`manage.py release_script`: keeps the present scripts under their addresses."""

from typing import Any

from django.core.management.base import BaseCommand

from widgets.display import bundle as display
from widgets.script import bundle
from widgets.shown import bundle as shown


class Command(BaseCommand):
    help = "Write the present scripts to widgets/*/released, to be committed."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        path = bundle.release()
        self.stdout.write(f"{path.name}  {bundle.current().integrity}")
        for path in (*shown.release(), display.release()):
            self.stdout.write(path.name)
