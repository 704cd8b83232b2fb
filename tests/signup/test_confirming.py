"""The link in the email: the back office is made once, whoever follows it how often."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from accounts.models import Membership, Role, User
from accounts.services import create_member
from billing.models import Account, AccountState
from billing.plans import TRIAL
from signup import texts
from signup.models import Signup, SignupState, TermsAcceptance
from tenants.models import Tenant, TenantState
from tests.fixtures.tenants import TenantClient
from tests.signup.conftest import (
    LEA,
    PASSWORD,
    Send,
    arrive,
    brume,
    confirm,
    deliver,
    link_in,
    words_of,
)

pytestmark = pytest.mark.django_db


def test_the_back_office_opens_with_its_owner_its_plan_and_the_proof_of_the_terms(
    visitor: TenantClient, link: str
) -> None:
    before = timezone.now()
    response = arrive(confirm(visitor, link))
    assert (response.status_code, response["Location"]) == (302, "/mise-en-route")
    tenant = brume()
    assert (tenant.state, tenant.name, tenant.language) == (
        TenantState.ACTIVE,
        "Atelier Brume",
        "fr",
    )
    [membership] = Membership.objects.filter(tenant_id=tenant.id)
    assert (membership.role, membership.user.email) == (Role.OWNER, LEA["email"])
    assert membership.user.check_password(PASSWORD)
    account = Account.objects.get(tenant_id=tenant.id)
    assert (account.plan, account.interval, account.state) == (
        "growing",
        "month",
        AccountState.TRIALING,
    )
    assert account.trial_ends_at is not None
    assert before + TRIAL <= account.trial_ends_at <= timezone.now() + TRIAL
    proof = TermsAcceptance.objects.get()
    row = Signup.objects.get()
    assert (proof.tenant_id, proof.user_id) == (tenant.id, membership.user_id)
    assert (proof.version, proof.text_hash) == (
        texts.LATEST,
        texts.terms(language="fr").text_hash,
    )
    assert proof.accepted_at == row.terms_accepted_at
    assert (row.state, row.password) == (SignupState.DONE, "")


def test_opening_the_link_changes_nothing_and_is_kept_by_nobody(
    visitor: TenantClient, link: str
) -> None:
    """Programs that read emails follow links (R24); the address is passed on to no one."""
    for _turn in range(2):
        response = visitor.get(link)
        assert "Ouvrir Atelier Brume" in words_of(response)
    assert response["Cache-Control"] == "no-store, private"
    assert response["Referrer-Policy"] == "same-origin"
    assert "noindex" in response.content.decode()
    assert not Tenant.objects.filter(slug="atelier-brume").exists()
    assert Signup.objects.get().state == SignupState.WAITING


def test_confirmed_twice_it_is_one_back_office_and_both_clicks_arrive(
    visitor: TenantClient, link: str
) -> None:
    """R3, B9: a double click; and from another device, with the same password."""
    confirm(visitor, link)
    again = confirm(TenantClient(None), link, slug="something-else")
    assert arrive(again)["Location"] == "/mise-en-route"
    assert Tenant.objects.filter(name="Atelier Brume").count() == 1
    assert User.objects.count() == 1


def test_the_link_of_an_open_back_office_opens_nothing_without_the_password(
    visitor: TenantClient, link: str
) -> None:
    confirm(visitor, link)
    stranger = TenantClient(None)
    page = stranger.get(link)
    assert "Votre back-office est ouvert" in words_of(page)
    assert "http://atelier-brume.ricochet.localhost/connexion" in page.content.decode()
    wrong = confirm(stranger, link, password="je devine ce mot de passe")
    assert wrong.status_code == 422
    assert "Ce n’est pas le mot de passe" in words_of(wrong)
    for _turn in range(10):
        wrong = confirm(stranger, link, password="je devine encore")
    assert wrong.status_code == 429


def test_a_sign_up_goes_on_where_it_was_left_on_another_device(
    visitor: TenantClient, link: str
) -> None:
    visitor.get(link)
    confirm(visitor, link, password="court")
    phone = TenantClient(None)
    assert "Ouvrir Atelier Brume" in words_of(phone.get(link))
    assert arrive(confirm(phone, link)).status_code == 302


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("", "Choisissez un mot de passe d’au moins 10 caractères."),
        ("court", "Choisissez un mot de passe d’au moins 10 caractères."),
        ("1234567890123", "Ajoutez des lettres"),
        ("atelier-brume.fr", "ne reprend ni votre nom"),
    ],
)
def test_a_weak_password_is_refused_with_what_to_do(
    visitor: TenantClient, link: str, password: str, says: str
) -> None:
    response = confirm(visitor, link, password=password)
    assert response.status_code == 422
    assert says in words_of(response)
    assert 'value="atelier-brume"' in response.content.decode()
    assert not Tenant.objects.filter(slug="atelier-brume").exists()
    assert not User.objects.exists()


def test_an_address_taken_meanwhile_is_told_and_the_rest_is_kept(
    visitor: TenantClient, link: str, merchant: Tenant
) -> None:
    """One wins; the other is told, and types neither password nor name again."""
    Tenant.objects.filter(id=merchant.id).update(slug="atelier-brume")
    page = words_of(visitor.get(link))
    assert "atelier-brume vient d’être prise" in page
    assert 'value="atelier-brume-2"' in page
    response = confirm(visitor, link)
    html = words_of(response)
    assert response.status_code == 422
    assert "atelier-brume est déjà prise. Essayez atelier-brume-2" in html
    assert "Votre mot de passe est gardé." in html
    assert 'name="password"' not in html
    other = visitor.post(link, {"slug": "atelier-brume-2"})
    assert other.status_code == 200
    made = Tenant.objects.get(slug="atelier-brume-2")
    assert made.name == "Atelier Brume"
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize("slug", ["admin", "é", "maison-lumen", "", "x" * 60, "mаison"])
def test_a_bad_address_is_said_and_nothing_is_made(
    visitor: TenantClient, merchant: Tenant, link: str, slug: str
) -> None:
    response = confirm(visitor, link, slug=slug)
    assert response.status_code == 422
    assert Signup.objects.get().state == SignupState.WAITING
    assert not Tenant.objects.filter(name="Atelier Brume").exists()
    # The next try with a good one needs no password any more, where one was given.
    assert visitor.post(link, {"slug": "atelier-brume", "password": PASSWORD}).status_code == 200


def test_a_link_that_is_too_old_or_made_up_leads_nowhere(visitor: TenantClient, link: str) -> None:
    Signup.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    for path in (link, "/inscription/" + "x" * 43, "/inscription/adresses"):
        for response in (visitor.get(path), confirm(visitor, path)):
            assert response.status_code == 410, path
            assert "Demandez-en un nouveau" in words_of(response)
    assert not Tenant.objects.filter(slug="atelier-brume").exists()


def test_terms_that_changed_since_are_accepted_again(
    visitor: TenantClient, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Signup.objects.update(terms_version="2026-01", terms_hash="0" * 64)
    assert "Les conditions ont changé" in words_of(visitor.get(link))
    refused = confirm(visitor, link)
    assert refused.status_code == 422
    assert not Tenant.objects.filter(slug="atelier-brume").exists()
    assert confirm(visitor, link, terms="on").status_code == 200
    proof = TermsAcceptance.objects.get()
    assert (proof.version, proof.text_hash) == (
        texts.LATEST,
        texts.terms(language="fr").text_hash,
    )


def test_somebody_who_logs_in_elsewhere_proves_it_with_that_password(
    visitor: TenantClient, merchant: Tenant, link: str
) -> None:
    """Whoever reads the email is not enough: the person's other back offices hang on it."""
    member = create_member(
        email=LEA["email"],
        first_name="Léa",
        last_name="Brume",
        password="le mot de passe de Léa",
        tenant_id=merchant.id,
        role=Role.VIEWER,
        now=timezone.now(),
    )
    assert "Vous avez déjà un accès à Ricochet" in words_of(visitor.get(link))
    assert confirm(visitor, link).status_code == 422
    assert not Tenant.objects.filter(slug="atelier-brume").exists()
    response = confirm(visitor, link, password="le mot de passe de Léa")
    assert arrive(response)["Location"] == "/mise-en-route"
    member.user.refresh_from_db()
    assert (User.objects.count(), member.user.first_name) == (1, "Léa")
    assert member.user.check_password("le mot de passe de Léa")


def test_a_second_factor_is_not_stepped_over(
    visitor: TenantClient, merchant: Tenant, link: str
) -> None:
    """R29: whoever has one logs in at the new address, with it; no session is handed over."""
    user = create_member(
        email=LEA["email"],
        first_name="Léa",
        last_name="",
        password=PASSWORD,
        tenant_id=merchant.id,
        role=Role.OWNER,
        now=timezone.now(),
    ).user
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    response = confirm(visitor, link)
    assert "Refresh" not in response
    assert "Votre back-office est ouvert" in words_of(response)
    assert Membership.objects.filter(user=user, tenant_id=brume().id, role=Role.OWNER).exists()


def test_asked_for_twice_both_links_lead_to_the_one_back_office(
    visitor: TenantClient, send: Send
) -> None:
    send()
    send()
    first, second = (link_in(letter) for letter in deliver())
    assert first != second
    confirm(visitor, second)
    assert "Votre back-office est ouvert" in words_of(visitor.get(first))
    assert arrive(confirm(visitor, first)).status_code == 302
    assert Tenant.objects.filter(name="Atelier Brume").count() == 1


def test_the_same_persons_other_shop_goes_on_waiting(visitor: TenantClient, send: Send) -> None:
    send()
    send(shop_name="Galerie Zéphyr")
    letters = {letter.subject: link_in(letter) for letter in deliver()}
    [other] = [link for subject, link in letters.items() if "Zéphyr" in subject]
    [first] = [link for link in letters.values() if link != other]
    confirm(visitor, first)
    row = Signup.objects.get(shop_name="Galerie Zéphyr")
    assert row.state == SignupState.WAITING
    response = confirm(visitor, other, slug="galerie-zephyr")
    assert "galerie-zephyr" in response["Refresh"]
    assert Tenant.objects.get(slug="galerie-zephyr").name == "Galerie Zéphyr"


def test_a_plan_without_referrals_begins_at_home(visitor: TenantClient, send: Send) -> None:
    send(plan="starter", interval="year")
    [letter] = deliver()
    response = arrive(confirm(visitor, link_in(letter)))
    assert response["Location"] == "/"
    account = Account.objects.get(tenant_id=brume().id)
    assert (account.plan, account.interval) == ("starter", "year")
    assert "referral" not in brume().entitlements["features"]
