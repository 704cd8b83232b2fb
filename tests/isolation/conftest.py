"""Two merchants who have the same of everything, and people who belong to one or to none."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from pytest_django import Settings

from accounts.models import LinkPurpose, LoginSession, Membership, Role, User
from accounts.services import create_member
from accounts.services.invitations import invite
from accounts.services.one_time_links import make_link
from accounts.tokens import token_for
from api.models import ApiKey
from api.scopes import SCOPES
from api.services import create_key
from kernel.ids import public_id
from kernel.jobs.models import Job, JobState
from tenants import lookup
from tenants.activity.models import Invoice, Order, Session
from tenants.context import enter
from tenants.loyalty.recalculation.models import Run
from tenants.messaging import links
from tenants.messaging.models import Campaign, Email
from tenants.models import Tenant
from tenants.profiles.models import CustomerImport, Profile
from tenants.programme import conductor, services
from tenants.programme.bulk.models import Selection
from tenants.referrals import codes, suspicion
from tenants.referrals.models import Referral
from tenants.rewards import services as rewards
from tenants.rewards.models import Claim, Prize
from tests.fixtures.programme import NOW, make_order, publish
from tests.fixtures.tenants import TenantClient
from tests.isolation.knocking import knock  # noqa: F401  a fixture
from tests.isolation.partners import Partners, met
from tests.isolation.played import Played, played
from tests.isolation.snapshot import Watch
from tests.isolation.treats import Treats, booked, click_token, given, invoiced, many
from tests.isolation.visited import visit_token
from widgets.links import landing
from widgets.models import ShopKey, Site, SpaceLink
from widgets.shop_login import keys as shop_keys
from widgets.space import entering, sessions
from widgets.tracker.services import register_site

PASSWORD = "ricochet sur l'eau"


@dataclass
class Side:
    """One merchant, with one of everything that an address can name."""

    tenant: Tenant
    shop: str
    owner: User
    manager: User
    viewer: User
    member_id: str
    invitation_id: str
    invitation_token: str
    reset_token: str
    arrival_token: str
    visit_token: str
    profile: Profile
    friend: Profile
    code: str
    order: Order
    referral: Referral
    prize: Prize
    claim: Claim
    session: Session
    invoice: Invoice
    recalculation: Run
    selection: Selection
    treats: Treats
    partners: Partners
    campaign: Campaign
    job: Job
    customer_import: CustomerImport
    key: ApiKey
    shop_key: ShopKey
    secret: str
    site: Site
    asked: SpaceLink
    space_token: str
    space_cookie: str
    unsubscribe_token: str
    click_token: str
    email: Email
    played: Played


@pytest.fixture(autouse=True)
def fresh(settings: Settings) -> None:
    """Quick passwords, and nothing remembered from the test before."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    lookup.forget_locally()
    landing.forget_pages()


@pytest.fixture
def lumen(merchant: Tenant) -> Side:
    """The merchant at whose address the matrix knocks."""
    return _side(merchant)


@pytest.fixture
def marin(other_merchant: Tenant) -> Side:
    """The merchant whom it must not touch."""
    with enter(other_merchant):
        return _side(other_merchant)


@pytest.fixture
def outsider(db: None) -> User:
    """A person with a log-in and no merchant."""
    return User.objects.create_user(email="sami@exemple.fr", password=PASSWORD)


@pytest.fixture
def watch(lumen: Side, marin: Side, outsider: User) -> Watch:
    """Watches both merchants' schemas and the shared one."""
    return Watch([lumen.tenant.schema_name, marin.tenant.schema_name, "public"])


@pytest.fixture
def come_as() -> Callable[..., "Visitor"]:
    """`come_as(user, at=tenant, of=tenant)`: a browser with a session that was opened at `of`."""
    return Visitor


class Visitor:
    """A browser at one merchant's address whose stolen session comes back each time."""

    def __init__(
        self, user: User | None, *, at: Tenant, of: Tenant | None = None, **options: Any
    ) -> None:
        self.client = TenantClient(at, **options)
        self.row: dict[str, Any] | None = None
        if user is not None:
            self.cookies, self.row = _session_of(user, of or at)

    def send(self, method: str, path: str, data: Any = None, **extra: Any) -> Any:
        """One request, with the session as it was at first."""
        if self.row is not None:
            LoginSession.objects.update_or_create(
                session_key=self.row["session_key"], defaults=self.row
            )
            self.client.cookies.load(self.cookies)
        return getattr(self.client, method)(path, data or {}, **extra)


def _session_of(user: User, tenant: Tenant) -> tuple[dict[str, str], dict[str, Any]]:
    """A session as the log-in page writes it, as cookies and as its row."""
    client = TenantClient(tenant)
    before = set(LoginSession.objects.values_list("session_key", flat=True))
    login = Membership.objects.filter(user=user, tenant_id=tenant.id).exists()
    if login:
        _log_in(client, user)
    else:
        # Somebody whose membership ended while the session went on.
        passing = Membership.objects.create(
            user=user, tenant_id=tenant.id, role=Role.OWNER, created_at=NOW
        )
        _log_in(client, user)
        passing.delete()
    [row] = LoginSession.objects.exclude(session_key__in=before).values()
    return {name: morsel.value for name, morsel in client.cookies.items()}, row


def _log_in(client: TenantClient, user: User) -> None:
    response = client.post("/connexion", {"email": user.email, "password": PASSWORD})
    assert response.status_code == 302, response.content.decode()


def _side(tenant: Tenant) -> Side:
    slug = tenant.slug
    publish()
    people = {role: _member(tenant, role) for role in (Role.OWNER, Role.MANAGER, Role.VIEWER)}
    key, secret = create_key(name="Boutique", scopes=list(SCOPES), mode="live", now=NOW)
    space = _people_and_money(slug)
    profile = space["profile"]
    asked_id = entering.ask(email=profile.email, now=timezone.now())
    email = Email.objects.filter(profile=profile).first()
    assert email is not None
    return Side(
        tenant=tenant,
        shop=f"https://{slug}.example",
        owner=people[Role.OWNER].user,
        manager=people[Role.MANAGER].user,
        viewer=people[Role.VIEWER].user,
        member_id=people[Role.MANAGER].public_id,
        **_tokens(tenant, people[Role.OWNER].user),
        **space,
        partners=met(tenant, people[Role.OWNER].user),
        key=key,
        secret=secret,
        shop_key=shop_keys.create_key(name="Boutique", now=NOW)[0],
        site=register_site(url=f"https://{slug}.example", now=NOW),
        asked=SpaceLink.objects.get(id=asked_id),
        space_token=links.token_for(purpose=links.Purpose.ASKED, row_id=asked_id),
        space_cookie=sessions.open_session(profile=profile, now=timezone.now()),
        unsubscribe_token=links.token_for(purpose=links.Purpose.UNSUBSCRIBE, row_id=email.id),
        click_token=click_token(email),
        email=email,
        played=played(slug),
    )


def _member(tenant: Tenant, role: Role) -> Membership:
    return create_member(
        email=f"{role}@{tenant.slug}.fr",
        first_name=str(role).title(),
        last_name=tenant.slug.title(),
        password=PASSWORD,
        tenant_id=tenant.id,
        role=role,
        now=NOW,
    )


def _tokens(tenant: Tenant, owner: User) -> dict[str, str]:
    now = timezone.now()
    invitation = invite(
        email=f"invite@{tenant.slug}.fr",
        role=Role.VIEWER,
        tenant_id=tenant.id,
        invited_by=owner,
        now=now,
    )
    made: dict[LinkPurpose, uuid.UUID] = {}
    for purpose in (LinkPurpose.RESET, LinkPurpose.HAND_OVER):
        link = make_link(purpose=purpose, tenant_id=tenant.id, user_id=owner.pk, now=now)
        made[purpose] = link.id
    return {
        "invitation_id": public_id("inv", invitation.id),
        "invitation_token": token_for(invitation.id, invitation.version),
        "reset_token": token_for(made[LinkPurpose.RESET]),
        "arrival_token": token_for(made[LinkPurpose.HAND_OVER]),
        "visit_token": visit_token(tenant),
    }


def _people_and_money(slug: str) -> dict[str, Any]:
    referrer = conductor.order_received(
        order=make_order(email=f"secret-{slug}@exemple.fr", external_id=f"{slug}-0"), now=NOW
    ).order.profile
    code = codes.code_for(profile=referrer, now=NOW).code
    outcome = conductor.order_received(
        order=make_order(
            email=f"filleul-{slug}@exemple.fr", external_id=f"{slug}-1", referral_code=code
        ),
        now=NOW,
    )
    services.adjust(
        profile=referrer, amount=5000, reason="Geste", key="gift", author_id=None, now=NOW
    )
    prize = rewards.save_prize(now=NOW, unit="EUR", name=f"Lot secret {slug}", cost=900)
    claim = services.claim_prize(profile=referrer, prize_id=prize.id, key="claim", now=NOW)
    assert outcome.referral is not None
    suspicion.raise_suspicion(referral=outcome.referral, reasons=[], now=NOW)
    return {
        "customer_import": CustomerImport.objects.create(
            file_name=f"secret-{slug}.csv",
            kind="csv",
            size=1,
            rows=1,
            state="checked",
            created_at=NOW,
            forget_at=NOW,
        ),
        "session": booked(referrer),
        "invoice": invoiced(referrer),
        **many(),
        "job": Job.objects.create(
            kind="nothing", state=JobState.FAILED, created_at=NOW, moved_at=NOW
        ),
        "profile": referrer,
        "friend": outcome.order.profile,
        "code": code,
        "order": outcome.order,
        "referral": outcome.referral,
        "prize": prize,
        "claim": claim,
        "treats": given(slug, referrer),
    }
