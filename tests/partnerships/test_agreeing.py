"""Nothing moves before both have said yes to the text in force (D5)."""

import uuid
from collections.abc import Callable
from datetime import datetime

import pytest

from accounts.models import User
from partnerships import agreement, selectors
from partnerships.errors import (
    NotWaitingError,
    StaleAgreementError,
    UnknownOfferError,
    UnknownPartnershipError,
)
from partnerships.models import (
    AgreementAcceptance,
    AppendOnlyError,
    Ending,
    Partnership,
    Side,
    State,
)
from partnerships.services import agreeing, codes
from partnerships.services.proposing import propose_by_code
from tenants.models import Tenant, TenantState
from tests.partnerships.conftest import accept, deliver

Invite = Callable[..., Partnership]


@pytest.fixture
def proposed(
    merchant: Tenant, other_merchant: Tenant, claire: User, yann: User, now: datetime
) -> Partnership:
    """Maison Lumen asks Atelier Marin by its code."""
    typed = codes.code_of(tenant=other_merchant, now=now).shown
    return propose_by_code(major=merchant, typed=typed, key=uuid.uuid4(), asked_by=claire, now=now)


def shares(row: Partnership) -> bool:
    return selectors.may_share(partnership_id=row.id)


def test_both_accept_before_anything_is_shared(
    proposed: Partnership, merchant: Tenant, other_merchant: Tenant, claire: User, yann: User
) -> None:
    """D5"""
    assert not shares(proposed)
    assert accept(proposed, merchant, claire).state == State.PROPOSED
    assert not shares(proposed)
    assert accept(proposed, other_merchant, yann).state == State.ACTIVE
    assert shares(proposed)


def test_twice_is_one_acceptance(proposed: Partnership, merchant: Tenant, claire: User) -> None:
    """R3"""
    accept(proposed, merchant, claire)
    accept(proposed, merchant, claire)
    assert AgreementAcceptance.objects.count() == 1


def test_the_text_that_was_read_is_kept_and_can_be_shown_again(
    proposed: Partnership, merchant: Tenant, claire: User
) -> None:
    """D2: word for word, whatever the brands are called later."""
    accept(proposed, merchant, claire)
    Tenant.objects.filter(id=merchant.id).update(name="Autre nom")
    row = AgreementAcceptance.objects.get()
    assert row.text_hash == agreement.hash_of(row.text)
    assert "<strong>Maison Lumen</strong>" in agreement.as_html(row.text)
    assert (row.version, row.language) == (agreement.LATEST, "fr")
    assert row.accepted_name == "Claire Aubanel"
    row.text = "autre chose"
    with pytest.raises(AppendOnlyError):
        row.save()
    with pytest.raises(AppendOnlyError):
        row.delete()


def test_another_text_than_the_one_on_screen_is_not_accepted(
    proposed: Partnership, merchant: Tenant, claire: User, now: datetime
) -> None:
    with pytest.raises(StaleAgreementError):
        agreeing.accept_agreement(
            partnership_id=proposed.id,
            tenant_id=merchant.id,
            user=claire,
            text_hash="0" * 64,
            language="fr",
            now=now,
        )
    assert not AgreementAcceptance.objects.exists()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_agreement_says_what_article_26_asks_for(proposed: Partnership, language: str) -> None:
    text = agreement.agreement_for(proposed, language=language).text
    asked = {
        "fr": ["article 26", "point de contact", "retrait", "trois ans", "48 heures", "mettre fin"],
        "en": ["Article 26", "contact point", "withdrawal", "three years", "48 hours", "may end"],
    }
    for words in [*asked[language], "Maison Lumen", "Atelier Marin"]:
        assert words in text
    assert "{" not in text


def test_the_agreement_names_the_address_that_a_brand_shows_the_public(
    proposed: Partnership, merchant: Tenant
) -> None:
    """Who signed up gave their own address, which is nobody's contact point."""
    for shown, told in (("", "inscription@lumen.fr"), ("bonjour@lumen.fr", "bonjour@lumen.fr")):
        merchant.contact_email, merchant.public_email = "inscription@lumen.fr", shown
        proposed.major = merchant
        page = agreement.agreement_for(proposed, language="fr").html
        assert told in page and ("inscription@" in page) == (not shown)


def test_a_brands_name_is_shown_to_the_letter(
    proposed: Partnership, other_merchant: Tenant
) -> None:
    """R34: neither HTML nor Markdown in a name is obeyed."""
    name = "<b>A</b> **B** [c](javascript:x) # d & `e` \\_f_"
    Tenant.objects.filter(id=other_merchant.id).update(name=name)
    proposed.minor = Tenant.objects.get(id=other_merchant.id)
    html = agreement.agreement_for(proposed, language="fr").html
    from django.utils.html import escape

    assert str(escape(name)).replace("&#x27;", "'") in html
    assert "<b>" not in html
    assert "javascript" not in html.replace(str(escape(name)), "")


@pytest.mark.parametrize("side", list(Side))
def test_either_side_ends_it_and_sharing_stops(
    proposed: Partnership,
    merchant: Tenant,
    other_merchant: Tenant,
    claire: User,
    yann: User,
    now: datetime,
    side: Side,
) -> None:
    accept(proposed, merchant, claire)
    accept(proposed, other_merchant, yann)
    deliver(merchant, other_merchant)
    tenant, other = (merchant, yann) if side == Side.MAJOR else (other_merchant, claire)
    ended = agreeing.end_partnership(partnership_id=proposed.id, tenant_id=tenant.id, now=now)
    assert (ended.state, ended.ending, ended.ended_by) == (State.ENDED, Ending.ENDED, tenant.id)
    assert not shares(proposed)
    [letter] = deliver(merchant, other_merchant)
    assert letter.to == [other.email]
    agreeing.end_partnership(partnership_id=proposed.id, tenant_id=tenant.id, now=now)
    assert deliver(merchant, other_merchant) == []
    with pytest.raises(NotWaitingError):
        AgreementAcceptance.objects.all()._raw_delete("default")
        accept(proposed, merchant, claire)


def test_a_minor_declines(
    proposed: Partnership, merchant: Tenant, other_merchant: Tenant, now: datetime
) -> None:
    row = agreeing.end_partnership(partnership_id=proposed.id, tenant_id=other_merchant.id, now=now)
    assert (row.state, row.ending) == (State.ENDED, Ending.DECLINED)
    letters = deliver(merchant, other_merchant)
    assert "Atelier Marin a refusé votre proposition" in {letter.subject for letter in letters}


def test_a_suspended_side_receives_nothing(
    proposed: Partnership, merchant: Tenant, other_merchant: Tenant, claire: User, yann: User
) -> None:
    """R20: neither data nor letters."""
    accept(proposed, merchant, claire)
    accept(proposed, other_merchant, yann)
    Tenant.objects.filter(id=other_merchant.id).update(state=TenantState.SUSPENDED)
    assert not shares(proposed)
    assert deliver(merchant) == [] or all(
        letter.to == [claire.email] for letter in deliver(merchant)
    )


def test_an_outsider_does_nothing_with_a_partnership(
    invite_noe: Invite, other_merchant: Tenant, yann: User, now: datetime
) -> None:
    """R23: knowing its id is no right."""
    row = invite_noe()
    with pytest.raises(UnknownPartnershipError):
        accept(row, other_merchant, yann)
    with pytest.raises(UnknownPartnershipError):
        agreeing.end_partnership(partnership_id=row.id, tenant_id=other_merchant.id, now=now)
    assert not selectors.partnerships_of(tenant_id=other_merchant.id).exists()


def test_a_link_is_its_readers_and_works_once(
    invite_noe: Invite,
    merchant: Tenant,
    other_merchant: Tenant,
    claire: User,
    yann: User,
    now: datetime,
) -> None:
    """R24: bound to the person, the address and the purpose."""
    from accounts.tokens import token_for

    row = invite_noe(name="Les Marins", email=yann.email)
    token = token_for(row.id, row.token_version)
    wrong = [
        (claire, other_merchant.id, other_merchant.id, UnknownOfferError),
        (yann, merchant.id, other_merchant.id, UnknownOfferError),
        (yann, other_merchant.id, merchant.id, UnknownPartnershipError),
    ]
    for user, at, office, refusal in wrong:
        with pytest.raises(refusal):
            agreeing.take_up_offer(token=token, tenant_id=at, user=user, office_id=office, now=now)
    agreeing.decline_offer(token=token, tenant_id=other_merchant.id, user=yann, now=now)
    with pytest.raises(UnknownOfferError):
        agreeing.decline_offer(token=token, tenant_id=other_merchant.id, user=yann, now=now)
    row.refresh_from_db()
    assert (row.state, row.ending, row.minor_id) == (State.ENDED, Ending.DECLINED, None)
