"""How often a thing may be tried, and by which names those who try are counted.

Every key carries its tenant (R21), and none holds an email: accounts are named by a keyed hash.
"""

import functools
import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from kernel.db import prepared_cursor
from kernel.errors import TemporaryError


class ThrottledError(TemporaryError):
    """Too many tries in a short time."""

    code = "too_many_tries"
    status = 429

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(retry_after=retry_after)
        self.retry_after = retry_after


_COUNT = """
    INSERT INTO accounts_throttle AS t (key, count, resets_at)
    SELECT %s::text, 1, %s::timestamptz {where}
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN t.resets_at <= %s THEN 1 ELSE t.count + 1 END,
        resets_at = CASE WHEN t.resets_at <= %s THEN EXCLUDED.resets_at ELSE t.resets_at END
    RETURNING key, count, resets_at
"""

_USED_UP = """
    SELECT key, count, resets_at FROM accounts_throttle
    WHERE key = %s AND resets_at > %s AND count >= %s
"""


@dataclass(frozen=True, slots=True)
class Try:
    """One thing that is counted: `limit` times within the window, by who or what `subject` says."""

    action: str
    subject: str
    limit: int


def hit(*, action: str, subject: str, limit: int, window: timedelta, now: datetime) -> None:
    """Count one try; past `limit` within `window`, raise ThrottledError with the seconds to wait.

    `subject` says who or what is counted; only its hash is stored. Call it outside a transaction
    that may be rolled back, or the try is forgotten with it.
    """
    hit_all(tries=[Try(action, subject, limit)], window=window, now=now)


def hit_all(
    *, tries: Sequence[Try], window: timedelta, now: datetime, unless: Try | None = None
) -> None:
    """Count several in one statement, and raise for the first that is past its limit.

    Those behind that one are not counted: who is refused as a browser must not use up the tries
    of the people whose addresses it types. `unless` is itself not counted: where it has used up
    its limit nothing is, and that is raised. It is for what is counted (by `hit`) only once it
    turns out to be bad.
    """
    keys = [_key(one.action, one.subject) for one in tries]
    held = _key(unless.action, unless.subject) if unless is not None else ""
    values: list[Any] = [held, now, unless.limit] if unless is not None else []
    for number, key in enumerate(keys):
        limits = [tries[number - 1].limit] if number else []
        values += [key, now + window, *limits, now, now]
    with prepared_cursor() as cursor:
        cursor.execute(_counting(len(keys), unless is not None), values)
        found = {key: (count, resets_at) for key, count, resets_at in cursor.fetchall()}
    if held in found:
        raise _held_until(found[held][1], now)
    for key, one in zip(keys, tries, strict=True):
        count, resets_at = found[key]
        if count > one.limit:
            raise _held_until(resets_at, now)


def _held_until(moment: datetime, now: datetime) -> ThrottledError:
    return ThrottledError(retry_after=max(1, int((moment - now).total_seconds())))


@functools.cache
def _counting(number: int, asked: bool) -> str:
    """One insert for each try, where the one before it was within its limit.

    `asked`: none at all where something else, which is not counted here, is used up.
    """
    first = "WHERE NOT EXISTS (SELECT FROM held)" if asked else ""
    steps = [f"held AS ({_USED_UP})"] if asked else []
    steps += [
        f"try{n} AS ({_COUNT.format(where=f'FROM try{n - 1} WHERE count <= %s' if n else first)})"
        for n in range(number)
    ]
    names = ["held"] if asked else []
    names += [f"try{n}" for n in range(number)]
    answers = " UNION ALL ".join(f"SELECT * FROM {name}" for name in names)  # noqa: S608
    return f"WITH {', '.join(steps)} {answers}"


def forget(*, action: str, subject: str) -> None:
    """Start again from nothing, after a try that succeeded."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_throttle WHERE key = %s", [_key(action, subject)])


def account_name(*, email: str) -> str:
    """The name under which a log-in's account is counted on the current tenant."""
    return f"{_schema()}:{_digest(email.strip().lower())}"


def axes_account(_: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """What django-axes calls the account: see `account_name`."""
    return account_name(email=str((credentials or {}).get("username") or ""))


def client_address(request: HttpRequest) -> str:
    """The browser's address; behind our own proxy, the last one that the proxy added.

    What is no address (a header that somebody made up, a socket without one) counts as one.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    if settings.ACCOUNTS_TRUST_PROXY:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rsplit(",", 1)[-1].strip()
        address = forwarded or address
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return "0.0.0.0"  # noqa: S104 - a name for nobody, nothing is bound to it


def counted_address(request: HttpRequest) -> str:
    """The address under which a browser's tries are counted; an IPv6 one by its /64.

    A /64 is what one line gets, with more addresses in it than could ever be counted.
    """
    address = ipaddress.ip_address(client_address(request))
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False).network_address)


def _key(action: str, subject: str) -> str:
    return f"{_schema()}:{action}:{_digest(subject)}"


def _schema() -> str:
    return str(getattr(connection, "schema_name", None) or "public")


def _digest(text: str) -> str:
    return salted_hmac("accounts.throttles", text, algorithm="sha256").hexdigest()[:40]
