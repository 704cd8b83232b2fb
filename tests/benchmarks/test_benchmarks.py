"""The measuring itself: that both sides do the same work, and that the load counts what it saw."""

import json
import os
import threading
from collections.abc import Callable
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from psycopg import sql

from api.services import create_key
from deploy.local import postgres
from deploy.local.unprivileged import account_for, place_for_programs
from operations.models import OperationModule
from operations.participating import Source
from operations.public import seal
from tenants.context import enter
from tenants.models import Tenant
from tenants.profiles import services as profiles
from tenants.programme import versions
from tenants.referrals import codes
from tests.benchmarks import bare, load, orders, participations, place, results
from tests.fixtures.sharing import deliver
from tests.fixtures.tenants import TenantClient

_UNTOUCHED = {"api_key", "django_migrations"}


@pytest.fixture
def pgbench(tmp_path: Path) -> Path:
    """The wheel's own, where whoever runs the tests may run it."""
    return place_for_programs(postgres._programs(), account_for(tmp_path)) / "bin" / "pgbench"


def _rows(tenant: Tenant) -> dict[str, int]:
    """How many rows each of the merchant's tables holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s", [tenant.schema_name]
        )
        names = {name for (name,) in cursor.fetchall()} - _UNTOUCHED
        counts = {}
        for name in names:
            table = sql.Identifier(tenant.schema_name, name)
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(table))
            counts[name] = cursor.fetchone()[0]
    return counts


def _added(tenant: Tenant, work: Callable[[], object]) -> dict[str, int]:
    before = _rows(tenant)
    work()
    return {name: n - before[name] for name, n in _rows(tenant).items() if n != before[name]}


def _url() -> str:
    """The database of the tests, as pgbench is told it."""
    host = connection.settings_dict
    return psycopg.conninfo.make_conninfo(
        host=host["HOST"],
        port=host["PORT"],
        user=host["USER"],
        password=host["PASSWORD"],
        dbname=host["NAME"],
    )


def test_bare_sql_writes_what_an_order_through_the_api_writes(
    live_merchant: Tenant, pgbench: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    versions.publish(now=now, referrer_amount=800, referee_amount=500)
    referrer = profiles.create(
        email="parrain-0@exemple.fr", first_name="Camille", source="manual", now=now
    )
    code = codes.code_for(profile=referrer, now=now).code
    _key, secret = create_key(name="k", scopes=["orders:write"], mode="live", now=now)
    monkeypatch.setattr(orders, "REFERRERS", 1)
    client = TenantClient(live_merchant)

    def through_the_api(number: int) -> None:
        body = orders._BODY.replace("{n}", f"a{number}").replace("{code}", code)
        answer = client.post(
            "/api/v1/orders",
            body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": str(number)},
        )
        assert answer.status_code == 201, answer.content

    def bare_sql() -> None:
        orders.run_bare(pgbench, _url(), live_merchant.schema_name, 1, transactions=1)

    through_the_api(1)  # the first one makes the system accounts and the referrer's wallet
    ours = _added(live_merchant, lambda: through_the_api(2))
    assert ours == _added(live_merchant, bare_sql)
    assert ours["ledger_transfer"] == 2


def test_bare_sql_writes_what_a_participation_and_its_delivery_write(
    live_merchant: Tenant, pgbench: Path
) -> None:
    shop = place.Shop(live_merchant.schema_name, "", "", ())
    joint = participations.open_operation(shop)
    minor = Tenant.objects.get(schema_name=joint.minor_schema)
    client = TenantClient(live_merchant)

    def through_the_page(number: int) -> None:
        rows = OperationModule.objects.select_related("operation").prefetch_related("partners")
        drawn = timezone.now() - timedelta(seconds=10)
        form = {
            "form": seal.draw(module=rows.get(id=joint.module_id), source=Source(), now=drawn),
            "first_name": "Ana",
            "email": f"{number}@exemple.fr",
            "box": str(joint.partnership_id),
        }
        answer = client.post("/o/un-automne-a-la-maison", form)
        assert answer.status_code == 302, answer.content
        for tenant in (live_merchant, minor):
            with enter(tenant):
                deliver()

    def bare_sql() -> None:
        words = participations.script(live_merchant.schema_name, joint.minor_schema)
        bare.run(pgbench, _url(), words, 1, transactions=1)

    def added(work: Callable[[], object]) -> list[dict[str, int]]:
        theirs: list[dict[str, int]] = []
        ours = _added(live_merchant, lambda: theirs.append(_added(minor, work)))
        return [ours, *theirs]

    through_the_page(1)
    found = added(lambda: through_the_page(2))
    assert found == added(bare_sql)
    assert found[1]["operations_received_participation"] == 1


def test_the_load_counts_every_answer_and_never_sends_a_number_twice() -> None:
    seen: list[str] = []

    class Server(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            sent = json.loads(self.rfile.read(length))
            assert sent["n"] == self.headers["X-Number"]
            seen.append(sent["n"])
            self.send_response(201)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        found = load.run_load(
            {
                "host": "127.0.0.1",
                "port": server.server_port,
                "connections": 3,
                "warm_up": 0.1,
                "seconds": 0.3,
                "method": "POST",
                "path": "/{code}",
                "headers": {"Host": "x", "X-Number": "{n}"},
                "body": '{"n":"{n}"}',
                "codes": ["A"],
            }
        )
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert found["statuses"] == {"201": len(seen)}
    assert len(set(seen)) == len(seen)
    assert 0 < found["measured"] < len(seen)
    assert 0 < found["p50"] <= found["p95"]


def test_the_kept_table_says_what_was_missed(tmp_path: Path) -> None:
    rows = [
        results.Row("Orders", "10/s", "500/s", "1 / 50.0", "a tenth", reached=False),
        results.Row("Clicks", "2000/s", aim="1000/s", reached=True),
    ]
    file = tmp_path / "results.md"
    results.keep(rows, conditions=results.machine("18.6"), file=file)
    text = file.read_text()
    assert "| Orders | 10/s | 500/s | 1 / 50.0 | a tenth | **no** |" in text
    assert "| Clicks | 2000/s |  |  | 1000/s | yes |" in text
    assert f"{os.cpu_count()} cores" in text
    assert "PostgreSQL 18.6" in text


def test_the_measured_shop_has_the_addresses_that_pgbench_draws() -> None:
    assert f"parrain-{place.REFERRERS - 1}@exemple.fr" == place.referrer_email(place.REFERRERS - 1)
    assert "'parrain-' || :referrer_number" in orders.SCRIPT.read_text()
