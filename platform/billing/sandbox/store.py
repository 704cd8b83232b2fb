"""What the double remembers: every object as JSON in one SQLite file, or in memory."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Json = dict[str, Any]

_TABLES = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, kind TEXT NOT NULL,
    body TEXT NOT NULL, secret TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS objects_kind ON objects (kind, seq);
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, asked TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
    at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, due REAL NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Store:
    """One writer at a time: whoever changes something holds `transaction()`."""

    def __init__(self, file: Path | None = None) -> None:
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._depth = 0
        self.db = sqlite3.connect(file or ":memory:", check_same_thread=False, isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.executescript(_TABLES)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; transactions inside one another are one."""
        with self._lock:
            outermost = self._depth == 0
            if outermost:
                self.db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                if outermost:
                    self.db.execute("ROLLBACK")
                raise
            else:
                if outermost:
                    self.db.execute("COMMIT")
            finally:
                self._depth -= 1

    # ------------------------------------------------------------ objects
    def put(self, thing: Json, *, secret: Json | None = None) -> Json:
        """Keep an object; what stands in `secret` never leaves by the API."""
        with self._lock:
            kept = self.secret(thing["id"]) if secret is None else secret
            self.db.execute(
                "INSERT INTO objects (id, kind, body, secret) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET body = excluded.body, secret = excluded.secret",
                (thing["id"], thing["object"], json.dumps(thing), json.dumps(kept)),
            )
        return thing

    def get(self, thing_id: str, kind: str = "") -> Json | None:
        with self._lock:
            row = self.db.execute(
                "SELECT kind, body FROM objects WHERE id = ?", (thing_id,)
            ).fetchone()
        if row is None or (kind and row[0] != kind):
            return None
        found: Json = json.loads(row[1])
        return found

    def secret(self, thing_id: str) -> Json:
        with self._lock:
            row = self.db.execute("SELECT secret FROM objects WHERE id = ?", (thing_id,)).fetchone()
        found: Json = json.loads(row[0]) if row else {}
        return found

    def all(self, kind: str) -> list[Json]:
        """Every object of a kind, newest first."""
        with self._lock:
            rows = self.db.execute(
                "SELECT body FROM objects WHERE kind = ? ORDER BY seq DESC", (kind,)
            ).fetchall()
        return [json.loads(row[0]) for row in rows]

    # ------------------------------------------------------------ settings
    def setting(self, name: str, default: Any) -> Any:
        with self._lock:
            row = self.db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else default

    def set(self, name: str, value: Any) -> None:
        with self._lock:
            self.db.execute(
                "INSERT INTO settings (name, value) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, json.dumps(value)),
            )

    def close(self) -> None:
        with self._lock:
            self.db.close()
