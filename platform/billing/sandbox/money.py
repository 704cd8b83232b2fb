"""Periods, shares of them, and tax: whole cents, rounded half up as Stripe does."""

from calendar import monthrange
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

from billing.sandbox.store import Json, Store

VAT_PERCENT = 20
DAY = 86_400


def after(start: int, *, interval: str, count: int = 1, anchor: int | None = None) -> int:
    """The end of a period that begins at `start`; a 31st becomes the last day of short months."""
    if interval in ("day", "week"):
        return start + DAY * count * (7 if interval == "week" else 1)
    begins = datetime.fromtimestamp(start, UTC)
    months = begins.year * 12 + begins.month - 1 + count * (12 if interval == "year" else 1)
    year, month = divmod(months, 12)
    wanted = datetime.fromtimestamp(anchor if anchor is not None else start, UTC).day
    day = min(wanted, monthrange(year, month + 1)[1])
    return int(begins.replace(year=year, month=month + 1, day=day).timestamp())


def period_of(price: Json, start: int, *, anchor: int | None = None) -> tuple[int, int]:
    """The period that a price sells from `start` on."""
    recurring = price["recurring"]
    end = after(
        start,
        interval=recurring["interval"],
        count=recurring.get("interval_count", 1),
        anchor=anchor,
    )
    return start, end


def share(amount: int, *, now: int, start: int, end: int) -> int:
    """What the rest of a period is worth."""
    rest = Decimal(max(0, end - now)) / Decimal(max(1, end - start))
    return int((amount * rest).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def tax(store: Store, customer: Json, *, amount: int, automatic: bool) -> list[Json]:
    """`total_taxes`: French VAT; none where another country's tax id turns it over to the buyer."""
    if not automatic or amount == 0:
        return []
    ids = [one for one in store.all("tax_id") if one["customer"] == customer["id"]]
    abroad = any(not str(one["value"]).upper().startswith("FR") for one in ids)
    percent = 0 if abroad or customer["tax_exempt"] == "reverse" else VAT_PERCENT
    owed = (Decimal(amount) * percent / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return [
        {
            "amount": int(owed),
            "tax_behavior": "exclusive",
            "tax_rate_details": {"tax_rate": f"txr_double_{percent}"},
            "taxability_reason": "standard_rated" if percent else "reverse_charge",
            "taxable_amount": amount,
            "type": "tax_rate_details",
        }
    ]
