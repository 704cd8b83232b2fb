"""`manage.py tenants create | owner | list | suspend | resume | backup | restore | …`."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.services.invitations import check_address, invite_owner
from billing.plans import PlanKey
from billing.services.accounts import Opening
from kernel.errors import RicochetError
from tenants.management import copies, fleet
from tenants.management.noting import note
from tenants.models import Tenant
from tenants.provisioning import guards, lifecycle, services
from tenants.provisioning.dedicated import connect
from tenants.provisioning.export import export_tenant
from tenants.provisioning.fleet import WORKERS


class Command(BaseCommand):
    help = "Makes, lists, suspends, resumes, backs up, restores, deletes and migrates merchants."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="make a merchant, ready for use")
        create.add_argument("slug", help="<slug>.<platform domain> is its address")
        create.add_argument("--name", required=True)
        create.add_argument("--kind", default="", help="shown under the name")
        create.add_argument("--email", default="", help="the merchant's contact address")
        create.add_argument("--site-url", default="", help="the merchant's shop")
        create.add_argument("--currency", default="EUR")
        create.add_argument("--language", default="fr")
        create.add_argument("--timezone", default="Europe/Paris")
        create.add_argument("--plan", default=PlanKey.GROWING.value, help=", ".join(PlanKey))
        create.add_argument("--owner", default="", help="the first owner's email, who is invited")

        owner = actions.add_parser("owner", help="invite an owner, or send the invitation again")
        owner.add_argument("slug")
        owner.add_argument("email")

        listing = actions.add_parser("list", help="every merchant and its state")
        listing.add_argument("--json", action="store_true", help="for programs")

        for action, meaning in (
            ("suspend", "close a merchant's addresses; nothing is lost"),
            ("resume", "open a merchant that is suspended or waits for deletion"),
        ):
            actions.add_parser(action, help=meaning).add_argument("slug")

        delete = actions.add_parser("delete", help="export a merchant, then delete it in 30 days")
        delete.add_argument("slug")
        delete.add_argument("--yes", action="store_true", help="do not ask (for scripts)")
        delete.add_argument("--now", action="store_true", help="do not wait 30 days")
        delete.add_argument("--export", type=Path, help="where the zip goes; default: here")

        copies.add_arguments(actions)
        sweep = actions.add_parser("sweep", help="finish half-made ones, delete due ones")
        sweep.add_argument("--drop-orphans", action="store_true", help="schemas of nobody, too")
        migrate = actions.add_parser("migrate", help="bring every schema up to the code")
        migrate.add_argument("--check", action="store_true", help="only tell who is behind")
        migrate.add_argument("--workers", type=int, default=WORKERS, help="merchants at a time")
        migrate.add_argument("--skip-public", action="store_true", help="merchants' schemas only")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['action']}")(options)
        except RicochetError as error:
            raise CommandError(f"{error} [{error.code}]") from error

    def _create(self, options: dict[str, Any]) -> None:
        # Asked first: a merchant whose owner cannot be invited is not made.
        owner = check_address(options["owner"]) if options["owner"] else ""
        tenant = services.provision_tenant(
            name=options["name"],
            slug=options["slug"],
            now=timezone.now(),
            kind=options["kind"],
            contact_email=options["email"],
            site_url=options["site_url"],
            currency=options["currency"],
            language=options["language"],
            timezone=options["timezone"],
            opening=Opening(options["plan"]),
        )
        domain = tenant.domains.get(is_primary=True).domain
        self.stdout.write(f"{tenant.name} is ready at {domain} (schema {tenant.schema_name}).")
        if owner:
            self._invite(tenant, owner)

    def _owner(self, options: dict[str, Any]) -> None:
        self._invite(_tenant(options), options["email"])

    def _invite(self, tenant: Tenant, email: str) -> None:
        now = timezone.now()
        with transaction.atomic():
            link = invite_owner(email=email, tenant_id=tenant.id, now=now)
            note(act="owner_invited", tenant=tenant, now=now)
        self.stdout.write(
            f"{email} is invited as owner by email. The same link, for seven days and once:\n{link}"
        )

    def _list(self, options: dict[str, Any]) -> None:
        rows = [
            {
                "id": str(tenant.id),
                "slug": tenant.slug,
                "name": tenant.name,
                "state": tenant.state,
                "schema": tenant.schema_name,
                "domains": [domain.domain for domain in tenant.domains.all()],
                "created_at": tenant.created_at.isoformat(),
                "delete_after": tenant.delete_after and tenant.delete_after.isoformat(),
            }
            for tenant in Tenant.objects.order_by("slug").prefetch_related("domains")
        ]
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2))
            return
        for row in rows:
            self.stdout.write(
                f"{row['slug']:<40} {row['state']:<13} {row['schema']}  {row['name']}"
            )
        self.stdout.write(f"{len(rows)} merchants.")

    def _suspend(self, options: dict[str, Any]) -> None:
        tenant, now = _tenant(options), timezone.now()
        with transaction.atomic():
            lifecycle.suspend(tenant=tenant, now=now)
            note(act="suspended", tenant=tenant, now=now)
        self.stdout.write(f"{options['slug']} is suspended.")

    def _resume(self, options: dict[str, Any]) -> None:
        tenant, now = _tenant(options), timezone.now()
        with transaction.atomic():
            lifecycle.resume(tenant=tenant, now=now)
            note(act="resumed", tenant=tenant, now=now)
        self.stdout.write(f"{options['slug']} is open again.")

    def _delete(self, options: dict[str, Any]) -> None:
        tenant, now = _tenant(options), timezone.now()
        if not options["yes"]:
            self.stdout.write(f"{tenant.name}: its address closes, and its data is deleted.")
            if input(f"Type {tenant.slug} to go on: ").strip() != tenant.slug:
                raise CommandError("Nothing was changed.")
        path = options["export"] or Path(f"{tenant.slug}-{now:%Y%m%d-%H%M%S}.zip")
        if services.schema_exists(tenant.schema_name):
            # Closed first, so that nothing is written after the export was taken.
            if tenant.state in {"active", "suspended"}:
                with transaction.atomic():
                    lifecycle.schedule_deletion(tenant=tenant, now=now)
                    note(act="deleting", tenant=tenant, now=now)
            try:
                counts = export_tenant(tenant, path, now=now)
            except OSError as error:
                raise CommandError(f"The export failed, nothing was deleted: {error}") from error
            self.stdout.write(f"Exported {sum(counts.values())} rows to {path}.")
        if options["now"]:
            with transaction.atomic():
                lifecycle.delete_now(tenant=tenant, now=now)
                note(act="deleted", tenant=tenant, now=now)
            self.stdout.write(f"{tenant.slug} is deleted.")
        else:
            self.stdout.write(
                f"{tenant.slug} is closed and will be deleted in 30 days;"
                " until then, `tenants resume` calls it off."
            )

    def _sweep(self, options: dict[str, Any]) -> None:
        now = timezone.now()
        self.stdout.write(
            f"{services.sweep_half_made(now)} half-made, {lifecycle.delete_due(now)} deleted."
        )
        copies.orphans(self.stdout.write, drop=options["drop_orphans"])

    def _migrate(self, options: dict[str, Any]) -> None:
        if options["check"]:
            fleet.check(self.stdout.write)
            return
        if not options["skip_public"]:
            call_command("migrate_schemas", shared=True, verbosity=options["verbosity"])
            with connect() as own:
                guards.apply_to_public(own)
        fleet.migrate(
            self.stdout.write,
            now=timezone.now(),
            workers=max(1, options["workers"]),
            bar=self.stdout.isatty(),
        )

    def _backup(self, options: dict[str, Any]) -> None:
        copies.backup(self.stdout.write, _tenant(options), options["file"], now=timezone.now())

    def _restore(self, options: dict[str, Any]) -> None:
        copies.restore(
            self.stdout.write,
            options["file"],
            new_slug=options["new_slug"],
            yes=options["yes"],
            now=timezone.now(),
        )


def _tenant(options: dict[str, Any]) -> Tenant:
    try:
        return Tenant.objects.get(slug=options["slug"])
    except Tenant.DoesNotExist:
        raise CommandError(f"There is no merchant called {options['slug']!r}.") from None
