"""What is said on the page of an operation is said once: all that is missing, and each prize."""

import re
from datetime import timedelta

import time_machine

from operations.models import Operation, OperationModule
from tenants.models import Tenant
from tests.fixtures.tenants import TenantClient
from tests.operations.test_public_page import PAGE, nothing_written, post, seal_on, text_of


def test_all_that_is_missing_is_named_at_once_the_conditions_too(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    """B2: an empty form learns of its fields, its age and its rules in one go, each in place."""
    OperationModule.objects.update(asks_rules=True, minimum_age=18)
    response = post(shopper, clock, first_name="", email="")
    page = response.content.decode()
    assert response.status_code == 422 and nothing_written()
    assert "4 réponses sont à corriger" in page
    for name in ("first_name", "email", "age", "rules"):
        field = re.search(rf'id="({name}-\w+)"[^>]*aria-invalid="true"', page)
        assert field, name
        assert f'href="#{field[1]}"' in page and f'id="{field[1]}-error"' in page
    assert "autofocus" in page.split('id="summary"')[1].split(">")[0]


def test_an_age_that_a_date_tells_is_not_asked_again_beside_what_is_missing(
    shopper: TenantClient, clock: time_machine.Traveller
) -> None:
    fields = [{"name": name, "required": True} for name in ("birth_date", "email")]
    OperationModule.objects.update(fields=fields, minimum_age=18, asks_rules=True)
    form = {"first_name": None, "birth_date": "12/11/2015", "email": "", "rules": "1"}
    sent = {"form": seal_on(shopper.get(PAGE)), **{k: v for k, v in form.items() if v is not None}}
    clock.shift(timedelta(seconds=10))
    page = shopper.post(PAGE, sent).content.decode()
    assert "2 réponses sont à corriger" in page and 'id="age-' not in page
    assert page.count("réservée aux personnes de 18 ans ou plus") == 2
    # Where the date may be left empty, the person's word takes its place.
    fields[0]["required"] = False
    OperationModule.objects.update(fields=fields)
    page = shopper.get(PAGE).content.decode()
    assert 'id="age-' in page


def test_what_a_step_lists_by_itself_is_not_said_again_above_it(
    shopper: TenantClient, lumen: Tenant
) -> None:
    Operation.objects.update(prizes={"fr": "Deux lampes Halo et trois bougies."})
    assert "Deux lampes Halo et trois bougies." in text_of(shopper.get(PAGE))
    OperationModule.objects.update(
        kind="draw", settings={"prizes": [{"number": 1, "name": {"fr": "Lampe"}, "stock": 2}]}
    )
    page = text_of(shopper.get(PAGE))
    assert "2 × Lampe" in page and "Deux lampes Halo" not in page
