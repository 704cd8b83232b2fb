"""OF-07: with a module off, each of its pages answers as off, and every other page as before."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.http import HttpResponse

from tenants import features
from tenants.features import Feature
from tests.isolation.conftest import Side, Visitor
from tests.isolation.knocking import Walk
from tests.isolation.modules import PAGES, PLACES
from tests.isolation.snapshot import PERSONAL, Watch
from tests.isolation.surface import TENANT, For, address
from widgets.links import landing

ComeAs = Callable[..., Visitor]
# A door that counts who knocks, or a visit that is stored as any other, is no effect of the page.
NOTED = PERSONAL | {"referrals_click", "api_idempotentrequest", "api_key"}
OFF = re.compile(r'data-module-off="(\w+)"')


@pytest.fixture
def switch(lumen: Side) -> Iterator[Callable[[Feature], None]]:
    """`switch(feature)`: this module alone is off."""

    def off(feature: Feature) -> None:
        features.switch(tenant_id=lumen.tenant.id, on=Feature, off=[feature])
        landing.forget_pages()

    yield off
    features.switch(tenant_id=lumen.tenant.id, on=Feature)


def off_by(answer: HttpResponse) -> str:
    """The module that this answer says is off, or ""."""
    if answer.streaming or not answer.content:
        return ""
    if answer["Content-Type"].startswith("application/problem+json"):
        return "api" if answer.json()["code"] == "feature_off" else ""
    found = OFF.search(answer.content.decode(errors="replace"))
    return found[1] if found else ""


def test_the_table_names_addresses_that_there_are_and_each_once() -> None:
    named = [name for names in PAGES.values() for name in names]
    assert set(named) <= set(TENANT)
    assert len(named) == len(set(named))


def test_no_address_of_a_modules_place_is_left_out_of_the_table(lumen: Side) -> None:
    """Whoever adds a page to a module says so here, and the walk then proves that it is gated."""
    for name in TENANT:
        path = address(name, lumen)
        for place, feature in PLACES.items():
            if path.startswith(place):
                assert name in PAGES[feature], (name, path)


@pytest.mark.parametrize("feature", list(Feature))
def test_each_page_of_a_module_that_is_off_answers_as_off_and_no_other_does(
    lumen: Side, knock: Walk, switch: Callable[[Feature], None], watch: Watch, feature: Feature
) -> None:
    switch(feature)
    for name in sorted(TENANT):
        if name not in PAGES[feature]:
            assert not off_by(knock("get", name)), name
    watch.again()
    for name in sorted(PAGES[feature]):
        seen = 0
        for method in ("get", "post"):
            with watch.nothing_happens(f"{feature} off: {method} {name}", but=NOTED):
                answer = knock(method, name)
            if answer.status_code == 405:
                continue
            seen += 1
            if TENANT[name].whom is For.PROGRAM:
                assert (answer.status_code, off_by(answer)) == (403, "api"), name
            else:
                assert (answer.status_code, off_by(answer)) == (404, feature.value), (name, method)
        assert seen, name


@pytest.mark.parametrize("feature", list(Feature))
def test_nothing_that_is_on_leads_to_a_page_that_is_off(
    lumen: Side, knock: Walk, switch: Callable[[Feature], None], feature: Feature
) -> None:
    """What is off is not shown: no link, form or menu entry of any page goes there."""
    switch(feature)
    gone = {
        address(name, lumen)
        for name in PAGES[feature]
        if TENANT[name].whom in (For.MEMBER, For.CUSTOMER, For.ANYBODY)
    } - {address("programme:bulk", lumen)}
    for name in sorted(TENANT):
        page = TENANT[name]
        if name == "widgets:space_preview":
            continue  # what the set-up would put online; its buttons lead nowhere
        if name in PAGES[feature] or page.whom not in (For.MEMBER, For.CUSTOMER, For.ANYBODY):
            continue
        answer = knock("get", name)
        if answer.status_code != 200 or answer.streaming:
            continue
        html = answer.content.decode(errors="replace")
        led = set(re.findall(r'(?:href|action|hx-(?:get|post))="([^"#?]+)', html)) & gone
        assert not led, (name, led)


def test_with_everything_on_no_page_answers_as_off(lumen: Side, knock: Walk) -> None:
    """The control of the walk."""
    for name in sorted(TENANT):
        for method in ("get",):
            assert not off_by(knock(method, name)), (name, method)


def test_the_menu_and_the_search_forget_what_is_off(
    lumen: Side, knock: Walk, switch: Callable[[Feature], None], come_as: ComeAs
) -> None:
    owner = come_as(lumen.owner, at=lumen.tenant)

    def found(query: str) -> str:
        return owner.send("get", "/search", {"q": query}).content.decode()

    assert "/reglages/programme" in found("parrainage")
    switch(Feature.REFERRAL)
    assert "/parrainage" not in found("parrainage")
    assert "/reglages/programme" not in found("parrainage")
    assert 'href="/parrainage"' not in knock("get", "programme:home").content.decode()
