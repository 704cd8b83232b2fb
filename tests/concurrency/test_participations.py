"""R1, R3: one participation for each person and rule, however many forms arrive at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kernel.errors import RicochetError
from operations.models import Operation, OperationModule, Participation, Rule, Share
from operations.participating import Source, Taken
from operations.public import seal, sending
from tenants.messaging.models import Email
from tenants.models import Tenant
from tenants.profiles.models import Consent, Profile
from tests.concurrency.conftest import Race
from tests.fixtures.effort import effort
from tests.fixtures.operations import NOE, add_partner, make_module, take
from tests.fixtures.tenants import TenantClient


@pytest.fixture
def module(lumen: object) -> OperationModule:
    made = make_module()
    add_partner(made)
    return made


def codes(answers: list[object]) -> set[str]:
    return {answer.code for answer in answers if isinstance(answer, RicochetError)}


def test_fifty_forms_of_one_person_make_one_participation(
    module: OperationModule, race: Race
) -> None:
    """Fifty different forms: one counts, the others read that the person has taken part."""
    count = effort(short=50, soak=1_000)
    boxes = frozenset({"own", str(NOE)})
    answers = race([lambda: take(module, boxes=boxes) for _ in range(count)])
    assert len([a for a in answers if isinstance(a, Taken)]) == 1
    assert codes(answers) == {"already_took_part"}
    assert (Participation.objects.count(), Profile.objects.count()) == (1, 1)
    assert (Consent.objects.count(), Share.objects.count(), Email.objects.count()) == (2, 1, 1)


def test_the_same_form_fifty_times_is_one_participation_and_one_answer(
    module: OperationModule, race: Race
) -> None:
    """A double click, a retry, a proxy that repeats: the same answer for each."""
    count = effort(short=50, soak=1_000)
    answers = race([lambda: take(module, key="k" * 32) for _ in range(count)])
    assert all(isinstance(answer, Taken) for answer in answers)
    assert len({answer.participation.id for answer in answers}) == 1
    assert len([answer for answer in answers if not answer.replayed]) == 1
    assert (Participation.objects.count(), Email.objects.count()) == (1, 1)


def test_three_times_is_three_times_under_fifty_forms(module: OperationModule, race: Race) -> None:
    OperationModule.objects.filter(id=module.id).update(rule=Rule.TIMES, times=3)
    answers = race([lambda: take(module) for _ in range(50)])
    assert len([a for a in answers if isinstance(a, Taken)]) == 3
    assert sorted(Participation.objects.values_list("slot", flat=True)) == ["1", "2", "3"]


def test_fifty_posts_of_one_person_on_the_page_take_part_once(
    module: OperationModule, lumen: Tenant, race: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R1, R3, R33, through the page: one takes part, and all read the same."""
    monkeypatch.setattr(seal, "QUICKEST", timedelta(0))
    monkeypatch.setattr(sending, "OF_PERSON", 1_000)
    now = timezone.now()
    Operation.objects.update(starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1))
    path = f"/o/{module.operation.slug}"

    def post() -> tuple[int, str]:
        drawn = seal.draw(module=module, source=Source(), now=now)
        form = {"form": drawn, "first_name": "Thomas", "email": "thomas@exemple.fr"}
        answer = TenantClient(lumen).post(path, form)
        return answer.status_code, answer["Location"]

    answers = race([post for _ in range(50)])
    [(status, place)] = set(answers)
    assert status == 302 and place.startswith(f"{path}/envoyee/")
    assert Participation.objects.count() == 1
    kinds = Email.objects.values_list("kind", flat=True)
    assert sorted(kinds) == ["operation_again", "operation_receipt"]
