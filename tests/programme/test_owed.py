"""What cagnottes hold: the month's sheet and the accountant's file say what the ledger says."""

import csv
import io
import random
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from kernel.errors import RicochetError
from kernel.ledger import movements as books
from kernel.ledger import selectors, services
from kernel.ledger.models import Account, AccountKind
from tenants.programme import ledger_file, owed
from tenants.programme.book_accounts import DEFAULTS, BookAccount, Books
from tests.fixtures.effort import effort

PARIS = ZoneInfo("Europe/Paris")
START = datetime(2026, 1, 10, 12, tzinfo=UTC)


def common(owner, key, now, reason="test"):
    return {
        "owner_id": owner,
        "unit": "EUR",
        "reason": reason,
        "source": "test:1",
        "key": key,
        "now": now,
    }


def random_history(seed: int) -> datetime:
    """Everything that can happen to wallets, over some months; the last moment."""
    rng = random.Random(seed)
    owners = [uuid.UUID(int=rng.getrandbits(128), version=4) for _ in range(4)]
    credits, spendings, now = [], [], START
    for step in range(60):
        now += timedelta(hours=rng.randint(1, 120))
        base = common(rng.choice(owners), f"{seed}:{step}", now)
        act = rng.choice(["issue", "issue", "adjust", "spend", "reverse", "cancel", "expire"])
        try:
            if act == "issue":
                expires = now + timedelta(days=rng.randint(5, 60)) if rng.random() < 0.5 else None
                amount = rng.randint(1, 900)
                credits.append(services.issue(amount=amount, expires_at=expires, **base))
            elif act == "adjust":
                services.issue(amount=rng.randint(1, 99), origin=AccountKind.ADJUSTED, **base)
            elif act == "spend":
                spendings.append(services.redeem(amount=rng.randint(1, 500), **base))
            elif act in ("reverse", "cancel") and (credits if act == "reverse" else spendings):
                target = rng.choice(credits if act == "reverse" else spendings)
                services.reverse(
                    transfer_id=target.id,
                    amount=rng.randint(1, target.amount),
                    **{k: v for k, v in base.items() if k not in ("owner_id", "unit")},
                )
            else:
                for lot in selectors.expired_lots(now=now, limit=10):
                    services.expire_lot(lot_id=lot, now=now)
        except RicochetError:
            continue  # too little in the wallet, or reversed beyond what is left
    return now


def test_every_months_sheet_leads_from_its_opening_to_its_closing(merchant):
    """B17: the total and the lines that add up to it, to the cent, for random histories."""
    for seed in range(effort(short=4, soak=60)):
        print("seed", seed)  # noqa: T201
        last = random_history(seed)
    month, closing = date(2026, 1, 1), 0
    while month <= last.date():
        sheet = owed.sheet(unit="EUR", month=month, zone=PARIS)
        assert sheet.opening == closing
        parts = (
            sheet.issued,
            sheet.taken_back,
            sheet.used,
            sheet.given_back,
            sheet.expired,
            sheet.corrected,
        )
        assert sheet.opening + sum(parts) == sheet.closing
        closing = sheet.closing
        month = (month + timedelta(days=32)).replace(day=1)
    posted = sum(Account.objects.filter(kind="wallet").values_list("posted", flat=True))
    held, debt = books.held_and_owed(unit="EUR")
    assert closing == posted == held - debt
    assert sum(part.amount for part in books.by_expiry(unit="EUR", zone=PARIS)) == held


def file_of(unit: str, month: date, books: Books | None = None) -> str:
    return ledger_file.as_csv(
        moved=owed.month_movements(unit=unit, month=month, zone=PARIS),
        unit=unit,
        opening=owed.opening(unit=unit, month=month, zone=PARIS),
        books=books or Books(),
        currency="EUR",
    )


def entries(month: date) -> list[dict[str, str]]:
    text = file_of("EUR", month)
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def cents(text: str) -> int:
    return round(float(text.replace(",", ".")) * 100)


def test_the_accountants_file_balances_and_ends_at_the_sheets_closing(merchant):
    random_history(7)
    month = date(2026, 2, 1)
    rows = entries(month)
    assert rows and tuple(rows[0]) == ledger_file.COLUMNS
    debit, credit = (sum(cents(row[side]) for row in rows) for side in ("Debit", "Credit"))
    assert debit == credit > 0
    liability = [row for row in rows if row["CompteNum"] == "419800"]
    grown = sum(cents(row["Credit"]) - cents(row["Debit"]) for row in liability)
    sheet = owed.sheet(unit="EUR", month=month, zone=PARIS)
    assert grown == sheet.closing - sheet.opening
    assert rows == entries(month)  # the same month, the same file


def test_a_month_begins_at_the_merchants_midnight(merchant):
    """R11: half past midnight on 1 March in Paris is still February in London."""
    owner = uuid.uuid4()
    services.issue(amount=500, **common(owner, "k", datetime(2026, 2, 28, 23, 30, tzinfo=UTC)))
    assert owed.sheet(unit="EUR", month=date(2026, 2, 1), zone=PARIS).issued == 0
    assert owed.sheet(unit="EUR", month=date(2026, 3, 1), zone=PARIS).issued == 500


def test_points_are_booked_at_their_worth_to_the_cent(merchant):
    """Whatever a point is worth, months add up to what the balance is worth: nothing is lost in
    rounding, and no line is of nothing."""
    books = Books(point_value=Decimal("0.3"))
    owner, held = uuid.uuid4(), 0
    for number in range(7):
        base = common(owner, f"p:{number}", START + timedelta(days=number)) | {"unit": "PTS"}
        services.issue(amount=5 if number else 1, **base)
        held += 5 if number else 1
    spent = common(owner, "s", START + timedelta(days=30)) | {"unit": "PTS"}
    services.redeem(amount=4, **spent)
    balance = 0
    for month in (date(2026, 1, 1), date(2026, 2, 1)):
        text = file_of("PTS", month, books).removeprefix("\ufeff")
        rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
        assert all(cents(row["Debit"]) + cents(row["Credit"]) > 0 for row in rows)
        assert sum(cents(row["Debit"]) - cents(row["Credit"]) for row in rows) == 0
        liability = [row for row in rows if row["CompteNum"] == "419800"]
        balance += sum(cents(row["Credit"]) - cents(row["Debit"]) for row in liability)
        closing = owed.sheet(unit="PTS", month=month, zone=PARIS).closing
        assert balance == ledger_file.worth(closing, "PTS", books)
        assert "points" in rows[-1]["EcritureLib"]
    assert balance == round((held - 4) * 0.3)


def test_money_has_its_comma_and_no_second_currency(merchant):
    services.issue(amount=1205, **common(uuid.uuid4(), "e", START))
    text = file_of("EUR", date(2026, 1, 1))
    assert ";12,05;" in text and text.endswith(";;\r\n")


def test_no_account_becomes_a_formula(merchant):
    """R39."""
    services.issue(amount=1205, **common(uuid.uuid4(), "e", START))
    evil = BookAccount("411000", '=cmd|" /C calc"!A0')
    books = Books(accounts={**DEFAULTS, AccountKind.ISSUED: evil})
    row = next(csv.reader(file_of("EUR", date(2026, 1, 1), books).splitlines()[1:], delimiter=";"))
    assert row[5].startswith("'=")


@pytest.mark.parametrize("used", [0, 30])
def test_the_expected_use_says_whether_it_is_known(merchant, used):
    owner = uuid.uuid4()
    services.issue(amount=10_000, **common(owner, "start", START))
    for number in range(used):
        services.redeem(amount=100, **common(owner, f"use:{number}", START))
    lost = services.issue(
        amount=1000, expires_at=START + timedelta(days=1), **common(owner, "lost", START)
    )
    services.expire_lot(lot_id=lost.id, now=START + timedelta(days=2))
    state = owed.owed(unit="EUR", now=START + timedelta(days=3), zone=PARIS)
    assert state.share_is_known == bool(used)
    assert state.share == (0.75 if used else owed.ASSUMED_SHARE)
    assert state.expected == round(state.held * state.share)
