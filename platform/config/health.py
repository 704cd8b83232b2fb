"""`GET /healthz`: ready when the database, the broker and a worker answer."""

import time

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.tasks import HEARTBEAT
from tenants.database.current import this_connection

# The sweep runs every three seconds; a worker that is busy may miss a few.
_STALE_SECONDS = 30
_LAG_SECONDS = 300


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when all is well, 503 with what is not. Says nothing about any merchant."""
    this_connection().set_schema_to_public()  # whichever host was asked
    heartbeat = cache.get(HEARTBEAT) or {}
    checks = {
        "database": _database(),
        "broker": _broker(),
        "worker": time.time() - heartbeat.get("at", 0) < _STALE_SECONDS,
        "outbox": heartbeat.get("lag", 0) < _LAG_SECONDS,
    }
    ready = all(checks.values())
    body = {
        "status": "ok" if ready else "unavailable",
        "checks": {name: "ok" if fine else "failing" for name, fine in checks.items()},
        "outbox_lag_seconds": round(heartbeat.get("lag", 0), 1),
    }
    return JsonResponse(body, status=200 if ready else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _broker() -> bool:
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=0.5
    )
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()
