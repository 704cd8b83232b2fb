"""Partners by their details: a back office at once, one letter, nothing half-made."""

import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.models import Invitation, Role, User
from accounts.throttles import ThrottledError
from accounts.tokens import token_for
from billing.models import Account, AccountState
from partnerships.errors import (
    AlreadyAskedError,
    InvalidNameError,
    LinkInNameError,
    NotWaitingError,
    OwnAddressError,
)
from partnerships.models import Ending, Partnership, State
from partnerships.services import agreeing, inviting, withdrawing
from partnerships.services.forgetting import KEEP_CONTACTS, forget_contacts
from partnerships.services.upgrading import become_full
from tenants.context import enter
from tenants.messaging.models import Email
from tenants.models import Tenant, TenantState
from tests.partnerships.conftest import NOE_FIELDS, accept, deliver, nora_joins, office_of

Invite = Callable[..., Partnership]


def test_a_back_office_is_made_at_once_and_its_owner_invited(
    invite_noe: Invite, merchant: Tenant, now: datetime
) -> None:
    """PA-03, PA-04: limited, active, with one owner asked; and no password in the letter."""
    row = invite_noe()
    office = office_of(row)
    assert (row.state, office.state, office.partner_only) == ("proposed", "active", True)
    assert (office.slug, office.language) == ("brulerie-noe", "fr")
    [invitation] = Invitation.objects.filter(tenant_id=office.id)
    assert (invitation.email, invitation.role) == ("nora@brulerie-noe.fr", Role.OWNER)
    [letter] = deliver(merchant, office)
    assert letter.to == ["nora@brulerie-noe.fr"]
    assert letter.subject == "Maison Lumen vous propose un partenariat"
    # In the name of who invites: from the reader's own brand, it would look like a fraud.
    assert letter.from_email.startswith("Maison Lumen via Ricochet <")
    assert "Brûlerie Noé" not in letter.alternatives[0].content
    link = f"http://brulerie-noe.ricochet.localhost:8000/invitation/{token_for(invitation.id)}"
    assert link in letter.body or link.replace(":8000", "") in letter.body
    with enter(office):
        kept = Email.objects.get(kind="partner_invited")
        assert token_for(invitation.id) not in f"{kept.text}{kept.html}{kept.context}"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("L’Œuf & la Poule", "l-oeuf-la-poule"),
        ("API", "marque-api"),
        ("日本", "marque"),
        ("X" * 120, "x" * 32),
        ("Maison Lumen", "maison-lumen-2"),
    ],
)
def test_any_name_has_an_address(invite_noe: Invite, name: str, slug: str) -> None:
    """R22: never refused for its letters, never another merchant's."""
    assert office_of(invite_noe(name=name)).slug == slug


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "A\nB", "  ", "a > b"])
def test_a_name_with_markup_is_refused(invite_noe: Invite, name: str) -> None:
    """R34, and nothing half-done."""
    before = Tenant.objects.count()
    with pytest.raises(InvalidNameError) as refusal:
        invite_noe(name=name)
    assert refusal.value.param == "name"
    assert (Tenant.objects.count(), Partnership.objects.count()) == (before, 0)


@pytest.mark.parametrize("param", ["name", "first_name", "last_name"])
@pytest.mark.parametrize("typed", ["cadeau.example/gagne", "https://x", "Nora。example"])
def test_r42_a_name_that_mail_programs_make_a_link_of_is_refused(
    invite_noe: Invite, param: str, typed: str
) -> None:
    before = Tenant.objects.count()
    with pytest.raises(LinkInNameError) as refusal:
        invite_noe(**{param: typed})
    assert refusal.value.param == param
    assert (Tenant.objects.count(), Partnership.objects.count()) == (before, 0)


def test_ones_own_team_is_no_partner(invite_noe: Invite) -> None:
    with pytest.raises(OwnAddressError):
        invite_noe(email="CLAIRE@maison-lumen.fr")
    assert not Partnership.objects.exists()


def test_an_address_waits_for_one_answer_only(invite_noe: Invite) -> None:
    invite_noe()
    before = Tenant.objects.count()
    with pytest.raises(AlreadyAskedError):
        invite_noe(name="Noé bis", email="Nora@Brulerie-Noe.fr")
    assert (Tenant.objects.count(), Partnership.objects.count()) == (before, 1)


def test_the_same_form_twice_makes_one_back_office(invite_noe: Invite, merchant: Tenant) -> None:
    """R3"""
    key = uuid.uuid4()
    first, second = invite_noe(key), invite_noe(key)
    assert first == second
    assert Tenant.objects.filter(slug__startswith="brulerie").count() == 1
    assert len(deliver(merchant, office_of(first))) == 1


def test_a_merchant_makes_so_many_a_day(
    invite_noe: Invite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inviting, "PER_DAY", 1)
    invite_noe()
    with pytest.raises(ThrottledError):
        invite_noe(name="Autre", email="autre@exemple.fr")


# ------------------------------------------------------------------ afterwards
def test_sent_again_the_former_link_is_over(
    invite_noe: Invite, merchant: Tenant, now: datetime
) -> None:
    """R24"""
    row = invite_noe()
    office = office_of(row)
    deliver(merchant, office)
    inviting.resend(partnership_id=row.id, tenant_id=merchant.id, now=now)
    [letter] = deliver(merchant, office)
    invitation = Invitation.objects.get(tenant_id=office.id)
    [token] = re.findall(r"/invitation/([\w-]+)", letter.body)
    assert token == token_for(invitation.id, 2)
    assert "withdrawn" not in invitation.event


def test_a_corrected_address_gets_the_link_and_the_wrong_one_opens_nothing(
    invite_noe: Invite, merchant: Tenant, now: datetime
) -> None:
    row = invite_noe(email="nroa@brulerie-noe.fr")
    wrong = Invitation.objects.get(tenant_id=row.minor_id)
    row = inviting.correct_address(
        partnership_id=row.id, tenant_id=merchant.id, email="nora@brulerie-noe.fr", now=now
    )
    letters = deliver(merchant, office_of(row))
    assert [letter.to for letter in letters] == [["nora@brulerie-noe.fr"]]
    wrong.refresh_from_db()
    assert wrong.withdrawn_at is not None
    assert Tenant.objects.filter(slug__startswith="brulerie").count() == 1
    assert nora_joins(row, now).email == "nora@brulerie-noe.fr"


def test_withdrawn_the_back_office_closes_and_the_link_too(
    invite_noe: Invite, merchant: Tenant, now: datetime
) -> None:
    """R20, R25"""
    row = invite_noe()
    withdrawing.withdraw(partnership_id=row.id, tenant_id=merchant.id, now=now)
    row.refresh_from_db()
    assert (row.state, row.ending) == (State.ENDED, Ending.WITHDRAWN)
    assert office_of(row).state == TenantState.DELETING
    assert deliver(merchant) == []
    again = invite_noe()
    assert office_of(again).slug == "brulerie-noe-2"
    # Twice is once, and the one that was asked since is another.
    twice = withdrawing.withdraw(partnership_id=row.id, tenant_id=merchant.id, now=now)
    assert (twice.id, twice.ended_at) == (row.id, row.ended_at)
    assert office_of(again).state == TenantState.ACTIVE


def test_once_joined_the_address_is_no_more_the_majors_to_change(
    invite_noe: Invite, merchant: Tenant, now: datetime
) -> None:
    """R24: whoever owns the back office stays its owner, whatever the major does."""
    row = invite_noe()
    nora_joins(row, now)
    for act in (
        lambda: inviting.resend(partnership_id=row.id, tenant_id=merchant.id, now=now),
        lambda: inviting.correct_address(
            partnership_id=row.id, tenant_id=merchant.id, email="x@exemple.fr", now=now
        ),
    ):
        with pytest.raises(NotWaitingError):
            act()
    withdrawing.withdraw(partnership_id=row.id, tenant_id=merchant.id, now=now)
    assert office_of(row).state == TenantState.ACTIVE


# ------------------------------------------------------------------ who owns one already
def test_who_owns_a_back_office_is_asked_and_nothing_is_made_or_told(
    invite_noe: Invite, merchant: Tenant, other_merchant: Tenant, yann: User, now: datetime
) -> None:
    """R33: the row that the major sees is the same as of any other invitation."""
    before = Tenant.objects.count()
    row = invite_noe(name="Les Marins", email=yann.email)
    assert (row.state, row.minor_id) == (State.PROPOSED, None)
    assert (Tenant.objects.count(), Invitation.objects.count()) == (before, 0)
    [letter] = deliver(merchant, other_merchant)
    assert letter.to == [yann.email]
    [token] = re.findall(r"/partenariats/lien/([\w-]+)", letter.body)
    assert letter.body.count("atelier-marin.ricochet.localhost") >= 1

    agreeing.take_up_offer(
        token=token, tenant_id=other_merchant.id, user=yann, office_id=other_merchant.id, now=now
    )
    row.refresh_from_db()
    assert row.minor_id == other_merchant.id
    accept(row, other_merchant, yann)


def test_the_time_does_not_tell_which_it_was(
    invite_noe: Invite, yann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R33: both wait for the same moment."""
    monkeypatch.setattr(inviting, "EVEN_SECONDS", 5.0)
    waited: list[float] = []
    monkeypatch.setattr(inviting.time, "sleep", waited.append)
    invite_noe()
    invite_noe(name="Les Marins", email=yann.email)
    assert len(waited) == 2
    assert all(0 < seconds <= 5 for seconds in waited)


def test_a_corrected_address_may_lead_to_an_owner_and_back(
    invite_noe: Invite, merchant: Tenant, yann: User, now: datetime
) -> None:
    row = invite_noe()
    first = office_of(row)
    there = inviting.correct_address(
        partnership_id=row.id, tenant_id=merchant.id, email=yann.email, now=now
    )
    assert (there.id, there.minor_id, there.state) == (row.id, None, State.PROPOSED)
    first.refresh_from_db()
    assert first.state == TenantState.DELETING
    back = inviting.correct_address(
        partnership_id=row.id, tenant_id=merchant.id, email="nora@brulerie-noe.fr", now=now
    )
    assert (back.id, back.state) == (row.id, State.PROPOSED)
    assert office_of(back).state == TenantState.ACTIVE
    assert (back.token_hash, back.asked_user_id) == ("", None)


def test_becoming_a_full_merchant_is_one_step(invite_noe: Invite, now: datetime) -> None:
    office = office_of(invite_noe())
    became = become_full(tenant_id=office.id, plan="growing", now=now)
    assert Account.objects.get(tenant_id=office.id).state == AccountState.TRIALING
    assert (became.id, became.schema_name, became.partner_only) == (
        office.id,
        office.schema_name,
        False,
    )
    assert NOE_FIELDS["name"] == became.name


def test_a_contact_is_forgotten_three_years_after_the_end(
    invite_noe: Invite, merchant: Tenant, now: datetime
) -> None:
    """D6."""
    row = invite_noe()
    withdrawing.withdraw(partnership_id=row.id, tenant_id=merchant.id, now=now)
    assert forget_contacts(now=now + KEEP_CONTACTS) == 0
    assert forget_contacts(now=now + KEEP_CONTACTS + timedelta(days=1)) == 1
    row.refresh_from_db()
    assert (row.contact_email, row.contact, row.name) == ("", "", "Brûlerie Noé")
