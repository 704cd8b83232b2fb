"""The list of customers, and what is entered by hand on a record."""

import html
import re
from datetime import timedelta
from importlib import import_module

from django.db import connection
from django.utils import timezone

from accounts.models import Membership
from kernel.ledger.selectors import balance
from tenants.activity.models import Order
from tenants.activity.types import RefundInput
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tenants.programme import conductor, services
from tenants.programme.models import Decision, ProgrammeVersion, Reward
from tenants.referrals import codes
from tenants.referrals.models import Click, Referral, ReferralState
from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import Story, customer, new_key, text_of


def held(profile: Profile) -> int:
    return balance(owner_id=profile.id, unit="EUR").available


def record(profile: Profile) -> str:
    return f"/clients/{profile.public_id}"


def test_the_list_finds_a_customer_by_each_of_their_marks(
    claire: TenantClient, story: Story
) -> None:
    """OF-02: name, e-mail, phone, code, and the number of an order."""
    code = story.camille.referral_code.code
    for words in ("rouviere", "CAMILLE@exemple", "06 12 34 56 78", code[:9].lower()):
        page = text_of(claire.get("/clients", {"q": words}))
        assert "Camille Rouvière" in page, words
        assert "1 à 1 sur 1 client" in page or "Thomas" not in page, words
    page = text_of(claire.get("/clients", {"q": "lum-1"}))
    assert "Thomas Guérin" in page and "Camille Rouvière" not in page


def test_a_ligature_is_found_by_its_letters_and_the_letters_by_it(claire: TenantClient) -> None:
    """Stored folded, the records from before too: the migration's own statement is run here."""
    customer("Zoé", "Lecœur", email="zoe@exemple.fr")
    customer("Ægir", "Coeurdoux", email="aegir@exemple.fr")
    customer("Søren", "Łuk", email="soren@exemple.fr")
    for before in (False, True):
        if before:
            Profile.objects.filter(last_name="Lecœur").update(search_text="zoe lecœur")
            Profile.objects.filter(last_name="Łuk").update(search_text="søren łuk")
            for name in ("0011_search_ligatures", "0012_search_strokes"):
                written = import_module(f"tenants.profiles.migrations.{name}")
                with connection.cursor() as cursor:
                    cursor.execute(written.FOLD)
        for words in ("soren luk", "Søren Łuk"):
            assert "Søren Łuk" in text_of(claire.get("/clients", {"q": words})), (words, before)
        for words in ("coeur", "cœur", "CŒUR"):
            page = text_of(claire.get("/clients", {"q": words}))
            assert "Zoé Lecœur" in page and "Ægir Coeurdoux" in page, (words, before)
    assert "Ægir" in text_of(claire.get("/clients", {"q": "aegir"}))


def test_the_list_counts_referees_and_opens_saved_views(claire: TenantClient, story: Story) -> None:
    customer("Zoé", "Mathis")
    page = text_of(claire.get("/clients"))
    assert "3 clients, dont 1 a déjà parrainé" in page
    assert "0 sur 1" in page
    referees = text_of(claire.get("/clients", {"vue": "filleuls"}))
    assert "Thomas Guérin" in referees and "Zoé Mathis" not in referees


def test_an_empty_list_offers_its_first_step_only_to_who_may_take_it(
    claire: TenantClient, louis: TenantClient, rules: ProgrammeVersion
) -> None:
    """B1: never used; the button is hidden without the right."""
    assert 'href="/clients/ajouter"' in claire.get("/clients").content.decode()
    seen = louis.get("/clients").content.decode()
    assert "Ajoutez votre premier client" in seen
    assert 'href="/clients/ajouter"' not in seen


def test_a_search_without_result_names_what_was_sought(claire: TenantClient, story: Story) -> None:
    """B1: the filter found nothing, and can be taken off."""
    page = text_of(claire.get("/clients", {"q": "introuvable"}))
    assert "« introuvable »" in page and "Effacer les filtres" in page


def test_a_form_sent_twice_adds_one_customer(claire: TenantClient, rules: ProgrammeVersion) -> None:
    """B9: a double click has one effect, also for who has no e-mail."""
    form = {"key": new_key(), "first_name": "Awa", "last_name": "Diallo", "phone": "0601020304"}
    first = claire.post("/clients/ajouter", form)
    again = claire.post("/clients/ajouter", form)
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    assert Profile.objects.count() == 1


def test_a_failed_submit_keeps_every_value_and_says_what_to_do(
    claire: TenantClient, camille: Profile
) -> None:
    """B2: values stay, the title starts with Erreur, the words stand at the field and on top."""
    form = {"key": new_key(), "first_name": "Léa", "email": "camille@exemple.fr"}
    response = claire.post("/clients/ajouter", form)
    html = response.content.decode()
    assert response.status_code == 422
    assert "<title>Erreur" in html and 'value="Léa"' in html
    assert html.count("Un autre client a déjà cette adresse e-mail. Vérifiez-la") == 2
    assert Profile.objects.count() == 1


def test_a_correction_asks_first_and_counts_once(claire: TenantClient, camille: Profile) -> None:
    """FS-03, B5, B8: the amount as French people type it; the same form twice is one line."""
    form = {"key": new_key(), "way": "credit", "amount": "12,50 €", "reason": "Geste commercial"}
    asked = claire.post(record(camille) + "/cagnotte/corriger", form)
    assert "passe de 0,00 € à 12,50 €" in text_of(asked)
    assert held(camille) == 0
    for _ in range(2):
        done = claire.post(record(camille) + "/cagnotte/corriger", {**form, "sure": "1"})
        assert done.status_code == 302
    assert held(camille) == 1250
    page = text_of(claire.get(record(camille) + "/cagnotte"))
    assert "Geste commercial" in page and "+12,50 €" in page
    assert Decision.objects.get(code="adjusted").author_id is not None


def test_a_correction_below_zero_is_refused_and_nothing_changes(
    claire: TenantClient, camille: Profile
) -> None:
    form = {"key": new_key(), "way": "debit", "amount": "5", "reason": "Erreur", "sure": "1"}
    response = claire.post(record(camille) + "/cagnotte/corriger", form)
    assert response.status_code == 422
    assert "Sa cagnotte contient 0,00 €" in text_of(response)
    assert not Decision.objects.exists() and held(camille) == 0


def test_a_correction_names_what_the_cagnotte_owes(claire: TenantClient, story: Story) -> None:
    """R4, S5: 8,00 € were spent and taken back; the page, the question and the toast say so."""
    camille, now = story.camille, timezone.now()
    for reward in Reward.objects.all():
        conductor.post_due_reward(transfer_id=reward.transfer_id, now=now + timedelta(days=15))
    common = {"profile": camille, "reason": "Geste", "author_id": None, "now": now}
    services.adjust(amount=-800, key="spent", **common)
    refund = RefundInput(external_id="R", amount=6240, refunded_at=now)
    conductor.refund_received(order_id="LUM-1", refund=refund, now=now)
    address = record(camille) + "/cagnotte/corriger"
    assert "Elle doit 8,00 €" in text_of(claire.get(address))
    debit = {"key": new_key(), "way": "debit", "amount": "1", "reason": "Erreur", "sure": "1"}
    refused = claire.post(address, debit)
    assert refused.status_code == 422
    assert "Sa cagnotte doit déjà 8,00 € : il n’y a rien à retirer." in text_of(refused)
    credit = {**debit, "way": "credit", "amount": "10"}
    claire.post(address, credit)
    toast = text_of(claire.get(record(camille)))
    assert "10,00 € crédités à Camille Rouvière, dont 8,00 € comblent" in toast
    assert held(camille) == 200


def test_of02_a_referrer_is_found_and_attached_once(claire: TenantClient, camille: Profile) -> None:
    """OF-02, OF-04, FS-11: by hand, after a question with the amounts; twice is once."""
    lea = customer("Léa", "Fontanel")
    assert "Camille Rouvière" in text_of(
        claire.get(record(lea) + "/rattacher/parrain", {"q": "camille"})
    )
    url = record(lea) + "/rattacher/parrain/choisir"
    asked = text_of(claire.post(url, {"other": camille.public_id}))
    assert "8,00 € pour Camille Rouvière et 5,00 € pour Léa Fontanel" in asked
    assert not Referral.objects.exists()
    for _ in range(2):
        claire.post(url, {"other": camille.public_id, "sure": "1"})
    [referral] = Referral.objects.all()
    assert (referral.referrer_id, referral.referee_id) == (camille.id, lea.id)
    assert "En attente" in text_of(claire.get(record(camille)))


def test_of04_removing_a_referral_takes_both_rewards_back(
    claire: TenantClient, story: Story
) -> None:
    referral = Referral.objects.get()
    url = f"{record(story.thomas)}/parrainages/{referral.public_id}/retirer"
    assert "8,00 € à Camille Rouvière et 5,00 € à Thomas Guérin" in text_of(claire.get(url))
    for _ in range(2):
        assert claire.post(url).status_code == 302
    referral.refresh_from_db()
    assert referral.state == ReferralState.REVERSED
    assert balance(owner_id=story.camille.id, unit="EUR").pending == 0
    assert {r.reversed for r in Reward.objects.all()} == {800, 500}


def test_fs09_a_code_is_renamed_and_undone(claire: TenantClient, story: Story) -> None:
    """FS-09, B8: edited by hand, unique, and given its former text back by the toast."""
    before = story.camille.referral_code.code
    claire.post(record(story.camille) + "/code", {"code": "camille lumen"})
    page = claire.get(record(story.camille))
    code = Profile.objects.get(id=story.camille.id).referral_code
    assert code.code != before
    token = page.content.decode().split('name="undo" value="')[1].split('"')[0]
    claire.post("/clients/code/annuler", {"undo": token})
    code.refresh_from_db()
    assert code.code == before


def test_an_order_entered_by_hand_makes_its_referral(
    claire: TenantClient, camille: Profile, story: Story
) -> None:
    """FS-11: the number counts once, and the page says what became of it."""
    nadia = customer("Nadia", "Ferrand")
    form = {
        "key": new_key(),
        "number": "CAISSE-7",
        "amount": "1 048,30",
        "ordered_on": "3.2.2026",
        "code": camille.referral_code.code,
    }
    for _ in range(2):
        response = claire.post(record(nadia) + "/commande", form)
        assert response.status_code == 302, text_of(response)
    order = Order.objects.get(external_id="CAISSE-7")
    assert (order.amount, order.source) == (104830, "manual")
    assert Referral.objects.get(order=order).referrer_id == camille.id


def test_an_order_without_a_number_gets_one_and_counts_once(
    claire: TenantClient, story: Story
) -> None:
    nadia = customer("Nadia", "Ferrand")
    form = {"key": new_key(), "number": "", "amount": "20", "ordered_on": "3/2/2026"}
    for _ in range(2):  # a double click
        assert claire.post(record(nadia) + "/commande", form).status_code == 302
    assert re.fullmatch(r"M-[0-9A-F]{10}", Order.objects.get(profile=nadia).external_id)
    claire.post(record(nadia) + "/commande", {**form, "key": new_key()})
    assert Order.objects.filter(profile=nadia).count() == 2


def test_another_customers_order_number_is_refused_at_its_field(
    claire: TenantClient, story: Story
) -> None:
    form = {"key": new_key(), "number": "LUM-1", "amount": "10", "ordered_on": "3/2/2026"}
    response = claire.post(record(story.camille) + "/commande", form)
    assert response.status_code == 422
    assert "Ce numéro est celui d’une autre commande" in text_of(response)
    assert Order.objects.count() == 1


def test_a_viewer_sees_the_record_and_can_change_nothing(louis: TenantClient, story: Story) -> None:
    assert "Corriger la cagnotte" not in text_of(louis.get(record(story.camille)))
    for path in ("/modifier", "/cagnotte/corriger", "/code", "/commande", "/rattacher/filleul"):
        assert louis.get(record(story.camille) + path).status_code == 403, path
    form = {"key": new_key(), "way": "credit", "amount": "9", "reason": "x", "sure": "1"}
    assert louis.post(record(story.camille) + "/cagnotte/corriger", form).status_code == 403
    assert held(story.camille) == 0


def test_whoever_is_not_found_is_added_with_what_was_typed_and_linked(
    claire: TenantClient, story: Story
) -> None:
    """FS-11: the name and the referrer come along, and the new person is offered to be chosen."""
    found = claire.get(f"{record(story.camille)}/rattacher/filleul?q=Zoé+Garnier").content.decode()
    asked = f"/clients/ajouter?q=Zo%C3%A9+Garnier&amp;fiche={story.camille.public_id}&amp;cote="
    assert f'href="{asked}filleul"' in found
    path = html.unescape(f"{asked}filleul")
    form = claire.get(path).content.decode()
    assert 'value="Zoé"' in form and 'value="Garnier"' in form
    key = re.findall(r'name="key" value="([^"]+)"', form)[0]
    data = {"key": key, "first_name": "Zoé", "last_name": "Garnier", "gender": "f"}
    answer = claire.post(path, data)
    zoe = Profile.objects.get(last_name="Garnier")
    assert answer["Location"].endswith(f"/rattacher/filleul?personne={zoe.public_id}")
    page = claire.get(answer["Location"]).content.decode()
    assert f'name="other" value="{zoe.public_id}"' in page
    assert claire.get("/clients/ajouter?fiche=cus_0&cote=filleul").status_code == 404
    assert "Aucun achat" in text_of(claire.get(record(zoe)))


def test_unknown_and_malformed_ids_are_not_found(claire: TenantClient, story: Story) -> None:
    """R23."""
    for path in ("cus_0", "ord_" + story.camille.public_id[4:], "autre"):
        assert claire.get(f"/clients/{path}").status_code == 404, path


def test_a_look_at_ones_own_link_from_the_back_office_is_no_visit(
    claire: TenantClient, camille: Profile, rules: ProgrammeVersion, merchant: Tenant
) -> None:
    """The cookie of the log-in says it; a stranger's visit, and another merchant's, count."""
    path = f"/r/{codes.code_for(profile=camille, now=timezone.now()).code}"
    assert "Camille" in claire.get(path).content.decode()
    assert claire.get(f"{path}/go").status_code in (200, 302)
    assert not Click.objects.exists()
    assert TenantClient(merchant).get(path).status_code == 200
    Membership.objects.filter(tenant_id=merchant.id).delete()
    assert claire.get(path).status_code == 200
    assert Click.objects.count() == 2
