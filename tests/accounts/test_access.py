"""Who may open what."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from accounts.access import has_role, member_required
from accounts.models import Membership, Role, User
from tenants.models import Tenant
from tests.accounts.conftest import Cast
from tests.fixtures.tenants import TenantClient

ROLES = {"owner": Role.OWNER, "manager": Role.MANAGER, "viewer": Role.VIEWER}


def ask(user: object, tenant: Tenant | None) -> HttpRequest:
    request = RequestFactory().get("/page")
    request.user = user  # type: ignore[assignment]
    request.tenant = tenant  # type: ignore[attr-defined]
    return request


@pytest.mark.parametrize("needed", list(Role))
@pytest.mark.parametrize("who", ["owner", "manager", "viewer"])
def test_a_role_opens_what_it_covers_and_nothing_above(
    cast: Cast, merchant: Tenant, who: str, needed: Role
) -> None:
    membership: Membership = getattr(cast, who)
    request = ask(membership.user, merchant)
    view = member_required(role=needed)(lambda request: HttpResponse(request.membership.role))
    order = [Role.VIEWER, Role.MANAGER, Role.OWNER]
    if order.index(ROLES[who]) >= order.index(needed):
        assert view(request).content.decode() == membership.role
        assert has_role(request, needed)
    else:
        with pytest.raises(PermissionDenied):
            view(request)
        assert not has_role(request, needed)
    assert membership.can_manage == (who != "viewer")
    assert membership.is_owner == (who == "owner")


def test_a_stranger_and_a_visitor_are_led_to_the_log_in_page(cast: Cast, merchant: Tenant) -> None:
    """R23: to this tenant, a member of another is nobody."""
    view = member_required()(lambda _: HttpResponse("inside"))
    for user in (cast.stranger.user, AnonymousUser()):
        response = view(ask(user, merchant))
        assert response["Location"] == "/connexion?next=%2Fpage"
        assert not has_role(ask(user, merchant), Role.VIEWER)


def test_nothing_is_guarded_by_membership_on_the_platforms_own_host(cast: Cast) -> None:
    view = member_required()(lambda _: HttpResponse("inside"))
    with pytest.raises(Http404):
        view(ask(cast.owner.user, None))


# Every address of accounts: its method, and the lowest role that may use it.
MATRIX = [
    ("get", "/compte", Role.VIEWER),
    ("get", "/compte/mot-de-passe", Role.VIEWER),
    ("get", "/compte/deux-etapes", Role.VIEWER),
    ("get", "/reglages/equipe", Role.VIEWER),
    ("post", "/reglages/equipe/inviter", Role.OWNER),
    ("get", "/reglages/equipe/{other}/retirer", Role.OWNER),
    ("post", "/reglages/equipe/{other}/retirer", Role.OWNER),
    ("get", "/reglages/equipe/{other}/role", Role.OWNER),
    ("post", "/reglages/equipe/{other}/role", Role.OWNER),
]


@pytest.mark.parametrize("address", MATRIX, ids=lambda address: f"{address[0]} {address[1]}")
@pytest.mark.parametrize("who", ["owner", "manager", "viewer", "stranger", "visitor"])
def test_the_pages_of_accounts_by_role(
    cast: Cast,
    merchant: Tenant,
    logged_in: Callable[..., TenantClient],
    who: str,
    address: tuple[str, str, Role],
) -> None:
    """A refusal changes nothing: the same members with the same roles are there after it."""
    method, path, needed = address
    client = logged_in(getattr(cast, who).user) if who in ROLES else TenantClient(merchant)
    other = cast.viewer if who != "viewer" else cast.manager
    before = sorted(Membership.objects.values_list("id", "role"))
    response = getattr(client, method)(path.format(other=other.public_id), {"role": "owner"})
    if who not in ROLES:
        assert response.status_code == 302
        assert response["Location"].startswith("/connexion")
    elif not ROLES[who].covers(needed):
        assert response.status_code == 403
    else:
        assert response.status_code in (200, 302, 422)
        return
    assert sorted(Membership.objects.values_list("id", "role")) == before


@pytest.mark.parametrize("action", ["retirer", "role"])
def test_a_member_of_another_tenant_cannot_be_named(
    cast: Cast, logged_in: Callable[..., TenantClient], action: str
) -> None:
    """R23: knowing an id is no right."""
    client = logged_in(cast.owner.user)
    path = f"/reglages/equipe/{cast.stranger.public_id}/{action}"
    assert client.post(path, {"role": "viewer"}).status_code == 404
    cast.stranger.refresh_from_db()
    assert cast.stranger.role == Role.OWNER


def test_what_a_form_does_not_name_is_not_read(
    cast: Cast, logged_in: Callable[..., TenantClient]
) -> None:
    """R26: nobody makes themselves staff, changes their address or gains a role by a field."""
    client = logged_in(cast.viewer.user)
    form = {"first_name": "Inès", "last_name": "Test", "language": "en", "theme": "dark"}
    extra = {"email": "autre@exemple.fr", "is_staff": "on", "is_superuser": "on", "role": "owner"}
    assert client.post("/compte", form | extra).status_code == 302
    user = User.objects.get(pk=cast.viewer.user_id)
    assert (user.first_name, user.language, user.theme) == ("Inès", "en", "dark")
    assert (user.email, user.is_staff, user.is_superuser) == ("ines@exemple.fr", False, False)
    cast.viewer.refresh_from_db()
    assert cast.viewer.role == Role.VIEWER
    assert client.post("/compte", form | {"theme": "rouge"}).status_code == 422
