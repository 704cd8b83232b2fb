"""What every other test stands on: merchants that are there, apart, and gone afterwards."""

import threading
from collections.abc import Callable

import pytest
from django.core.mail import send_mail
from django.db import connection

from tenants.models import Tenant
from tests.fixtures.mail import MailServer
from tests.fixtures.tenants import TenantClient


def path() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        return str(cursor.fetchone()[0])


def test_a_test_stands_in_its_merchant_also_after_a_request(
    merchant: Tenant, other_merchant: Tenant, client_for: Callable[..., TenantClient]
) -> None:
    assert merchant.schema_name in path()
    client_for(other_merchant).get("/nothing-is-here/")
    assert merchant.schema_name in path()


@pytest.mark.django_db(transaction=True)
def test_a_test_that_flushes_may_run_between() -> None:
    assert Tenant.objects.count() in {0, 2}


def test_shared_merchants_are_there_whatever_ran_before(
    merchant: Tenant, other_merchant: Tenant
) -> None:
    assert {merchant.slug, other_merchant.slug} == {"maison-lumen", "atelier-marin"}
    assert Tenant.objects.count() == 2


@pytest.mark.parametrize("_time", [1, 2])
def test_a_live_merchant_is_seen_by_other_threads_and_new_each_time(
    live_merchant: Tenant, _time: int
) -> None:
    seen: list[int] = []

    def look() -> None:
        seen.append(Tenant.objects.filter(pk=live_merchant.pk).count())
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [1]
    assert live_merchant.schema_name in path()


def test_mail_goes_over_the_wire(mail_server: MailServer) -> None:
    send_mail("Bonjour", "Texte", "a@example.fr", ["b@example.fr"])
    assert mail_server.messages[0]["X-Envelope-To"] == "b@example.fr"
