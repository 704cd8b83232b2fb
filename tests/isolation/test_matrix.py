"""Two merchants and an outsider, at every address of the product: who may not, changes nothing."""

import uuid
from collections.abc import Callable

import pytest
from django.conf import settings
from django.http import HttpResponse

from accounts.models import Role, User
from kernel.ids import public_id
from tests.fixtures.tenants import TenantClient
from tests.isolation.conftest import Side, Visitor
from tests.isolation.snapshot import Watch
from tests.isolation.surface import PUBLIC, TENANT, For, address, for_whom, names_in
from tests.isolation.surface_console import CONSOLE
from widgets.space import sessions

ComeAs = Callable[..., Visitor]


def shown(response: HttpResponse) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="replace")


def at_the_door(response: HttpResponse) -> bool:
    """Led to the log-in page, or told that the address takes no such method."""
    if response.status_code == 405:
        return True
    return response.status_code == 302 and response["Location"].startswith("/connexion")


def test_every_address_has_a_line_in_the_table() -> None:
    """Whoever adds an address says here whom it is for."""
    assert names_in(settings.ROOT_URLCONF) == sorted(TENANT)
    assert names_in(settings.PUBLIC_SCHEMA_URLCONF) == sorted(PUBLIC)
    assert names_in(settings.CONSOLE_URLCONF) == sorted(CONSOLE)


def test_the_watch_sees_a_change(watch: Watch, marin: Side) -> None:
    """The control of all tests below: one changed value of one row is found."""
    with (
        pytest.raises(AssertionError, match="accounts_user"),
        watch.nothing_happens("a changed name"),
    ):
        User.objects.filter(id=marin.viewer.id).update(first_name="Autre")


@pytest.mark.parametrize("who", ["nobody", "stranger", "outsider", "former member"])
def test_a_back_office_is_closed_to_who_is_not_of_the_team(
    lumen: Side, marin: Side, outsider: User, watch: Watch, come_as: ComeAs, who: str
) -> None:
    """R23, R29: without a session, with another merchant's, or with one whose member left."""
    visitor = {
        "nobody": lambda: come_as(None, at=lumen.tenant),
        "stranger": lambda: come_as(marin.owner, at=lumen.tenant, of=marin.tenant),
        "outsider": lambda: come_as(outsider, at=lumen.tenant, of=lumen.tenant),
        "former member": lambda: come_as(marin.owner, at=lumen.tenant, of=lumen.tenant),
    }[who]()
    watch.again()
    for name, _page in for_whom(For.MEMBER):
        for method in ("get", "post"):
            path = address(name, lumen)
            with watch.nothing_happens(f"{who}: {method} {name}"):
                response = visitor.send(method, path)
            assert at_the_door(response), (name, method, response.status_code)
            assert "secret" not in shown(response).lower(), name


def test_who_may_only_look_changes_nothing(lumen: Side, watch: Watch, come_as: ComeAs) -> None:
    """A viewer's POST is 403 wherever it would act, and so are pages for higher roles."""
    _refused_by_role(lumen, watch, come_as(lumen.viewer, at=lumen.tenant), Role.VIEWER)


def test_a_manager_does_not_administer(lumen: Side, watch: Watch, come_as: ComeAs) -> None:
    """Team and keys are the owner's."""
    _refused_by_role(lumen, watch, come_as(lumen.manager, at=lumen.tenant), Role.MANAGER)


def _refused_by_role(lumen: Side, watch: Watch, visitor: Visitor, role: Role) -> None:
    watch.again()
    tried = 0
    for name, page in for_whom(For.MEMBER):
        for method, needed in (("get", page.role), ("post", page.acts)):
            if role.covers(needed):
                continue
            with watch.nothing_happens(f"{role}: {method} {name}"):
                response = visitor.send(method, address(name, lumen))
            assert response.status_code in (403, 405), (name, method, response.status_code)
            tried += 1
    assert tried > 5


def test_knowing_an_id_of_another_merchant_is_no_right(
    lumen: Side, marin: Side, watch: Watch, come_as: ComeAs
) -> None:
    """R23: an owner, at home, with ids of the other merchant in the address."""
    visitor = come_as(lumen.owner, at=lumen.tenant)
    watch.again()
    for name, page in for_whom(For.MEMBER):
        if page.names is None or page.everybodys:
            continue
        for method in ("get", "post"):
            with watch.nothing_happens(f"foreign id: {method} {name}"):
                response = visitor.send(method, address(name, marin))
            assert response.status_code in (404, 405), (name, method, response.status_code)
        own = visitor.send("get", address(name, lumen))
        assert own.status_code in (200, 405), (name, own.status_code)
        watch.again()


def test_an_id_of_another_merchant_in_a_form_is_no_right_either(
    lumen: Side, marin: Side, outsider: User, watch: Watch, come_as: ComeAs
) -> None:
    """R23, R26: the other person of a referral, and the merchant to switch to."""
    visitor = come_as(lumen.owner, at=lumen.tenant)
    forms = [
        ("programme:refer", {"other": marin.friend.public_id, "sure": "1"}),
        ("accounts:switch", {"tenant": public_id("ten", marin.tenant.id)}),
    ]
    watch.again()
    for name, fields in forms:
        with watch.nothing_happens(f"foreign id in the form of {name}"):
            response = visitor.send("post", address(name, lumen), fields)
        assert response.status_code == 404, (name, response.status_code)


def test_an_owner_opens_every_page_of_their_own(lumen: Side, come_as: ComeAs) -> None:
    """The control of the refusals above: with the right session, the same addresses answer."""
    visitor = come_as(lumen.owner, at=lumen.tenant)
    answers = {
        name: visitor.send("get", address(name, lumen)).status_code
        for name, _page in for_whom(For.MEMBER)
    }
    odd = {name: status for name, status in answers.items() if status not in (200, 405)}
    # These lead on to where the thing can be done in the state the owner is in; and who pays
    # nothing has no subscription to cancel, nor one to come back to.
    assert odd == {
        "billing:cancel": 404,
        "billing:come_back": 404,
        "billing:done": 302,
        "billing:returned": 302,
        "accounts:two_factor_off": 302,
        "accounts:new_codes": 302,
        "programme:setup": 302,
    }


@pytest.mark.parametrize("table", ["tenant", "platform"])
def test_open_pages_show_nothing_of_a_merchants_people(
    lumen: Side, marin: Side, come_as: ComeAs, table: str
) -> None:
    """What anybody may open holds no name, order or prize, and never fails."""
    urlconf = settings.PUBLIC_SCHEMA_URLCONF if table == "platform" else None
    pages = PUBLIC if urlconf else TENANT
    client = TenantClient(None if urlconf else lumen.tenant)
    for name, page in pages.items():
        if page.whom is not For.ANYBODY:
            continue
        response = client.get(address(name, lumen, urlconf=urlconf))
        # No worker beats here; and the list of the components shows what a broken list looks like.
        unwell = {"healthz", "shell:components-list"}
        assert response.status_code < 500 or name in unwell, name
        text = shown(response)
        for side in (lumen, marin):
            assert side.profile.email not in text, name
            assert side.prize.name not in text, name


def test_a_link_of_one_merchant_opens_nothing_at_another(
    lumen: Side, marin: Side, watch: Watch, come_as: ComeAs
) -> None:
    """R24: invitation, reset, arrival, space, code, unsubscribe and referral links."""
    visitor = come_as(None, at=lumen.tenant)
    watch.again()
    digits = {"code": "000000"}
    for name, _page in for_whom(For.LINK):
        for method in ("get", "post"):
            with watch.nothing_happens(f"foreign link: {method} {name}"):
                response = visitor.send(method, address(name, marin), digits)
            # The page of six digits is the same for every number (R33).
            allowed = (200, 404, 405, 410, 422) if name == "widgets:space_code" else (404, 405, 410)
            assert response.status_code in allowed, (name, method, response.status_code)
            assert sessions.COOKIE not in response.cookies, name
            assert settings.SESSION_COOKIE_NAME not in response.cookies, name


def test_the_six_digits_of_one_merchant_are_nothing_at_another(
    lumen: Side, marin: Side, watch: Watch, come_as: ComeAs
) -> None:
    """R24: the right digits, at the wrong address."""
    from tenants.context import enter
    from tenants.messaging.links import code_for

    with enter(marin.tenant):
        right = code_for(row_id=marin.asked.id)
    watch.again()
    visitor = come_as(None, at=lumen.tenant)
    with watch.nothing_happens("foreign digits"):
        response = visitor.send("post", address("widgets:space_code", marin), {"code": right})
    assert response.status_code == 422
    here = come_as(None, at=marin.tenant)
    opened = here.send("post", address("widgets:space_code", marin), {"code": right})
    assert opened.status_code == 302


@pytest.mark.parametrize("who", ["nobody", "customer of another merchant"])
def test_a_space_is_closed_to_who_did_not_open_it(
    lumen: Side, marin: Side, watch: Watch, who: str
) -> None:
    """R27: a space cookie of another merchant names nobody here."""
    client = TenantClient(lumen.tenant)
    watch.again()
    for name, _page in for_whom(For.CUSTOMER):
        for method in ("get", "post"):
            if who != "nobody":
                client.cookies[sessions.COOKIE] = marin.space_cookie
            with watch.nothing_happens(f"{who}: {method} {name}"):
                response = getattr(client, method)(address(name, lumen))
            door = response.status_code == 405 or (
                response.status_code == 302 and response["Location"].startswith("/espace")
            )
            assert door, (name, method, response.status_code)
    assert lumen.profile.email not in shown(client.get("/espace"))


def test_a_customer_takes_no_prize_of_another_merchant(
    lumen: Side, marin: Side, watch: Watch
) -> None:
    """R23, in the customer's space."""
    client = TenantClient(lumen.tenant)
    client.cookies[sessions.COOKIE] = lumen.space_cookie
    watch.again()
    for method in ("get", "post"):
        with watch.nothing_happens("foreign prize"):
            path = address("widgets:space_prize", marin)
            response = getattr(client, method)(path, {"key": uuid.uuid4().hex})
        assert response.status_code == 404
    own = client.post(address("widgets:space_prize", lumen), {"key": uuid.uuid4().hex})
    assert own.status_code == 302


def test_search_finds_nothing_for_who_is_not_of_the_team(
    lumen: Side, marin: Side, outsider: User, come_as: ComeAs
) -> None:
    """R23: the palette answers members, and of their own merchant only."""
    for user, of in ((None, None), (marin.owner, marin.tenant), (outsider, lumen.tenant)):
        found = come_as(user, at=lumen.tenant, of=of).send("get", "/search", {"q": "exemple"})
        assert lumen.profile.email not in shown(found)
        assert "/clients/" not in shown(found)
    own = shown(come_as(lumen.viewer, at=lumen.tenant).send("get", "/search", {"q": "exemple"}))
    assert lumen.profile.email in own
    assert marin.profile.email not in own


def test_a_page_of_a_sibling_sends_no_form(
    lumen: Side, marin: Side, watch: Watch, come_as: ComeAs
) -> None:
    """R28: siblings are one site to a browser, so the exact origin is asked of every POST."""
    visitor = come_as(lumen.owner, at=lumen.tenant, enforce_csrf_checks=True)
    visitor.send("get", "/compte")
    client = visitor.client
    client.cookies[sessions.COOKIE] = lumen.space_cookie
    token = client.get("/connexion").cookies
    assert token is not None
    secret = client.cookies[settings.CSRF_COOKIE_NAME].value
    sibling = f"http://{marin.tenant.slug}.{settings.PLATFORM_DOMAIN}"
    form = {"csrfmiddlewaretoken": secret, "email": lumen.owner.email, "password": "x"}
    watch.again()
    # Those that read no cookie of ours need no token: their proof is in the address or the body.
    exempt = {
        "widgets:unsubscribe",
        "operations:confirm",
        "operations:choices",
        "operations:onward",
        "api:",
    }
    for name, page in TENANT.items():
        if page.whom in (For.PROGRAM, For.SITE) or name in exempt:
            continue
        for origin in (sibling, "https://evil.example", "null"):
            with watch.nothing_happens(f"{origin}: {name}"):
                response = visitor.send("post", address(name, lumen), form, HTTP_ORIGIN=origin)
            assert response.status_code in (403, 405), (name, origin, response.status_code)
    right = visitor.send("post", "/apparence", {**form, "theme": "dark"})
    assert right.status_code not in (403, 405), right.status_code
