"""`billing plan | grant | withdraw | show`: what the operator gives one merchant."""

from argparse import ArgumentParser
from datetime import datetime, time, timedelta
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import is_naive, make_aware

from billing.allowing import entitlements
from billing.models import Account, Grant
from billing.plans import Allowed, Limit, PlanKey
from billing.services import accounts, grants
from config.billing_acts.shape import Act, Say, tenant_of
from kernel.ids import parse_public_id
from tenants.models import Tenant

NO_LIMIT = "none"


def _plan_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("slug")
    parser.add_argument("plan", help=", ".join(PlanKey))


def _plan(options: dict[str, Any], say: Say) -> None:
    tenant = tenant_of(options)
    account = accounts.set_plan(tenant_id=tenant.id, plan=options["plan"], now=timezone.now())
    say(f"{tenant.slug} has the plan {account.plan}, unpaid and without end.")


def _grant_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("slug")
    parser.add_argument("kind", choices=["feature", "limit"])
    parser.add_argument("name", help=f"{', '.join(Allowed)}; or {', '.join(Limit)}")
    parser.add_argument("value", nargs="?", help=f"of a limit: a number, or “{NO_LIMIT}”")
    parser.add_argument("--reason", default="", help="why; the operator's page shows it")
    parser.add_argument("--until", default="", help="2026-12-31 (its end), or a moment; else open")


def _grant(options: dict[str, Any], say: Say) -> None:
    tenant, now = tenant_of(options), timezone.now()
    ends_at = _moment(options["until"], tenant)
    common: dict[str, Any] = {
        "tenant_id": tenant.id, "reason": options["reason"], "ends_at": ends_at, "now": now
    }  # fmt: skip
    if options["kind"] == "feature":
        if options["value"] is not None:
            raise CommandError("A feature has no value.")
        made = grants.grant_feature(feature=options["name"], **common)
    else:
        value = _value(options["value"])
        made = grants.grant_limit(limit=options["name"], value=value, **common)
    say(f"{made.public_id}: {_words(made)}.")
    if not Account.objects.filter(tenant_id=tenant.id).exists():
        say(f"{tenant.slug} has no account: it may use everything, with or without this.")


def _withdraw_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("grant", help="grt_…, as `billing show` lists it")


def _withdraw(options: dict[str, Any], say: Say) -> None:
    number = parse_public_id("grt", options["grant"])
    if number is None:
        raise CommandError(f"{options['grant']!r} is no grant: expected something like grt_….")
    row = grants.withdraw(grant_id=number, now=timezone.now())
    say(f"{row.public_id} is withdrawn.")


def _show_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("slug")


def _show(options: dict[str, Any], say: Say) -> None:
    tenant, now = tenant_of(options), timezone.now()
    found = entitlements(tenant_id=tenant.id, now=now)
    if found is None:
        say(f"{tenant.slug} has no account: it may use everything.")
    else:
        account = Account.objects.get(tenant_id=tenant.id)
        frozen = ", frozen" if found.frozen else ""
        until = f", until {found.until:%Y-%m-%d %H:%M %Z}" if found.until else ""
        say(f"{tenant.slug}: {found.plan}, {account.state}{frozen}{until}")
        say(f"  features: {', '.join(sorted(found.features)) or 'none'}")
        for limit, value in found.limits.items():
            say(f"  {limit}: {'no limit' if value is None else value}")
    for row in grants.in_force(tenant_id=tenant.id, now=now):
        say(f"  {row.public_id}: {_words(row)}: {row.reason}")


def _words(row: Grant) -> str:
    given = row.feature or f"{row.limit} {NO_LIMIT if row.value is None else row.value}"
    return f"{given} until {row.ends_at:%Y-%m-%d %H:%M %Z}" if row.ends_at else f"{given}, open"


def _value(text: str | None) -> int | None:
    if text == NO_LIMIT:
        return None
    if text is None or not text.isascii() or not text.isdecimal():
        raise CommandError(f"Give the limit's value: a number, or {NO_LIMIT!r}.")
    return int(text)


def _moment(text: str, tenant: Tenant) -> datetime | None:
    """A day lasts until its end, on the merchant's own clock."""
    if not text:
        return None
    try:
        day = parse_date(text)
        if day is not None:
            following = datetime.combine(day, time()) + timedelta(days=1)
            return make_aware(following, tenant.zone)
        moment = parse_datetime(text)
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        raise CommandError(f"{text!r} is no day or moment: expected something like 2026-12-31.")
    return make_aware(moment, tenant.zone) if is_naive(moment) else moment


ACTS = (
    Act("plan", "give a merchant a plan, unpaid and without end", _plan_arguments, _plan),
    Act("grant", "give one feature, or more of one limit", _grant_arguments, _grant),
    Act("withdraw", "take a grant back", _withdraw_arguments, _withdraw),
    Act("show", "what a merchant may use, and its grants", _show_arguments, _show),
)
