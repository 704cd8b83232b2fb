"""Modules, switched on and off for a merchant (OF-07, FS-08), and what a referrer's panel says."""

import re

from accounts.models import Role
from accounts.services import create_member
from tenants.context import enter
from tenants.features import Feature, is_on
from tenants.models import Tenant
from tenants.referrals.models import Click
from tests.acceptance.conftest import PASSWORD, SHOP, STARTED, Lumen, words
from tests.acceptance.referring import THOMAS, pending
from tests.fixtures.tenants import TenantClient
from widgets.links import landing


def turn(lumen: Lumen, module: str, *, on: bool) -> str:
    """Press the module's switch in Settings > Modules; what the page then says."""
    sent = {"on": "1" if on else "0"}
    answer = lumen.office().post(f"/reglages/modules/{module}", sent, follow=True)
    assert answer.status_code == 200
    landing.forget_pages()
    return re.sub(r"[\s\u00a0\u202f]+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_of07_a_module_that_is_off_is_neither_shown_nor_reachable(
    lumen: Lumen, camille: str
) -> None:
    """OF-07: switched for one merchant; off, the back office, the customer's space, shared links,
    the search and the API know nothing of it, and the page says how to get it."""
    space, code = lumen.space(camille), lumen.code_of(camille)
    assert "Invitez, vous gagnez 8,00 €" in lumen.page("/espace", space)
    turn(lumen, "referral", on=False)
    office = lumen.office()
    home = office.get("/").content.decode()
    assert "/parrainage" not in home and "filleul" not in words(home)
    page = office.get("/parrainage")
    assert page.status_code == 404
    assert "Ce module n’est pas activé" in words(page.content.decode())
    assert 'href="/reglages/modules"' in page.content.decode()
    for path in ("/reglages/programme", "/parrainage/verifications", "/parrainage/ambassadeurs"):
        assert office.get(path).status_code == 404, path
    assert "/reglages/programme" not in office.get("/reglages").content.decode()
    record = lumen.page(lumen.record(camille))
    assert code not in record and "filleul" not in record.lower()
    # the customer, and whoever follows a link
    own = lumen.page("/espace", space)
    assert code not in own and "Invit" not in own.replace("Invitations et relances", "")
    assert space.post("/espace/inviter", {"email": THOMAS}).status_code == 404
    assert space.get("/espace/carte").status_code == 404
    link = TenantClient(lumen.tenant).get(f"/r/{code}")
    assert link.status_code == 404
    assert "Le parrainage est fermé" in words(link.content.decode())
    assert SHOP in link.content.decode(), "it still leads to the shop"
    found = lumen.read(f"customers/{lumen.record(camille).rpartition('/')[2]}")
    assert found["referral_code"] is None and found["referrals"] is None


def test_of07_nothing_is_lost_while_a_module_is_off(lumen: Lumen, camille: str) -> None:
    """What customers do is stored; what was promised is paid; what was set comes back with it."""
    lumen.publish(referrer_amount="12,00")
    code = lumen.code_of(camille)
    lumen.order("L-1", THOMAS, referral_code=code)
    turn(lumen, "referral", on=False)
    lumen.order("L-2", "louise@exemple.fr", referral_code=code)
    TenantClient(lumen.tenant).get(f"/r/{code}")
    lumen.later(days=15)
    assert "12,00 €" in lumen.page("/espace", lumen.space(camille)), "what was promised stays due"
    turn(lumen, "referral", on=True)
    office = lumen.office()
    rules = office.get("/reglages/programme").content.decode()
    assert re.search(r'name="referrer_amount"[^>]*value="12,00"', rules)
    listed = lumen.page("/parrainage")
    assert "Refusé : le parrainage était fermé ce jour-là." in listed, "the order was stored"
    assert "Thomas" in listed and "Louise" in listed
    assert lumen.code_of(camille) == code
    with enter(lumen.tenant):
        assert Click.objects.count() == 1, "so was the visit"


def test_of07_a_module_is_switched_for_one_merchant_by_its_owner_alone(
    lumen: Lumen, camille: str, other_merchant: Tenant
) -> None:
    hugo = TenantClient(lumen.tenant)
    create_member(
        email="hugo@maison-lumen.fr",
        first_name="Hugo",
        last_name="Test",
        password=PASSWORD,
        tenant_id=lumen.tenant.id,
        role=Role.MANAGER,
        now=STARTED,
    )
    hugo.post("/connexion", {"email": "hugo@maison-lumen.fr", "password": PASSWORD})
    assert hugo.post("/reglages/modules/referral", {"on": "0"}).status_code == 403
    assert "Activé" in words(hugo.get("/reglages/modules").content.decode())
    turn(lumen, "referral", on=False)
    other_merchant.refresh_from_db()
    assert is_on(Feature.REFERRAL, tenant=other_merchant)


def test_fs08_referral_is_switched_on_in_modules_referral(lumen: Lumen, camille: str) -> None:
    """FS-08: off, an order with a code promises nothing; on again, the next one does."""
    code = lumen.code_of(camille)
    page = turn(lumen, "referral", on=False)
    assert "Parrainage : éteint" in page
    lumen.order("L-1", THOMAS, referral_code=code)
    assert pending(lumen, camille) == 0
    assert "Parrainage : activé" in turn(lumen, "referral", on=True)
    lumen.order("L-2", "louise@exemple.fr", referral_code=code)
    assert pending(lumen, camille) == 800


def test_of03_the_referrers_panel_counts_referees_and_tells_the_last_gift(
    lumen: Lumen, camille: str
) -> None:
    """OF-03: number of referees, date of the last referral, gift type, last gift handed over."""
    record = lumen.record(camille)
    panel = lumen.page(record)
    assert "Filleuls qui comptent 0" in panel and "Dernier parrainage" not in panel
    code = lumen.code_of(camille)
    lumen.order("L-1", THOMAS, referral_code=code)
    lumen.later(days=9)
    lumen.order("L-2", "louise@exemple.fr", referral_code=code)
    lumen.order("L-3", "hugo@exemple.fr")  # nobody sent him
    panel = lumen.page(record)
    assert "Filleuls qui comptent 2" in panel
    assert "Dernier parrainage 12 mars 2026" in panel
    assert "Cadeau remis" not in panel
    for name in ("Ramonage offert", "Chèque cadeau"):
        assert lumen.send("/recompenses/cadeaux/ajouter", name=name, value="").status_code == 302
    page = lumen.office().get(f"{record}/recompense").content.decode()
    options = {
        name: key for key, name in re.findall(r'<option value="(gft_\w+)"[^>]*>([^<]+)', page)
    }
    for name, day in (("Ramonage offert", "04/03/2026"), ("Chèque cadeau", "11/03/2026")):
        sent = lumen.send(f"{record}/recompense", gift=options[name], handed_on=day)
        assert sent.status_code == 302, words(sent.content.decode())
    panel = lumen.page(record)
    assert "Dernier cadeau Chèque cadeau Cadeau remis 11 mars 2026" in panel
    assert "Ramonage offert" in panel, "the earlier gift is kept"
    lumen.refund("L-2", 6000)
    panel = lumen.page(record)
    assert "Filleuls qui comptent 1" in panel
    assert "Dernier parrainage 3 mars 2026" in panel
