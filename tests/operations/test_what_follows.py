"""What people are told of what follows: by mechanic, and by whether there is a result yet."""

import re
from datetime import datetime, timedelta

import pytest

from operations.mechanics import MECHANICS, mechanic_of, prizes
from operations.models import Draw, OperationModule
from operations.notices import told_already
from partnerships.models import AgreementAcceptance, Partnership
from tenants.context import current_tenant
from tenants.messaging.models import Email, KindSwitch
from tenants.messaging.render import render
from tenants.models import Tenant
from tests.fixtures.mechanics import make_live
from tests.fixtures.operations import ENDS, NOE, NOW, make_module, take
from tests.fixtures.tenants import TenantClient
from tests.operations.test_public_page import PAGE, text_of

ALL, WINNERS = (
    "Vous recevrez un e-mail, que vous ayez gagné ou non.",
    "Les gagnants reçoivent un e-mail.",
)


def plain(text: str) -> str:
    return " ".join(text.replace("\u2011", "-").split())


def sent_again(module: OperationModule, now: datetime = NOW) -> str:
    decided = mechanic_of(module).is_decided(module=module)
    told_already(module=module, address="thomas@exemple.fr", now=now, decided=decided)
    return letter("operation_again")


def letter(kind: str) -> str:
    return plain(render(email=Email.objects.get(kind=kind), tenant=current_tenant()).text)


@pytest.mark.parametrize("switched_off", [False, True])
def test_page_and_letter_of_a_draw_say_alike_who_is_written_to(
    lumen: Tenant, switched_off: bool
) -> None:
    if switched_off:
        KindSwitch.objects.create(kind="operation_drawn", enabled=False, changed_at=NOW)
    module = make_live("draw")
    taken = take(module)
    shown = mechanic_of(module).result(
        module=module, participation=taken.participation, language="fr"
    )
    said, other = (WINNERS, ALL) if switched_off else (ALL, WINNERS)
    assert shown["hears"] == said
    assert said in letter("operation_receipt") and other not in letter("operation_receipt")


@pytest.mark.parametrize("kind", sorted(MECHANICS))
def test_an_earlier_entry_is_called_a_result_only_where_there_is_one(
    lumen: Tenant, kind: str
) -> None:
    module = make_module(kind=kind) if kind == "form" else make_live(kind)
    take(module, data={"m-q1": "2", "m-q2": "1"} if kind == "quiz" else {})
    said = sent_again(module)
    decided = kind in ("quiz", "instant_win")
    assert ("Revoir mon résultat" in said) == decided
    assert ("Revoir ma participation" in said) != decided


def test_once_drawn_a_draw_has_a_result(lumen: Tenant) -> None:
    module = make_live("draw")
    take(module)
    assert not mechanic_of(module).is_decided(module=module)
    Draw.objects.update(drawn_at=ENDS)
    assert mechanic_of(module).is_decided(module=module)
    assert "Revoir mon résultat" in sent_again(module, ENDS - timedelta(days=1))


def test_the_letters_name_what_can_be_won(lumen: Tenant) -> None:
    rows = [
        {"number": n, "name": {"fr": name, "en": ""}, "stock": stock, "value": None}
        for n, (name, stock) in enumerate((("Lampe", 1), ("Bougie", 8), ("Vase", 1), ("Sac", 2)))
    ]
    module = make_live("draw", settings={"prizes": rows}, double_optin=True)
    assert prizes.named(module, "fr") == "Lampe, 8 × Bougie, Vase et d’autres lots"
    take(module)
    assert "Lampe, 8 × Bougie, Vase et d’autres lots" in letter("operation_confirm")
    module.double_optin = False
    module.save()
    take(module, email="autre@exemple.fr")
    assert "À gagner : Lampe, 8 × Bougie" in letter("operation_receipt").replace("\u00a0", " ")


def test_without_prizes_no_letter_speaks_of_any(lumen: Tenant) -> None:
    take(make_module(double_optin=True))
    assert "À gagner" not in letter("operation_confirm")


def test_people_read_how_to_reach_each_partner_whose_agreement_is_in_force(
    shopper: TenantClient, module: OperationModule
) -> None:
    """The agreement promises that they can write to either."""
    Partnership.objects.filter(id=NOE).update(contact_email="donnees@brulerie-noe.fr")
    page = shopper.get(f"{PAGE}/donnees").content.decode()
    assert 'href="mailto:donnees@brulerie-noe.fr"' in page
    AgreementAcceptance.objects.all().delete()
    assert "donnees@brulerie-noe.fr" not in shopper.get(f"{PAGE}/donnees").content.decode()


def test_each_box_leads_to_its_own_policy(shopper: TenantClient, module: OperationModule) -> None:
    Tenant.objects.filter(id=current_tenant().id).update(policy_url="https://lumen.example/vie")
    current_tenant().policy_url = "https://lumen.example/vie"
    OperationModule.objects.update(asks_optin=True)
    page = shopper.get(PAGE).content.decode()
    found = re.findall(r'<a class="policy" href="([^"]+)"', page)
    assert len(found) == 2 and "https://lumen.example/vie" in found


def test_a_price_that_the_form_names_is_not_said_twice_and_whole_euros_are_bare(
    shopper: TenantClient, module: OperationModule
) -> None:
    lamp = {"number": 1, "name": {"fr": "Lampe"}, "stock": 1, "value": 6_000}
    module.kind, module.settings = "draw", {"prizes": [lamp], "chances": "person"}
    module.save()
    text = text_of(shopper.get(PAGE)).replace("\u00a0", " ")
    assert text.count("d’une valeur de 60 €") == 1 and "60,00" not in text
    lamp |= {"stock": 3, "value": 5_990}
    module.save()
    text = text_of(shopper.get(PAGE)).replace("\u00a0", " ")
    assert "d’une valeur totale de 179,70 €" in text and "59,90 € chacun" in text
