"""A person's own data, on their request: one file of all of it, and its erasure.

What erasure leaves behind names nobody: facts, referrals and the books stay whole, for the
merchant owes their accounts. A keyed hash of the address stays too, so that nobody adds the person
again by mistake (D4).
"""

import csv
import io
import json
import uuid
import zipfile
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q, QuerySet

from kernel.db import atomic_with_retry
from kernel.ledger import selectors as ledger
from kernel.ledger.models import Account, AccountKind
from shell.table_export import guarded
from tenants.messaging import personal as letters
from tenants.messaging import unsubscribing
from tenants.profiles import emails
from tenants.profiles.forgetting import note_erased
from tenants.profiles.importing.storing import forget_person
from tenants.profiles.models import Profile
from tenants.profiles.personal import End, Personal, declared
from tenants.profiles.services import UnknownProfileError
from tenants.programme import decisions, notices
from tenants.programme.decisions import Code
from tenants.referrals import personal as invitations
from tenants.referrals.models import Invitation, Referral


@atomic_with_retry
def erase(
    *,
    profile_id: uuid.UUID,
    author_id: uuid.UUID | None,
    now: datetime,
    end: End = End.WISH,
    remember: bool = True,
) -> Profile:
    """Blank every personal field about somebody, for good; once more changes nothing.

    What they hold stays in the books, but nobody can spend it any more. A keyed hash keeps them
    from being added again by an old file, unless `remember` is False. A wish reaches the partners
    whom they said yes to; where only their time here is over, those go by their own clocks.
    """
    profile = Profile.everyone.select_for_update().filter(id=profile_id).first()
    if profile is None or profile.merged_into_id is not None:
        raise UnknownProfileError
    if profile.erased_at is not None:
        return profile
    records = list(Profile.everyone.filter(Q(id=profile.id) | Q(merged_into=profile)))
    ids = [record.id for record in records]
    for record in records:
        if record.email:
            if remember:
                note_erased(address=record.email, now=now)
                unsubscribing.note(address=record.email, now=now)
            letters.forget_address(address=record.email)
            invitations.forget_address(key=emails.key(record.email))
        letters.forget_name(name=record.first_name, readers=_friends(ids))
        forget_person(profile_id=record.id, email_key=record.email_key)
    # What was written to their friends names them, and holds addresses that only they gave.
    invited = Invitation.objects.filter(referrer_id__in=ids)
    notices.invitations_forgotten(ids=list(invited.values_list("id", flat=True)))
    for table in declared():
        _blank(table, ids, now, end)
    Profile.everyone.filter(id__in=ids).update(
        erased_at=now,
        forgotten_by_time=end == End.TIME,
        unsubscribed_at=now,
        erasure_asked_at=None,
    )
    decisions.note(code=Code.ERASED, now=now, profile=profile, author_id=author_id)
    profile.refresh_from_db()
    return profile


def _friends(ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Whom they brought, and who brought them: they were written to about them."""
    pairs = Referral.objects.filter(Q(referrer__in=ids) | Q(referee__in=ids))
    people = {number for pair in pairs.values_list("referrer", "referee") for number in pair}
    return {number for number in people - set(ids) if number is not None}


@atomic_with_retry
def ask(*, profile: Profile, now: datetime) -> None:
    """Somebody asks in their space to be forgotten; the first time counts."""
    waiting = Profile.objects.filter(id=profile.id, erasure_asked_at=None, erased_at=None)
    waiting.update(erasure_asked_at=now)


def asked() -> QuerySet[Profile]:
    """Who asked to be forgotten and is still known, the longest waiting first."""
    rows = Profile.objects.filter(erasure_asked_at__isnull=False, erased_at=None)
    return rows.order_by("erasure_asked_at", "id")


def _blank(table: Personal, ids: Collection[uuid.UUID], now: datetime, end: End) -> None:
    if table.erase is not None:
        table.erase(ids, now, end)
    if table.forget:
        table.rows(ids).delete()
    elif table.blank:
        table.rows(ids).update(**table.blank)


def person_file(
    *, profile: Profile, now: datetime, without: Collection[str] = frozenset()
) -> bytes:
    """A zip of all that is known of somebody: each table as CSV, and all of it as one JSON.

    `without` leaves columns of these names out.
    """
    ids = list(
        Profile.everyone.filter(Q(id=profile.id) | Q(merged_into=profile)).values_list(
            "id", flat=True
        )
    )
    tables = {table.name: _rows(table, ids, without) for table in declared()}
    tables["cagnotte"] = _wallet_lines(profile)
    return packed({"exported_at": now, "customer": profile.public_id}, tables)


def packed(said: dict[str, Any], tables: dict[str, list[dict[str, Any]]]) -> bytes:
    """A zip: `said` and all tables as one JSON, and each table that has rows as CSV."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        whole = json.dumps({**said, **tables}, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        file.writestr("donnees.json", whole)
        for name, rows in tables.items():
            if rows:
                file.writestr(f"{name}.csv", _csv(rows))
    return buffer.getvalue()


def _rows(
    table: Personal, ids: Collection[uuid.UUID], without: Collection[str]
) -> list[dict[str, Any]]:
    hidden = {*table.withheld, *without}
    names = [f.attname for f in table.model._meta.concrete_fields if f.name not in hidden]
    rows = list(table.rows(ids).order_by("pk").values(*names))
    return [table.redact(row) for row in rows] if table.redact is not None else rows


def _wallet_lines(profile: Profile) -> list[dict[str, Any]]:
    units = Account.objects.filter(kind=AccountKind.WALLET, owner_id=profile.id)
    return [
        {
            "at": line.transfer.created_at,
            "reason": line.transfer.reason,
            "amount": line.amount,
            "balance": line.balance,
            "unit": unit,
        }
        for unit in units.values_list("unit", flat=True)
        for line in ledger.history(owner_id=profile.id, unit=unit)
    ]


def _csv(rows: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(rows[0])
    for row in rows:
        writer.writerow(
            [
                guarded(json.dumps(v, ensure_ascii=False) if isinstance(v, dict | list) else str(v))
                if v is not None
                else ""
                for v in row.values()
            ]
        )
    return out.getvalue()
