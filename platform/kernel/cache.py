"""The cache: every key carries its schema, and a cache that is down is only slow.

R21: no key is ever shared between tenants. R8: with the cache killed or full, reads miss and
writes are dropped; nothing that must not be lost is kept here.
"""

import functools
import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.db import connection
from redis import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def tenant_key(key: str, key_prefix: str, version: int) -> str:
    """`<schema>:<prefix>:<version>:<key>`; the schema is that of the current connection."""
    schema = getattr(connection, "schema_name", None) or "public"
    return f"{schema}:{key_prefix}:{version}:{key}"


def _tolerant(name: str, when_down: Any) -> Callable[..., Any]:
    """The parent's method `name`, answering `when_down` where the server cannot be reached."""
    original = getattr(RedisCache, name)

    @functools.wraps(original)
    def method(self: RedisCache, *args: Any, **kwargs: Any) -> Any:
        try:
            return original(self, *args, **kwargs)
        except RedisError as error:
            logger.warning("cache unavailable in %s: %s", name, type(error).__name__)
            if name == "get":
                return kwargs.get("default", args[1] if len(args) > 1 else None)
            return {} if when_down is dict else when_down

    return method


class _KeptClient(RedisCacheClient):
    """Django's client makes a `Redis` for every call, which costs more than the call itself."""

    _kept: Redis | None = None

    def get_client(self, key: Any = None, *, write: bool = False) -> Redis:
        # It holds no connection: each command borrows one from the pool. We have one server.
        if self._kept is None:
            self._kept = super().get_client(key, write=write)
        return self._kept


class TolerantRedisCache(RedisCache):
    """Django's Redis cache, where a server that fails is a miss and not an error."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _KeptClient

    add = _tolerant("add", True)
    get = _tolerant("get", None)
    set = _tolerant("set", None)
    touch = _tolerant("touch", False)
    delete = _tolerant("delete", False)
    get_many = _tolerant("get_many", dict)
    has_key = _tolerant("has_key", False)
    incr = _tolerant("incr", 1)
    set_many = _tolerant("set_many", None)
    delete_many = _tolerant("delete_many", None)
    clear = _tolerant("clear", False)
