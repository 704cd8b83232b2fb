"""The shop's orders, in one JSON file."""

import json
import secrets
import threading
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

_FIRST = 40_001


@dataclass
class Order:
    """One order; amounts in cents. `token` opens its thank-you page;
    `visitor` is the cookie that the script left, if it did; `points_hold` what its basket held.

    `refunds` are the amounts given back; `notes` say what Ricochet answered, newest last.
    """

    id: str
    token: str
    created_at: str
    lines: list[tuple[str, int]]
    amount: int
    email: str
    first_name: str
    last_name: str
    code: str = ""
    visitor: str = ""
    sent: bool = False
    refunds: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    points_hold: str = ""
    join_loyalty: bool = False

    @property
    def refunded(self) -> int:
        return sum(self.refunds)


class OrderBook:
    """Reads the file at the start, and writes it anew after every change."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.RLock()
        rows = json.loads(file.read_text()) if file.exists() else []
        self._orders = {row["id"]: Order(**row) for row in rows}

    def place(
        self,
        *,
        lines: list[tuple[str, int]],
        amount: int,
        email: str,
        first_name: str,
        last_name: str,
        code: str,
        visitor: str,
        points_hold: str = "",
        join_loyalty: bool = False,
    ) -> Order:
        """Take an order down, under the next number."""
        with self._lock:
            order = Order(
                id=f"LUM-{self._next_number()}",
                token=secrets.token_urlsafe(12),
                created_at=datetime.now(UTC).isoformat(timespec="seconds"),
                lines=lines,
                amount=amount,
                email=email,
                first_name=first_name,
                last_name=last_name,
                code=code,
                visitor=visitor,
                points_hold=points_hold,
                join_loyalty=join_loyalty,
            )
            self._orders[order.id] = order
            self.save()
            return order

    def get(self, order_id: str) -> Order | None:
        with self._lock:
            return self._orders.get(order_id)

    def by_token(self, token: str) -> Order | None:
        return next((order for order in self.all() if order.token == token), None)

    def all(self) -> list[Order]:
        """Newest first."""
        with self._lock:
            return list(reversed(self._orders.values()))

    def save(self) -> None:
        with self._lock:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            half_written = self._file.with_suffix(".new")
            rows = [asdict(order) for order in self._orders.values()]
            half_written.write_text(json.dumps(rows, ensure_ascii=False, indent=1))
            half_written.replace(self._file)

    def _next_number(self) -> int:
        numbers = [int(order_id.removeprefix("LUM-")) for order_id in self._orders]
        return max(numbers, default=_FIRST - 1) + 1
