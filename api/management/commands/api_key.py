"""`manage.py api_key create --tenant <slug> --name … --scopes orders:write,orders:read`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from api.models import Mode
from api.scopes import SCOPES
from api.services import create_key
from kernel.errors import RicochetError
from tenants.context import enter
from tenants.management.noting import note
from tenants.models import Tenant, TenantState


class Command(BaseCommand):
    help = "Makes a secret key for a merchant and prints it once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="make a key; it is printed once")
        create.add_argument("--tenant", required=True, help="the merchant's slug")
        create.add_argument("--name", required=True, help="what the key is for")
        create.add_argument(
            "--scopes",
            nargs="+",
            default=sorted(SCOPES),
            help=f"from {', '.join(sorted(SCOPES))}; default: all",
        )
        create.add_argument("--mode", choices=Mode.values, default=Mode.LIVE.value)

    def handle(self, *_: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"], state=TenantState.ACTIVE).first()
        if tenant is None:
            raise CommandError(f"there is no active merchant {options['tenant']!r}")
        now = timezone.now()
        scopes = [scope for text in options["scopes"] for scope in text.split(",") if scope]
        try:
            with enter(tenant), transaction.atomic():
                row, secret = create_key(
                    name=options["name"], scopes=scopes, mode=options["mode"], now=now
                )
                note(act="key_made", tenant=tenant, about=row.public_id, now=now)
        except RicochetError as error:
            raise CommandError(f"{error} [{error.code}]") from error
        self.stdout.write(secret)
