"""From a host name to its tenant, through two layers of cache.

An uncached look-up costs 2 ms and the shared cache a tenth of it, on every request; so each
process also remembers an answer for a second and a half. Negative answers are kept for a few
seconds: a scan of made-up names must not become a load on the database. A cache that is down or
holds what this code cannot read is only slow.

Plain values are cached, not model instances: two versions of the code share the cache during a
roll-out, and the key names the version.
"""

import hashlib
import pickle
import threading
import time
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django_tenants.utils import schema_context

from tenants.database.current import this_connection
from tenants.models import Domain, Tenant, TenantState

SHARED_SECONDS = 60
NOBODY_SECONDS = 5
LOCAL_SECONDS = 1.5
LONGEST_HOST = 253
_LOCAL_LIMIT = 2_000
_NOBODY = "nobody"
_CHANGED = "changed"

_FIELDS = [field.attname for field in Tenant._meta.concrete_fields]
_VERSION = hashlib.sha256(",".join(_FIELDS).encode()).hexdigest()[:8]
_local: dict[str, tuple[float, bytes]] = {}
_local_lock = threading.Lock()


def tenant_for_host(host: str) -> Tenant | None:
    """The active tenant that `host` leads to, or None. Called in the public schema."""
    if len(host) > LONGEST_HOST:
        return None
    found = _local.get(host)
    if found is not None and found[0] > time.monotonic():
        return _tenant(pickle.loads(found[1]))  # noqa: S301 - our own, never left the process
    values = _shared_or_stored(host)
    with _local_lock:
        if len(_local) >= _LOCAL_LIMIT:
            _local.clear()
        _local[host] = (time.monotonic() + LOCAL_SECONDS, pickle.dumps(values))
    return _tenant(values)


def forget(tenant: Tenant) -> None:
    """Drop a tenant's entries, now and on commit; call it after any change to it or its domains.

    Other processes follow within LOCAL_SECONDS.
    """
    hosts = list(tenant.domains.values_list("domain", flat=True))
    if this_connection().in_atomic_block:
        forget_hosts(hosts)
    transaction.on_commit(lambda: forget_hosts(hosts))


def forget_hosts(hosts: list[str]) -> None:
    """Drop what is remembered of these host names."""
    for host in hosts:
        _local.pop(host, None)
    with schema_context("public"):
        # Not a deletion: somebody who read the old row a moment ago must not put it back.
        cache.set_many({_key(host): _CHANGED for host in hosts}, NOBODY_SECONDS)


def forget_locally() -> None:
    """Drop what this process remembers by itself (for tests)."""
    _local.clear()


def _key(host: str) -> str:
    # Hashed, because a host may be longer than a key should be.
    return f"host:{_VERSION}:{hashlib.blake2b(host.encode(), digest_size=16).hexdigest()}"


def _shared_or_stored(host: str) -> list[Any] | None:
    cached = cache.get(_key(host))
    if cached == _NOBODY:
        return None
    if isinstance(cached, list) and len(cached) == len(_FIELDS):
        return cached
    values = _stored(host)
    if values is None:
        cache.add(_key(host), _NOBODY, NOBODY_SECONDS)
    else:
        cache.add(_key(host), values, SHARED_SECONDS)
    return values


def _stored(host: str) -> list[Any] | None:
    domain = (
        Domain.objects.select_related("tenant")
        .filter(domain=host, tenant__state=TenantState.ACTIVE)
        .first()
    )
    return [getattr(domain.tenant, name) for name in _FIELDS] if domain else None


def _tenant(values: list[Any] | None) -> Tenant | None:
    return None if values is None else Tenant.from_db("default", _FIELDS, values)
