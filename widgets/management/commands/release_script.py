"""`manage.py release_script`: keeps the present script for the shops that will pin it."""

from typing import Any

from django.core.management.base import BaseCommand

from widgets.script import bundle


class Command(BaseCommand):
    help = "Write the present widget script to widgets/script/released, to be committed."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        path = bundle.release()
        self.stdout.write(f"{path.name}  {bundle.current().integrity}")
