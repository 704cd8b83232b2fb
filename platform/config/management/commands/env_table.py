"""`manage.py env_table`: the README's table of environment variables, made from the code."""

from typing import Any

from django.core.management.base import BaseCommand

from config.env import VARIABLES


def table() -> str:
    """A Markdown table: name, what it is without, what it is for."""
    rows = ["| variable | default | what it is for |", "| --- | --- | --- |"]
    rows += [
        f"| `{v.name}` | {f'`{v.default}`' if v.default != '' else 'none'} | {v.meaning} |"
        for v in VARIABLES
    ]
    return "\n".join(rows)


class Command(BaseCommand):
    help = "Prints the table of environment variables for the README."

    def handle(self, *_: Any, **options: Any) -> None:
        self.stdout.write(table())
