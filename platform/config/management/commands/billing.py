"""`manage.py billing …`: plans and grants of one merchant."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.billing_acts import ACTS
from kernel.errors import RicochetError


class Command(BaseCommand):
    help = "Plans, and what the operator grants beside them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        for act in ACTS.values():
            act.declare(actions.add_parser(act.name, help=act.help))

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            ACTS[options["action"]].run(options, self.stdout.write)
        except RicochetError as error:
            raise CommandError(f"{error} [{error.code}]") from error
