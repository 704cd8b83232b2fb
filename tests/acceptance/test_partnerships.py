"""Partners met through the pages of both sides, and the emails between them (PA-01 to PA-07)."""

import csv
import io
import re
import uuid

import pytest

from tenants import lookup
from tenants.context import enter
from tenants.models import Tenant
from tests.acceptance.brands import DETAILS, NORA, Brand, letters, noe, nora_opens
from tests.acceptance.conftest import Lumen, words
from tests.fixtures.tenants import TenantClient

pytestmark = pytest.mark.usefixtures("quick")


def test_pa01_partners_have_a_page_of_their_own_with_a_way_to_operations(lumens: Brand) -> None:
    """PA-01: two tabs: partners (add them) and partner operations (create one, or watch one
    created by a partner)."""
    page = lumens.page("/partenariats")
    assert "Ajoutez un premier partenaire" in page
    assert 'href="/partenariats/ajouter"' in lumens.html("/partenariats")
    assert 'href="/partenariats"' in lumens.html("/")
    # The second tab: the operations that this merchant runs, or takes part in, with a partner.
    assert 'href="/operations/partenaires"' in lumens.html("/partenariats")
    assert "Opérations" in lumens.page("/operations/partenaires")


def test_pa02_a_client_is_added_by_the_code_of_its_back_office(
    lumen: Lumen, lumens: Brand, marins: Brand
) -> None:
    """PA-02: the major partner adds a partner who is a client already, with the partner code that
    the partner finds in their own back office, CRM > Partnerships."""
    code = marins.code()
    assert lumens.add(how="code", code=code.lower().replace("-", " ")).status_code == 302
    path = lumens.partner("Marin")
    assert "Il manque celui d’Atelier Marin" in lumens.accept(path)
    [letter] = letters(lumen, marins.owner, marins.tenant)
    assert "Maison Lumen vous propose un partenariat" in letter
    assert "atelier-marin.ricochet.localhost" in letter

    assert "1 accord attend votre réponse" in marins.page("/partenariats")
    assert "est actif" in marins.accept(marins.partner("Lumen"))
    assert "Actif" in lumens.page(path)
    assert "Claire Aubanel" in marins.page(marins.partner("Lumen"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("own", "C’est votre propre code"),
        ("AAAAA-AAAAA", "Aucun partenaire n’a ce code"),
        ("renewed", "Aucun partenaire n’a ce code"),
        ("used", "Vous avez déjà un partenariat en cours"),
        ("", "Saisissez le code"),
    ],
)
def test_pa02_a_code_that_cannot_be_used_has_its_own_answer(
    lumens: Brand, marins: Brand, typed: str, said: str
) -> None:
    """PA-02: own, unknown, renewed or used: said at the field (B2), and nothing is made."""
    code = marins.code()
    if typed == "own":
        typed = lumens.code()
    elif typed == "renewed":
        wrong = marins.browser().post("/partenariats/code/renouveler", {"confirm": "Marin"})
        assert wrong.status_code == 422
        assert marins.code() == code
        done = marins.browser().post("/partenariats/code/renouveler", {"confirm": "Atelier Marin"})
        assert done.status_code == 302
        assert marins.code() != code
        typed = code
    elif typed == "used":
        lumens.add(how="code", code=code)
        typed = code
    before = lumens.page("/partenariats").count("Atelier Marin")
    answer = lumens.add(how="code", code=typed)
    assert answer.status_code == 422
    assert said in words(answer.content.decode())
    assert lumens.page("/partenariats").count("Atelier Marin") == before


def test_pa02_guessing_codes_is_stopped(lumens: Brand, marins: Brand) -> None:
    """PA-02, R32: after ten wrong ones, the right one is not heard either."""
    right = marins.code()
    for _try in range(10):
        assert lumens.add(how="code", code="AAAAA-AAAAA").status_code == 422
    assert lumens.add(how="code", code=right).status_code == 429


def test_pa03_a_partner_who_is_no_client_gets_a_back_office_at_once(lumens: Brand) -> None:
    """PA-03: the major partner adds a partner who is not a client by filling in their details;
    once confirmed, a back office is created automatically."""
    assert not Tenant.objects.filter(slug="brulerie-noe").exists()
    answer = lumens.add(**DETAILS)
    assert answer.status_code == 302
    assert TenantClient(noe()).get("/connexion").status_code == 200
    page = lumens.page(lumens.partner("Noé"))
    assert "Nora Carpentier" in page
    assert "Envoyée à nora@brulerie-noe.fr" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "<img src=x onerror=alert(1)>"}, "sans chevrons"),
        ({"name": ""}, "Indiquez le nom de la marque"),
        ({"email": "nora"}, "Indiquez une adresse complète"),
        ({"email": "claire@maison-lumen.fr"}, "une personne de votre équipe"),
        ({"how": "other"}, "Choisissez une des possibilités"),
    ],
)
def test_pa03_details_that_cannot_be_used_are_said_and_nothing_is_made(
    lumens: Brand, changes: dict[str, str], said: str
) -> None:
    """PA-03: each has its own clear answer; what was typed stays (B2)."""
    before = Tenant.objects.count()
    answer = lumens.add(**{**DETAILS, **changes})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert said in words(html)
    assert "Carpentier" in html
    assert "<img src=x" not in html
    assert Tenant.objects.count() == before


def test_pa03_the_same_form_twice_is_one_partner(lumens: Brand) -> None:
    """PA-03, R3: a double click, or going back and sending again."""
    key = str(uuid.uuid4())
    client = lumens.browser()
    first = client.post("/partenariats/ajouter", {**DETAILS, "key": key})
    second = client.post("/partenariats/ajouter", {**DETAILS, "key": key})
    assert first["Location"] == second["Location"]
    assert Tenant.objects.filter(slug__startswith="brulerie").count() == 1
    other = lumens.add(**DETAILS)
    assert other.status_code == 422
    assert "attend déjà sa réponse" in words(other.content.decode())


def test_pa04_the_partner_receives_access_at_the_email_given(lumen: Lumen, lumens: Brand) -> None:
    """PA-04: the new partner receives access at the email given; sent again, the former link is
    over; corrected, only the right address opens."""
    lumens.add(**{**DETAILS, "email": "nroa@brulerie-noe.fr"})
    path = lumens.partner("Noé")
    [wrong] = letters(lumen, "nroa@brulerie-noe.fr", noe())
    first = re.search(r"/invitation/[\w-]+", wrong)
    assert first
    lumens.browser().post(f"{path}/adresse", {"email": NORA})
    assert TenantClient(noe()).get(first[0]).status_code == 410
    assert lumens.browser().post(f"{path}/renvoyer").status_code == 302
    texts = letters(lumen, NORA, noe())
    # The one that was sent again took the place of the first before it left.
    links = [re.findall(r"/invitation/[\w-]+", text)[0] for text in texts]
    assert TenantClient(noe()).get(links[-1]).status_code == 200
    office = nora_opens(lumen)
    assert "À lire avant d’accepter" in office.page("/")


def test_pa04_who_has_a_back_office_joins_with_it_after_agreeing(
    lumen: Lumen, lumens: Brand, marins: Brand
) -> None:
    """PA-04, R33: an email that already belongs to a back office: nothing is made, and the major
    learns its name only when its owner agrees."""
    before = Tenant.objects.count()
    answer = lumens.add(**{**DETAILS, "name": "Les Marins", "email": marins.owner})
    assert answer.status_code == 302
    assert Tenant.objects.count() == before
    path = lumens.partner("Les Marins")
    assert "Atelier Marin" not in lumens.html(path)
    [letter] = letters(lumen, marins.owner, marins.tenant)
    link = re.search(r"/partenariats/lien/[\w-]+", letter)
    assert link
    assert TenantClient(marins.tenant).get(link[0])["Location"].startswith("/connexion")
    client = marins.browser()
    page = client.get(link[0]).content.decode()
    assert "Maison Lumen vous propose un partenariat" in page
    joined = client.post(link[0], {"office": str(marins.tenant.id)})
    assert joined["Location"].endswith("/accord")
    assert client.get(link[0]).status_code == 410
    marins.accept(marins.partner("Lumen"))
    lumens.accept(path)
    assert "Atelier Marin" in lumens.page(path)
    assert "Actif" in lumens.page(path)


def test_pa05_the_partners_back_office_starts_empty_and_sees_nothing_of_the_major(
    lumen: Lumen, lumens: Brand
) -> None:
    """PA-05: that back office shows the data collected during the operation, and only the data
    that the operation asked for: before one, nothing at all."""
    lumen.publish()
    lumen.order("LUM-1", "camille@exemple.fr")
    lumens.add(**DETAILS)
    office = nora_opens(lumen)
    for path in ("/", "/partenariats", "/reglages", "/offre", "/reglages/equipe", "/search?q=cam"):
        assert "camille" not in office.html(path).lower(), path
    lookup.forget_locally()
    with enter(noe()):
        from tenants.profiles.models import Profile

        assert not Profile.objects.exists()


def test_pa06_it_costs_nobody_anything(lumen: Lumen, lumens: Brand) -> None:
    """PA-06: said before it is confirmed, in the agreement, and to the partner."""
    assert "ne coûte rien" in lumens.page("/partenariats/ajouter")
    lumens.add(**DETAILS)
    path = lumens.partner("Noé")
    assert "ne coûte rien, ni à l’un ni à l’autre" in lumens.page(f"{path}/accord")
    assert "sans frais" in letters(lumen, NORA, noe())[0]
    office = nora_opens(lumen)
    assert "elles restent gratuites" in office.page("/offre")


def test_pa07_each_partner_shows_profiles_operations_and_modules(
    lumens: Brand, marins: Brand
) -> None:
    """PA-07: in the list, each partner shows profiles brought, joint operations, and partnership
    modules: on screen and in the export."""
    lumens.add(how="code", code=marins.code())
    page = lumens.page("/partenariats")
    for head in ("Profils apportés", "Opérations communes", "Modules en partenariat"):
        assert head in page
        assert head in lumens.page(lumens.partner("Marin"))
    answer = lumens.browser().get("/partenariats?export=csv")
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = content.decode("utf-8-sig")
    head, row = list(csv.reader(io.StringIO(text), delimiter=csv.Sniffer().sniff(text).delimiter))
    shown = dict(zip(head, row, strict=True))
    assert shown["Partenaire"] == "Atelier Marin"
    assert shown["Profils apportés"] == "0"


def test_pa14_a_partner_who_is_no_client_has_a_limited_back_office(
    lumen: Lumen, lumens: Brand
) -> None:
    """PA-14: a minor partner who is not a client receives access by email, has a back office with
    limited features, and finds the partnership there; nothing else exists, by menu, address or
    API. It becomes a full merchant in one step, with nothing lost."""
    lumens.add(**DETAILS)
    lumens.accept(lumens.partner("Noé"))
    office = nora_opens(lumen)
    html = office.html("/partenariats")
    assert "Partenaire invité" in html
    assert "partagées par" in html
    for absent in ("Clients", "Commandes", "Parrainage", "Fidélité", "Campagnes", "Clés d’API"):
        assert absent not in html, absent
    for path in (
        "/clients",
        "/commandes",
        "/parrainage",
        "/recompenses",
        "/reglages/cles",
        "/partenariats/ajouter",
        "/partenariats/code",
        "/api/v1/orders",
        "/espace",
    ):
        assert office.browser().get(path).status_code == 404, path  # fmt: skip
    assert "est actif" in office.accept(office.partner("Lumen"))

    upgraded = office.browser().post("/offre/passer", {"plan": "growing"}, follow=True)
    assert upgraded.status_code == 200
    lookup.forget_locally()
    assert office.browser().get("/clients").status_code == 200
    assert "Actif" in office.page(office.partner("Lumen"))
    assert office.browser().get("/partenariats/code").status_code == 200
    assert office.browser().get("/offre").status_code == 404


def test_pa14_either_side_ends_it_and_the_other_is_told(lumen: Lumen, lumens: Brand) -> None:
    """PA-14: the limited partner declines or ends by itself, through its own pages."""
    lumens.add(**DETAILS)
    office = nora_opens(lumen)
    path = office.partner("Lumen")
    assert "Refuser la proposition de Maison Lumen" in office.page(f"{path}/fin")
    assert office.browser().post(f"{path}/fin").status_code == 302
    assert "Refusé" in lumens.page(f"{lumens.partner('Noé&vue=termines')}")
    told = letters(lumen, lumens.owner, noe())
    assert any("Brûlerie Noé a refusé votre proposition" in text for text in told)
