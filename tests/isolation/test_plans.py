"""SP-24, OF-07: for each plan, each address and method that it does not hold answers so."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.utils import timezone

from billing.models import Account, AccountState
from billing.plans import PLANS, SOLD, Allowed, PlanKey, first_with
from billing.services.accounts import Opening, open_account, start_trial
from billing.services.changing import changed
from config.frozen import FREE_AS_PARTNER, WORKS
from kernel.errors import RicochetError
from kernel.ids import uuid7
from partnerships.agreement import LATEST
from partnerships.models import Origin, Partnership, State
from tests.fixtures.plans import begin_with, come_to, fresh
from tests.fixtures.tenants import STARTED
from tests.isolation.conftest import Side, Visitor
from tests.isolation.knocking import Walk
from tests.isolation.plans import BEYOND, OWED, PLACES, asked_by, is_owed
from tests.isolation.snapshot import PERSONAL, Watch
from tests.isolation.surface import TENANT, For, address

NOTED = PERSONAL | {"referrals_click", "api_idempotentrequest", "api_key"}
MISSING = re.compile(r'data-not-in-plan="(\w+)"')
OFF = re.compile(r'data-module-off="(\w+)"')
FROZEN = re.compile(r'data-frozen="(\w*)"')
METHODS = ("get", "post")


def said(pattern: re.Pattern[str], answer: HttpResponse) -> str | None:
    """What the answer says is missing, off or frozen; None where it says nothing of it."""
    if answer.streaming or not answer.content:
        return None
    found = pattern.search(answer.content.decode(errors="replace"))
    return found[1] if found else None


def gated() -> list[str]:
    return sorted(name for name in TENANT if asked_by(name) is not None)


def refuses(name: str, answer: HttpResponse, asked: Allowed | None) -> None:
    """The answer of what the plan never held: to a member it names the plan, to others nothing."""
    assert asked is not None
    whom = TENANT[name].whom
    if whom is For.PROGRAM:
        assert (answer.status_code, answer.json()["code"]) == (403, "plan_required"), name
        assert str(first_with(asked).name) in answer.json()["detail"], name
        return
    assert answer.status_code == 404, (name, answer.status_code)
    if whom is For.MEMBER:
        assert said(MISSING, answer) == asked, name
        html = answer.content.decode()
        assert f"formule {first_with(asked).name}" in html, name
        assert 'href="/reglages/abonnement"' in html, name
    else:
        assert said(OFF, answer) == asked, name
        assert "formule" not in answer.content.decode(), name


def test_the_tables_name_addresses_that_there_are() -> None:
    for names in (*BEYOND.values(), *OWED.values()):
        assert names <= set(TENANT)
    assert set(TENANT) >= WORKS | FREE_AS_PARTNER


def test_no_address_of_a_plans_place_is_left_out_of_the_tables(lumen: Side) -> None:
    for name in TENANT:
        if any(address(name, lumen).startswith(place) for place in PLACES):
            assert asked_by(name) is not None, name


@pytest.mark.parametrize("plan", SOLD, ids=lambda plan: plan.key)
def test_sp24_each_address_asks_the_plan(lumen: Side, knock: Walk, watch: Watch, plan) -> None:
    """Every gated address, every method: what the plan lacks does nothing and says so; what it
    holds is not kept back."""
    begin_with(lumen.tenant, plan.key)
    held = [name for name in gated() if asked_by(name) in plan.features]
    for name in held:
        answer = knock("get", name)
        assert said(MISSING, answer) is None and said(FROZEN, answer) is None, name
    watch.again()
    lacking = 0
    with watch.nothing_happens(f"what {plan.key} lacks", but=NOTED):
        for name in sorted(set(gated()) - set(held)):
            for method in METHODS:
                answer = knock(method, name)
                if answer.status_code != 405:
                    refuses(name, answer, asked_by(name))
                    lacking += 1
    assert (lacking > 60) == (plan.key == PlanKey.STARTER)


def test_nothing_that_a_small_plan_shows_leads_to_what_it_lacks(lumen: Side, knock: Walk) -> None:
    """OF-07: no link, form or menu entry of any page goes there."""
    begin_with(lumen.tenant, "starter")
    held = PLANS[PlanKey.STARTER].features
    gone = {
        address(name, lumen): name
        for name in gated()
        if asked_by(name) not in held
        and TENANT[name].whom is not For.PROGRAM
        # Links to what waits are there where something waits: this merchant has some of everything.
        and name not in OWED[Allowed.WALLET] - {"programme:awards"}
    }
    shown: dict[str, list[str]] = {}
    for name in sorted(TENANT):
        if asked_by(name) is not None and asked_by(name) not in held:
            continue
        if TENANT[name].whom not in (For.MEMBER, For.CUSTOMER, For.ANYBODY):
            continue
        answer = knock("get", name)
        if answer.status_code != 200 or answer.streaming:
            continue
        html = answer.content.decode(errors="replace")
        led = set(re.findall(r'(?:href|action|hx-(?:get|post))="([^"#?]+)', html)) & set(gone)
        if led:
            shown[name] = sorted(gone[path] for path in led)
    assert shown == {}


def test_what_a_plan_holds_no_longer_is_read_and_not_begun(
    lumen: Side,
    knock: Walk,
    watch: Watch,
) -> None:
    """A downgrade: each page of before opens to be read, each act is refused; what is owed to
    customers is settled; customers and programs meet it as off."""
    come_to(lumen.tenant, "starter")
    lost = [name for name in gated() if asked_by(name) not in PLANS[PlanKey.STARTER].features]
    read = sum(is_read(name, knock("get", name)) for name in lost)
    watch.again()
    refused = 0
    with watch.nothing_happens("what is frozen", but=NOTED):
        for name in lost:
            if is_owed(name):
                continue
            answer = knock("post", name)
            if TENANT[name].whom is For.MEMBER and answer.status_code != 405:
                assert (answer.status_code, said(FROZEN, answer)) == (402, asked_by(name)), name
                refused += 1
    for name in filter(is_owed, lost):
        goes_on(knock, name)
    assert read > 20 and refused > 30


def goes_on(knock: Walk, name: str) -> None:
    """An act that is not kept back: it may lack something, but not a plan."""
    try:
        assert knock("post", name).status_code != 402, name
    except RicochetError as error:
        assert error.status != 402, name


def is_read(name: str, answer: HttpResponse) -> bool:
    """Whether this is a member's page that is there to be read; others meet it as off."""
    whom = TENANT[name].whom
    if whom is For.PROGRAM:
        assert answer.status_code == 405 or answer.json()["code"] == "plan_required", name
    elif whom is not For.MEMBER:
        assert answer.status_code in (404, 405), name
    elif answer.status_code == 200 and not answer.streaming:
        html = answer["Content-Type"].startswith("text/html")
        framed = html and b'<main class="sheet"' in answer.content
        assert not framed or "gelé" in text(answer), name
        return framed
    return False


def test_after_an_upgrade_everything_is_back(lumen: Side, knock: Walk) -> None:
    before = {name: knock("get", name).status_code for name in gated()}
    come_to(lumen.tenant, "starter")
    come_to(lumen.tenant, "growing")
    assert {name: knock("get", name).status_code for name in gated()} == before


def test_while_nothing_is_paid_members_read_and_their_customers_notice_nothing(
    lumen: Side,
    knock: Walk,
    watch: Watch,
    come_as: Callable[..., Visitor],
) -> None:
    """Every address: what members begin is refused, but for the table; nobody else is."""
    usual = {
        name: knock("get", name).status_code
        for name in sorted(TENANT)
        if TENANT[name].whom is not For.MEMBER
    }
    account = Account.objects.create(
        tenant_id=lumen.tenant.id, plan="growing", state=AccountState.CANCELED, created_at=STARTED
    )
    changed(tenant_id=account.tenant_id, now=STARTED)
    fresh(lumen.tenant)
    for name, status in usual.items():
        answer = knock("get", name)
        assert answer.status_code == status, name
        assert answer.status_code != 402 and "gelé" not in text(answer), name
    members = [name for name in sorted(TENANT) if TENANT[name].whom is For.MEMBER]
    for name in members:
        assert knock("get", name).status_code != 402, name
    watch.again()
    refused = 0
    with watch.nothing_happens("a frozen account", but=NOTED):
        for name in members:
            if name not in WORKS:
                answer = knock("post", name)
                if answer.status_code != 405:
                    assert (answer.status_code, said(FROZEN, answer)) == (402, ""), name
                    refused += 1
    for name in filter(WORKS.__contains__, members):
        goes_on(knock, name)
    assert refused > 60
    viewer = come_as(lumen.viewer, at=lumen.tenant).send("get", "/")
    assert "Votre compte est gelé" in viewer.content.decode()


def test_pa06_a_partner_that_tried_a_plan_keeps_what_partners_have_for_nothing(
    lumen: Side, marin: Side, knock: Walk
) -> None:
    """The trial is over and nothing is paid: the partner's part goes on, the merchant's waits."""
    open_account(tenant_id=lumen.tenant.id, opening=Opening("partner"), now=STARTED)
    start_trial(tenant_id=lumen.tenant.id, plan="growing", now=STARTED)
    Account.objects.update(trial_ends_at=STARTED + timedelta(days=1))
    changed(tenant_id=lumen.tenant.id, now=timezone.now())
    fresh(lumen.tenant)
    for name in sorted(FREE_AS_PARTNER):
        answer = knock("post", name)
        assert answer.status_code in (402, 405), name
    Partnership.objects.create(
        major=marin.tenant,
        minor=lumen.tenant,
        origin=Origin.CODE,
        state=State.ACTIVE,
        key=uuid7(),
        agreement=LATEST,
        created_at=STARTED,
    )
    for name in sorted(FREE_AS_PARTNER):
        goes_on(knock, name)
    assert knock("post", "programme:add_prize").status_code == 402


def text(answer: HttpResponse) -> str:
    return "" if answer.streaming else answer.content.decode(errors="replace")
