"""A password that was forgotten or is changed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from accounts.models import LoginSession, OneTimeLink
from accounts.services import passwords
from accounts.services.passwords import WeakPasswordError, require_strong_password
from kernel.outbox.models import Event
from tenants.models import Tenant
from tests.accounts.conftest import PASSWORD, Cast, link_in
from tests.fixtures.tenants import TenantClient

Deliver = Callable[[], list[EmailMessage]]
ASK = "/mot-de-passe/oublie"
FRESH = "un tout nouveau secret"


def log_in(client: TenantClient, password: str, email: str = "camille@exemple.fr") -> int:
    return int(client.post("/connexion", {"email": email, "password": password}).status_code)


def test_a_member_chooses_a_new_password_with_a_mailed_link(
    cast: Cast, browser: TenantClient, delivered: Deliver
) -> None:
    browser.post(ASK, {"email": "Camille@exemple.fr"})
    [message] = delivered()
    assert message.to == ["camille@exemple.fr"]
    assert browser.get(link_in(message)).status_code == 200
    response = browser.post(link_in(message), {"password": FRESH})
    assert (response.status_code, response["Location"]) == (302, "/connexion")
    assert log_in(browser, PASSWORD) == 422
    assert log_in(browser, FRESH) == 302


def test_the_link_works_once_for_an_hour_and_only_here(
    cast: Cast, other_merchant: Tenant, browser: TenantClient, delivered: Deliver
) -> None:
    """R24."""
    browser.post(ASK, {"email": "camille@exemple.fr"})
    [message] = delivered()
    path = link_in(message)
    assert TenantClient(other_merchant).post(path, {"password": FRESH}).status_code == 410
    assert browser.get(path.replace("mot-de-passe/nouveau", "invitation")).status_code == 410
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert browser.post(path, {"password": FRESH}).status_code == 410
    assert browser.post(path, {"password": "court"}).status_code == 422
    assert browser.post(path, {"password": FRESH}).status_code == 302
    assert browser.post(path, {"password": "encore un autre secret"}).status_code == 410
    assert log_in(browser, FRESH) == 302


def test_a_used_link_ends_the_other_links_and_every_session(
    cast: Cast,
    browser: TenantClient,
    delivered: Deliver,
    logged_in: Callable[..., TenantClient],
) -> None:
    """R29."""
    client = logged_in(cast.owner.user)
    browser.post(ASK, {"email": "camille@exemple.fr"})
    browser.post(ASK, {"email": "camille@exemple.fr"})
    first, second = delivered()
    browser.post(link_in(first), {"password": FRESH})
    assert browser.get(link_in(second)).status_code == 410
    assert client.get("/compte").status_code == 302
    assert not LoginSession.objects.filter(user_id=cast.owner.user_id).exists()
    [notice] = delivered()
    assert "mot de passe a été changé" in notice.subject


@pytest.mark.parametrize("email", ["sami@exemple.fr", "personne@exemple.fr"])
def test_an_address_that_nobody_has_here_takes_the_same_steps_and_gets_no_email(
    cast: Cast, browser: TenantClient, delivered: Deliver, email: str
) -> None:
    """R33: the same page, a row and an event of the same kind."""
    known = browser.post(ASK, {"email": "camille@exemple.fr"}).content.decode()
    assert len(delivered()) == 1
    unknown = browser.post(ASK, {"email": email})
    assert unknown.status_code == 200
    assert same_page(unknown.content.decode().replace(email, "camille@exemple.fr"), known)
    assert OneTimeLink.objects.count() == 2
    assert Event.objects.filter(kind="accounts.password_reset").count() == 1
    assert delivered() == []


def same_page(one: str, other: str) -> bool:
    """Whether two pages differ only by what is fresh in every answer."""
    import re

    def plain(page: str) -> str:
        page = re.sub(r'nonce="[^"]*"', "", page)
        return re.sub(r"[A-Za-z0-9]{64}", "", page)

    return plain(one) == plain(other)


@pytest.mark.parametrize("email", ["camille@exemple.fr", "personne@exemple.fr"])
def test_asking_again_and_again_is_held(cast: Cast, browser: TenantClient, email: str) -> None:
    statuses = [browser.post(ASK, {"email": email}).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert "Retry-After" in browser.post(ASK, {"email": email})


def test_two_people_with_one_link_at_once_change_the_password_once(
    cast: Cast, merchant: Tenant, browser: TenantClient, delivered: Deliver
) -> None:
    """R24: the row itself is claimed, after the check as well."""
    from accounts.models import LinkPurpose
    from accounts.services import one_time_links
    from accounts.services.one_time_links import UnknownLinkError, use_link

    browser.post(ASK, {"email": "camille@exemple.fr"})
    [message] = delivered()
    token = link_in(message).rsplit("/", 1)[1]
    arguments = {"token": token, "purpose": LinkPurpose.RESET, "tenant_id": merchant.id}
    found = one_time_links.find_link(**arguments, now=timezone.now())
    use_link(**arguments, now=timezone.now())
    with pytest.MonkeyPatch.context() as patch, pytest.raises(UnknownLinkError):
        # The second one looked before the first had marked it.
        patch.setattr(one_time_links, "find_link", lambda **_: found)
        use_link(**arguments, now=timezone.now())


def test_changing_a_password_asks_for_the_present_one(
    cast: Cast, browser: TenantClient, logged_in: Callable[..., TenantClient], delivered: Deliver
) -> None:
    client = logged_in(cast.owner.user)
    page = "/compte/mot-de-passe"
    wrong = {"current": "pas celui-ci", "password": FRESH}
    assert client.post(page, wrong).status_code == 422
    assert client.post(page, {"current": PASSWORD, "password": "camille"}).status_code == 422
    assert delivered() == []
    assert client.post(page, {"current": PASSWORD, "password": FRESH}).status_code == 302
    assert log_in(browser, FRESH) == 302
    assert len(delivered()) == 1


def test_guessing_the_present_password_from_an_open_screen_is_held(
    cast: Cast, logged_in: Callable[..., TenantClient]
) -> None:
    client = logged_in(cast.owner.user)
    wrong = {"current": "pas celui-ci", "password": FRESH}
    statuses = [client.post("/compte/mot-de-passe", wrong).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]


@pytest.mark.parametrize(
    ("password", "sentences"),
    [
        ("court", ["Choisissez un mot de passe d’au moins 10 caractères."]),
        ("camille@exemple", ["Choisissez un mot de passe qui ne reprend ni votre nom"]),
        ("motdepasse", ["Beaucoup de gens ont ce mot de passe. Choisissez-en un autre"]),
        ("8301746529", ["Ajoutez des lettres"]),
        ("12345", ["d’au moins 10 caractères", "Beaucoup de gens", "Ajoutez des lettres"]),
    ],
)
def test_a_weak_password_is_told_what_to_do_about_it(
    cast: Cast, password: str, sentences: list[str]
) -> None:
    """B4: our words, one sentence for each rule, none of Django's."""
    with pytest.raises(WeakPasswordError) as refused:
        require_strong_password(password=password, user=cast.owner.user)
    assert len(refused.value.sentences) == len(sentences)
    for said, wanted in zip(refused.value.sentences, sentences, strict=True):
        assert wanted in said


def test_every_rule_of_the_settings_has_its_words() -> None:
    """B4: a validator that is added later cannot speak for itself."""
    codes = {
        "MinimumLengthValidator": "password_too_short",
        "UserAttributeSimilarityValidator": "password_too_similar",
        "CommonPasswordValidator": "password_too_common",
        "NumericPasswordValidator": "password_entirely_numeric",
    }
    rules = [row["NAME"].rpartition(".")[2] for row in settings.AUTH_PASSWORD_VALIDATORS]
    assert {codes[rule] for rule in rules} == set(passwords._ADVICE)
