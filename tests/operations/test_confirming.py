"""Double opt-in confirms what its page shows, of the form that was sent last, and nothing else."""

import html
import re
from datetime import timedelta

import pytest

from operations.links import Purpose
from operations.models import OperationModule, Participation, ParticipationState, Rule, Share
from operations.public.choices import link_to
from tenants.messaging import unsubscribing
from tenants.messaging.models import Email
from tenants.messaging.render import render
from tenants.profiles import consents
from tenants.profiles.models import Consent, Profile
from tests.fixtures.operations import NOE, NOW, add_partner, confirm, make_module, take
from tests.fixtures.tenants import TenantClient

BOTH = frozenset({"own", str(NOE)})
LATER = NOW + timedelta(minutes=5)
NOES_WORDS = "J’accepte de recevoir les offres de Brûlerie Noé par e-mail."


@pytest.fixture
def module() -> OperationModule:
    made = make_module(double_optin=True)
    add_partner(made)
    return made


def path_of(participation: Participation) -> str:
    return link_to("operations:confirm", participation.id, Purpose.CONFIRM)


def read(client: TenantClient, path: str) -> tuple[str, dict[str, object]]:
    """The page, and what its main button sends."""
    page = html.unescape(client.get(path).content.decode())
    inputs = re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', page)
    form: dict[str, object] = {}
    for name, value in inputs:
        form.setdefault(name, []).append(value)  # type: ignore[attr-defined]
    return page, form


def agreed_to() -> set[str]:
    return {row.controller_name for row in consents.in_force()}


def test_boxes_that_somebody_else_ticked_are_gone_with_their_form(
    shopper: TenantClient, module: OperationModule
) -> None:
    """Somebody typed Thomas's address and ticked all; he plays himself and ticks nothing."""
    person = Profile.objects.get(id=take(module, boxes=BOTH).participation.profile_id)
    theirs = Participation.objects.get()
    unsubscribing.choose(profile=person, wanted=False, now=NOW)
    his = take(module, now=LATER).participation
    theirs.refresh_from_db()
    assert (theirs.state, theirs.fields, his.state) == ("void", {}, "pending")
    first, second = Email.objects.filter(kind="operation_confirm").order_by("id")
    assert first.context["brands"] == "Maison Lumen et Brûlerie Noé"
    assert second.context["brands"] == ""
    for path in (path_of(theirs), path_of(his)):  # the first letter's link shows the last form
        page, form = read(shopper, path)
        assert form == {"entry": [his.public_id]} and "J’accepte" not in page
    assert shopper.post(path_of(theirs), form).status_code == 302
    his.refresh_from_db()
    person.refresh_from_db()
    assert (his.state, his.was_new) == (ParticipationState.COUNTED, True)
    assert not agreed_to() and Share.objects.get().consent is None
    assert person.unsubscribed_at == NOW and person.consented_at is None


def test_the_page_shows_each_text_and_its_brand_and_confirms_those(
    shopper: TenantClient, module: OperationModule, lumen: object
) -> None:
    mine = take(module, boxes=BOTH).participation
    letter = render(email=Email.objects.get(), tenant=lumen).text  # type: ignore[arg-type]
    assert "Maison Lumen et Brûlerie Noé" in letter
    page, form = read(shopper, path_of(mine))
    assert NOES_WORDS in page and "<b>Maison Lumen</b>" in page
    assert "https://brulerie-noe.example/donnees" in page
    assert sorted(form["consent"]) == sorted(row.public_id for row in Consent.objects.all())  # type: ignore[call-overload]
    shopper.post(path_of(mine), form)
    assert agreed_to() == {"Maison Lumen", "Brûlerie Noé"}


def test_the_other_button_confirms_without_them(
    shopper: TenantClient, module: OperationModule
) -> None:
    mine = take(module, boxes=BOTH).participation
    _page, form = read(shopper, path_of(mine))
    assert shopper.post(path_of(mine), {**form, "without": "1"}).status_code == 302
    mine.refresh_from_db()
    assert mine.state == ParticipationState.COUNTED and not agreed_to()
    assert Share.objects.get().consent is None
    choices = shopper.get(link_to("operations:choices", mine.id, Purpose.CHOICES))
    assert "rien à retirer" in html.unescape(choices.content.decode())


def test_what_was_not_shown_is_not_confirmed(
    shopper: TenantClient, module: OperationModule
) -> None:
    mine = take(module, boxes=BOTH).participation
    noe = Consent.objects.exclude(controller_tenant_id=None).get()
    shopper.post(path_of(mine), {"entry": mine.public_id, "consent": noe.public_id})
    assert agreed_to() == {"Brûlerie Noé"}


def test_another_form_while_the_page_is_open_is_shown_before_it_counts(
    shopper: TenantClient, module: OperationModule
) -> None:
    """Whoever sends all boxes between the reading and the button gets nothing by it."""
    mine = take(module).participation
    _page, form = read(shopper, path_of(mine))
    theirs = take(module, boxes=BOTH, now=LATER).participation
    answer = shopper.post(path_of(mine), form)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 409
    assert "Un autre formulaire a été envoyé" in page and NOES_WORDS in page
    theirs.refresh_from_db()
    assert theirs.state == ParticipationState.PENDING and not agreed_to()


def test_what_waits_keeps_nobody_out_of_their_chances(module: OperationModule) -> None:
    OperationModule.objects.update(rule=Rule.TIMES, times=2)
    stale = [take(module, boxes=BOTH).participation for _ in range(2)]
    fresh = [take(module, now=LATER).participation for _ in range(2)]
    states = [Participation.objects.get(id=row.id).state for row in (*stale, *fresh)]
    assert states == ["void", "void", "pending", "pending"]
    for row in fresh:
        confirm(row, now=LATER)
    assert not agreed_to()


def test_one_address_gets_five_such_letters_a_day(module: OperationModule) -> None:
    sent = [take(module).participation for _ in range(8)]
    assert Email.objects.filter(kind="operation_confirm").count() == 5
    assert Participation.objects.get(state="pending").id == sent[-1].id


def test_d4_the_page_after_tells_of_no_consent_that_was_taken_back_since(
    shopper: TenantClient, module: OperationModule
) -> None:
    """Its link stands in an email, and is opened again weeks later."""
    mine = confirm(take(module, boxes=BOTH).participation)
    thanks = link_to("operations:thanks", mine.id, Purpose.THANKS)
    choices = link_to("operations:choices", mine.id, Purpose.CHOICES)
    own, noes = Consent.objects.order_by("controller_tenant_id")
    assert noes.text in read(shopper, thanks)[0] and own.text in read(shopper, thanks)[0]
    assert shopper.post(choices, {"consent": noes.public_id}).status_code == 302
    page = read(shopper, thanks)[0]
    assert noes.text not in page and own.text in page and choices in page
    assert shopper.post(choices, {"consent": own.public_id}).status_code == 302
    page = read(shopper, thanks)[0]
    assert own.text not in page and "Vous avez retiré vos accords" in page and choices in page
