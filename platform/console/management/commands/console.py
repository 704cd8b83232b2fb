"""`manage.py console operator EMAIL [--remove]`: who may open the operator's console."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from accounts.models import User
from console.services import operators
from kernel.errors import RicochetError


class Command(BaseCommand):
    help = "Lets a person open the operator's console, or no more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        operator = actions.add_parser("operator", help="let a person in, with a one-time link")
        operator.add_argument("email")
        operator.add_argument("--remove", action="store_true", help="take the right away")
        actions.add_parser("operators", help="who may open the console")

    def handle(self, *_: Any, **options: Any) -> None:
        connection.set_schema_to_public()  # type: ignore[attr-defined]
        try:
            getattr(self, f"_{options['action']}")(options)
        except RicochetError as error:
            raise CommandError(f"{error} [{error.code}]") from error

    def _operator(self, options: dict[str, Any]) -> None:
        email, now = options["email"], timezone.now()
        if options["remove"]:
            operators.remove_operator(email=email, now=now)
            self.stdout.write(f"{email} opens the console no more; its sessions there have ended.")
            return
        link = operators.add_operator(email=email, now=now)
        self.stdout.write(
            f"{email} may open the console. For a day and once, this link sets a password and a"
            f" second factor; a former one counts no more:\n{link}"
        )

    def _operators(self, _: dict[str, Any]) -> None:
        for user in User.objects.filter(is_staff=True).order_by("email"):
            self.stdout.write(user.email if user.is_active else f"{user.email} (inactive)")
