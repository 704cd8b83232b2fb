"""A partner who is no merchant: what is not theirs does not exist, by menu, address or API."""

import uuid
from collections.abc import Callable

import pytest
from django.conf import settings

from kernel.ids import uuid7
from partnerships.agreement import LATEST
from partnerships.models import Origin, Partnership, State
from tenants import lookup
from tenants.models import Tenant
from tests.fixtures.programme import NOW
from tests.isolation.conftest import Side, Visitor
from tests.isolation.snapshot import Watch
from tests.isolation.surface import LIMITED, TENANT, For, address, names_in
from tests.isolation.test_doors import call
from tests.isolation.test_matrix import shown

ComeAs = Callable[..., Visitor]


@pytest.fixture
def limited(lumen: Side) -> Side:
    """Maison Lumen with all that a merchant has, as if it were a partner who is none."""
    Tenant.objects.filter(id=lumen.tenant.id).update(partner_only=True)
    lumen.tenant.partner_only = True
    lookup.forget_hosts([f"{lumen.tenant.slug}.{settings.PLATFORM_DOMAIN}"])
    return lumen


def theirs() -> list[str]:
    return names_in(settings.PARTNER_URLCONF)


def test_every_address_of_a_limited_partner_has_a_line_in_the_table() -> None:
    assert set(theirs()) <= set(TENANT) | set(LIMITED)
    assert set(LIMITED) <= set(theirs())
    assert not set(LIMITED) & set(names_in(settings.ROOT_URLCONF))


def test_what_is_not_theirs_is_not_found(limited: Side, watch: Watch, come_as: ComeAs) -> None:
    """PA-14: an owner, with every id in hand, GET and POST: 404 and nothing happens."""
    visitor = come_as(limited.owner, at=limited.tenant)
    watch.again()
    tried = 0
    for name in sorted(set(TENANT) - set(theirs())):
        path = address(name, limited)
        if path in ("/", "/reglages"):
            continue  # theirs as well, with another page behind it
        for method in ("get", "post"):
            with watch.nothing_happens(f"limited: {method} {name}"):
                response = visitor.send(method, path)
            assert response.status_code == 404, (name, method, response.status_code)
            assert limited.profile.email not in shown(response), name
        tried += 1
    assert tried > 100


def test_the_api_is_not_found_even_with_a_key(limited: Side, watch: Watch) -> None:
    watch.again()
    for name, page in TENANT.items():
        if page.whom is not For.PROGRAM:
            continue
        with watch.nothing_happens(f"limited: {name}"):
            for method, response in call(limited, name, limited.secret):
                assert response.status_code == 404, (name, method, response.status_code)


def test_their_own_pages_open_and_show_nothing_else(limited: Side, come_as: ComeAs) -> None:
    """The control of the refusals above; every link of the menu leads somewhere."""
    visitor = come_as(limited.owner, at=limited.tenant)
    odd = {}
    for name in theirs():
        page = TENANT.get(name) or LIMITED[name]
        if page.whom is not For.MEMBER:
            continue
        path = address(name, limited, urlconf=settings.PARTNER_URLCONF)
        response = visitor.send("get", path)
        if response.status_code not in (200, 405):
            odd[name] = response.status_code
        text = shown(response)
        for of_a_merchant in ("/clients", "/commandes", "/parrainage", "/api/", "/fidelite"):
            assert f'href="{of_a_merchant}' not in text, (name, of_a_merchant)
    assert odd == {
        "accounts:two_factor_off": 302,
        "accounts:new_codes": 302,
        "partnerships:home": 302,
    }


def test_the_palette_finds_nothing_of_a_merchant(limited: Side, come_as: ComeAs) -> None:
    visitor = come_as(limited.owner, at=limited.tenant)
    found = shown(visitor.send("get", "/search", {"q": limited.profile.email[:6]}))
    assert limited.profile.email not in found
    assert "/clients" not in found


def test_only_an_owner_takes_the_whole_back_office(
    limited: Side, watch: Watch, come_as: ComeAs
) -> None:
    watch.again()
    for user in (limited.viewer, limited.manager):
        visitor = come_as(user, at=limited.tenant)
        watch.again()
        with watch.nothing_happens("an upgrade by somebody else"):
            assert visitor.send("post", "/offre/passer").status_code == 403
    owner = come_as(limited.owner, at=limited.tenant)
    for made_up in ("", "partner", "platinum"):
        watch.again()
        with watch.nothing_happens("a plan that is not sold"):
            refused = owner.send("post", "/offre/passer", {"plan": made_up})
            assert refused["Location"] == "/offre"
    assert owner.send("post", "/offre/passer", {"plan": "growing"})["Location"] == "/"
    assert owner.send("get", "/clients").status_code == 200
    assert owner.send("post", "/offre/passer", {"plan": "growing"}).status_code == 404


@pytest.fixture
def second(lumen: Side, marin: Side) -> tuple[Partnership, Partnership]:
    """Lumen with two minors: Marin, and another one."""
    stranger = Tenant.objects.get(slug=f"tiers-{marin.tenant.slug}")
    made = [
        Partnership.objects.create(
            major=lumen.tenant,
            minor=minor,
            origin=Origin.CODE,
            state=State.ACTIVE,
            key=uuid7(),
            agreement=LATEST,
            created_at=NOW,
        )
        for minor in (marin.tenant, stranger)
    ]
    return made[0], made[1]


def test_a_minor_sees_its_own_partnership_and_no_other_minors(
    lumen: Side,
    marin: Side,
    second: tuple[Partnership, Partnership],
    watch: Watch,
    come_as: ComeAs,
) -> None:
    """R23: major, minor, a second minor, an outsider."""
    own, other = second
    minor = come_as(marin.owner, at=marin.tenant)
    major = come_as(lumen.owner, at=lumen.tenant)
    for row in second:
        assert major.send("get", f"/partenariats/{row.public_id}").status_code == 200
    assert minor.send("get", f"/partenariats/{own.public_id}").status_code == 200
    assert "Tiers secret" not in shown(minor.send("get", "/partenariats"))
    watch.again()
    for page in ("", "/accord", "/accord/minor", "/fin", "/adresse", "/retirer", "/renvoyer"):
        for method in ("get", "post"):
            with watch.nothing_happens(f"a second minor: {method} {page}"):
                path = f"/partenariats/{other.public_id}{page}"
                response = minor.send(method, path)
            assert response.status_code in (404, 405), (page, method)
    for method in ("get", "post"):
        with watch.nothing_happens("an id of nobody's"):
            nobody = f"/partenariats/{Partnership(id=uuid.uuid4()).public_id}"
            assert minor.send(method, nobody).status_code in (404, 405)
