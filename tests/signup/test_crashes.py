"""Killed while a back office is made: gone on from, and never two; and what is forgotten."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.tokens import token_for
from signup.models import Signup, SignupState, TermsAcceptance
from signup.services import making
from tenants.models import Tenant, TenantState
from tests.fixtures.tenants import TenantClient
from tests.signup.conftest import PASSWORD, Send, arrive, brume, confirm, deliver, link_in, words_of

pytestmark = pytest.mark.django_db


class KilledError(BaseException):
    """What a kill leaves: nothing behind it runs."""


def _killed(*_: object, **__: object) -> None:
    raise KilledError


@pytest.mark.parametrize("where", ["provision_tenant", "_settle"])
def test_a_crash_is_gone_on_from_by_the_clock(
    visitor: TenantClient, link: str, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """R6: killed before the schema, or before the owner; one back office in the end, and she logs
    in with the password that she chose."""
    with monkeypatch.context() as patch:
        patch.setattr(making, where, _killed)
        with pytest.raises(KilledError):
            confirm(visitor, link)
    now = timezone.now()
    assert making.sweep(now=now + timedelta(seconds=30)) == 0
    assert making.sweep(now=now + timedelta(minutes=2)) == 1
    assert making.sweep(now=now + timedelta(minutes=4)) == 0
    assert brume().state == TenantState.ACTIVE
    assert User.objects.get().check_password(PASSWORD)
    assert "Votre back-office est ouvert" in words_of(visitor.get(link))
    assert arrive(confirm(visitor, link)).status_code == 302


def test_a_crash_is_gone_on_from_by_the_same_link(
    visitor: TenantClient, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(making, "_settle", _killed)
        with pytest.raises(KilledError):
            confirm(visitor, link)
    Signup.objects.update(making_since=timezone.now() - timedelta(minutes=2))
    assert arrive(confirm(visitor, link)).status_code == 302
    assert Tenant.objects.filter(name="Atelier Brume").count() == 1


def test_a_fault_of_ours_is_told_and_nothing_is_lost(
    visitor: TenantClient, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:

        def broken(**_: object) -> None:
            raise ValueError("broken")

        patch.setattr(making, "provision_tenant", broken)
        response = confirm(visitor, link)
    assert response.status_code == 422
    assert "Tout est gardé" in words_of(response)
    assert visitor.post(link, {"slug": "atelier-brume"}).status_code == 200
    assert brume().state == TenantState.ACTIVE


def test_a_fault_behind_the_back_office_leaves_it_to_be_finished(
    visitor: TenantClient, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own address is not "taken by another", it never waits again, and nothing forgets it."""
    with monkeypatch.context() as patch:

        def broken(*_: object, **__: object) -> None:
            raise ValueError("broken")

        patch.setattr(making, "_settle", broken)
        assert confirm(visitor, link).status_code == 422
        row = Signup.objects.get()
        assert (row.state, row.tenant_id) == (SignupState.MAKING, brume().id)
        page = words_of(visitor.get(link))
        assert "vient d’être prise" not in page
        assert 'value="atelier-brume"' in page
        # Nor after a day in which it could not be finished.
        late = timezone.now() + making.GIVEN_UP_AFTER * 2
        assert making.sweep(now=late) == 1
        assert Signup.objects.get().state == SignupState.MAKING
    assert making.sweep(now=late) == 1
    assert Signup.objects.get().state == SignupState.DONE
    assert User.objects.get().check_password(PASSWORD)


def test_a_row_that_waits_though_its_back_office_is_there_is_kept_and_gone_on_with(
    visitor: TenantClient, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(making, "_settle", _killed)
        with pytest.raises(KilledError):
            confirm(visitor, link)
    Signup.objects.update(state=SignupState.WAITING, making_since=None)
    assert making.forget_signups(now=timezone.now() + timedelta(days=31)) == 0
    assert "vient d’être prise" not in words_of(visitor.get(link))
    assert arrive(confirm(visitor, link)).status_code == 302
    assert Tenant.objects.filter(name="Atelier Brume").count() == 1


def test_a_row_whose_back_office_is_there_is_not_closed_as_another_ones_double(
    visitor: TenantClient, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same shop asked for twice, and both made: each row goes on saying whose it is."""
    send()
    send()
    first, second = (link_in(letter) for letter in deliver())
    with monkeypatch.context() as patch:
        patch.setattr(making, "_settle", _killed)
        with pytest.raises(KilledError):
            confirm(visitor, first)
    made = Signup.objects.get(state=SignupState.MAKING)
    Signup.objects.update(state=SignupState.WAITING, making_since=None)
    confirm(visitor, second, slug="brume-deux")
    left = Signup.objects.get(id=made.id)
    assert (left.state, left.tenant_id) == (SignupState.WAITING, made.tenant_id)
    assert arrive(confirm(visitor, first)).status_code == 302


def test_what_nobody_confirms_is_forgotten_and_the_proof_of_terms_stays(
    visitor: TenantClient, send: Send
) -> None:
    """D6: after thirty days, confirmed or not; what is in the making is left to the sweep."""
    send()
    send(email="autre@exemple.fr")
    send(email="en-cours@exemple.fr")
    confirm(visitor, link_in(deliver()[0]))
    Signup.objects.filter(email="en-cours@exemple.fr").update(state=SignupState.MAKING)
    now = timezone.now()
    assert making.forget_signups(now=now + timedelta(days=29)) == 0
    assert making.forget_signups(now=now + timedelta(days=31)) == 2
    assert [row.email for row in Signup.objects.all()] == ["en-cours@exemple.fr"]
    assert TermsAcceptance.objects.count() == 1


def test_a_token_is_stored_as_a_hash_and_is_of_no_other_purpose(link: str) -> None:
    """R24: a copy of the database opens nothing."""
    row = Signup.objects.get()
    token = link.rpartition("/")[2]
    assert token == token_for(row.id)
    assert token not in str(Signup.objects.values().get())
