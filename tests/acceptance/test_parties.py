"""Who a yes and a signature mean, where a partner turns out to be another (D1, D2, D5)."""

import re
from typing import Any

import pytest

from partnerships.models import AgreementAcceptance, Partnership, State
from tenants.context import enter
from tenants.models import Tenant
from tenants.profiles.models import Consent
from tests.acceptance.brands import DETAILS, Brand, deliver, letters, nora_opens
from tests.acceptance.conftest import Lumen, hidden_in, words
from tests.acceptance.test_operations import Office
from tests.fixtures.tenants import TenantClient

PAGE = "/o/un-automne-a-la-maison"
POLICY = "https://brulerie-noe.example/donnees"
MARINS_POLICY = "https://marin.example/donnees"
NOES_BOX = "J’accepte de recevoir les offres de Brûlerie Noé par e-mail."
MARINS_BOX = "J’accepte de recevoir les offres d’Atelier Marin par e-mail."


pytestmark = pytest.mark.usefixtures("quick")


class Partnered:
    """Maison Lumen invited Brûlerie Noé, accepted the agreement and put it into an operation."""

    def __init__(self, lumen: Lumen, lumens: Brand) -> None:
        self.lumen, self.lumens = lumen, lumens
        lumens.add(**DETAILS)
        self.path = lumens.partner("Noé")
        assert "Il manque celui de Brûlerie Noé" in lumens.accept(self.path)
        self.office = Office(lumen)
        self.office.create()
        module = self.office.modules()[0].rpartition("/")[2]
        placed = {"modules": [module], "asks": "on", "policy_url": POLICY, "names": ["email"]}
        number = self.path.rpartition("/")[2]
        assert self.office.place(number, **placed).status_code == 302

    def go_live(self) -> None:
        assert self.office.send("/en-ligne").status_code == 302
        assert "En ligne" in self.office.read()

    def marin_joins(self, marins: Brand) -> str:
        """Claire corrects the address: Yann answers with the back office that he has."""
        done = self.lumens.browser().post(f"{self.path}/adresse", {"email": marins.owner})
        assert done.status_code == 302
        letter = letters(self.lumen, marins.owner, marins.tenant)[-1]
        link = re.search(r"/partenariats/lien/[\w-]+", letter)
        assert link, letter
        answer = marins.browser().post(link[0], {"office": str(marins.tenant.id)})
        assert answer.status_code == 302, words(answer.content.decode())
        return marins.partner("Lumen")

    def public(self) -> str:
        page = TenantClient(self.lumen.tenant).get(PAGE).content.decode()
        return re.sub(r"</?b>|</?strong>", "", page)

    def letters(self, *others: Brand) -> list[str]:
        return letters(self.lumen, self.lumens.owner, *(one.tenant for one in others))

    def takes_part(self, name: str, box: str) -> Any:
        client = TenantClient(self.lumen.tenant)
        form = {
            "form": hidden_in(client.get(PAGE).content.decode(), "form"),
            "first_name": name.title(),
            "email": f"{name}@exemple.fr",
            "box": [box],
        }
        self.lumen.later(seconds=20)
        return client.post(PAGE, form)

    def consents(self) -> list[tuple[str, str, str, object]]:
        with enter(self.lumen.tenant):
            rows = Consent.objects.exclude(controller_tenant_id=None).order_by("granted_at")
            return [
                (one.controller_name, one.text, one.policy_url, one.controller_tenant_id)
                for one in rows
            ]


@pytest.fixture
def partnered(lumen: Lumen, lumens: Brand) -> Partnered:
    return Partnered(lumen, lumens)


def test_pa03_both_sides_sign_the_same_text_whoever_was_named_at_first(
    partnered: Partnered, lumens: Brand, marins: Brand
) -> None:
    """D5: the word given on "Maison Lumen et Brûlerie Noé" counts no more; it is asked again, by
    the page and by letter, and kept.
    """
    theirs = partnered.marin_joins(marins)
    assert any(
        "L’accord avec Atelier Marin est à relire" in one for one in partnered.letters(marins)
    )
    # What Claire accepted tells whom she had asked: that is none of Yann's business.
    assert "nora@brulerie-noe.fr" not in marins.html(f"{theirs}/accord/major")
    assert "Brûlerie Noé" not in marins.page(theirs)
    assert "Il manque celui de Maison Lumen" in marins.accept(theirs, policy=MARINS_POLICY)
    assert Partnership.objects.get().state == State.PROPOSED

    page = lumens.page(partnered.path)
    assert "Accord à lire" in page and "il nomme maintenant Atelier Marin" in page
    assert "Ne compte plus : le texte a changé depuis." in page
    assert "est actif" in lumens.accept(partnered.path)
    both = AgreementAcceptance.objects.filter(terms=Partnership.objects.get().terms)
    assert {one.side for one in both} == {"major", "minor"}
    assert len({one.text_hash for one in both}) == 1
    assert all("Atelier Marin" in one.text and "Noé" not in one.text for one in both)
    # The first word is history: its own text can still be read.
    [first] = AgreementAcceptance.objects.exclude(terms=Partnership.objects.get().terms)
    old = lumens.page(f"{partnered.path}/accord/major?texte={first.pk}")
    assert "Brûlerie Noé" in old and "Ne compte plus" in old
    assert "Brûlerie Noé" not in lumens.page(f"{partnered.path}/accord/major")


def test_pa03_a_name_corrected_between_both_words_is_in_the_text_of_both(
    partnered: Partnered, lumens: Brand, lumen: Lumen
) -> None:
    """D5: the same back office, spelt otherwise; once both have signed, it stays signed."""
    nora = nora_opens(lumen)
    theirs = nora.partner("Lumen")
    settled = {"name": "Brûlerie Noé et Fils", "color": "#1F5C43", "policy_url": POLICY}
    assert nora.browser().post("/reglages/site", settled).status_code == 302
    assert "Il manque celui de Maison Lumen" in nora.accept(theirs)
    assert any("Noé et Fils est à relire" in one for one in partnered.letters(nora))
    assert "est actif" in lumens.accept(partnered.path)
    again = {**settled, "name": "Noé"}
    assert nora.browser().post("/reglages/site", again).status_code == 302
    assert "Actif" in lumens.page(partnered.path)
    assert Partnership.objects.get().state == State.ACTIVE


def test_pa10_a_yes_names_the_brand_that_receives_it(
    partnered: Partnered, lumens: Brand, marins: Brand, lumen: Lumen
) -> None:
    """D1, D2: whoever takes another's place is asked for nobody before the major confirms it."""
    partnered.go_live()
    theirs = partnered.marin_joins(marins)
    marins.accept(theirs, policy=MARINS_POLICY)
    lumens.accept(partnered.path)
    assert Partnership.objects.get().state == State.ACTIVE
    for _before_and_after_the_outbox in range(2):
        page = partnered.public()
        assert NOES_BOX not in page and MARINS_BOX not in page
        assert "Noé" not in page and POLICY not in page
        deliver(lumen, marins.tenant)
    [letter] = [one for one in partnered.letters(marins) if "a rejoint le partenariat" in one]
    assert "Brûlerie Noé" in letter
    open_form = hidden_in(partnered.public(), "form")

    assert "Atelier Marin prend la place de Brûlerie Noé" in partnered.office.read()
    tab = partnered.office.client.get(f"{partnered.office.path}/partenaires").content.decode()
    assert "Confirmer Atelier Marin" in tab and MARINS_POLICY in tab
    number = partnered.path.rpartition("/")[2]
    confirm = f"/partenaires/{number}/confirmer"
    partnered.office.send(confirm, seal="0" * 32)
    assert "a changé depuis l’ouverture" in partnered.office.read("/partenaires")
    assert MARINS_BOX not in partnered.public()
    partnered.office.send(confirm, seal=hidden_in(tab, "seal"))
    told = partnered.office.read("/partenaires")
    assert "le nom d’Atelier Marin" in told and "prend la place" not in told
    assert MARINS_BOX in partnered.public() and MARINS_POLICY in partnered.public()

    # A form that was open before is read again.
    client = TenantClient(lumen.tenant)
    lumen.later(seconds=20)
    stale = {"form": open_form, "first_name": "Zoé", "email": "zoe@exemple.fr"}
    assert client.post(PAGE, stale).status_code == 409
    key = str(Partnership.objects.get().id)
    assert partnered.takes_part("thomas", key).status_code == 302
    given = [("Atelier Marin", MARINS_BOX, MARINS_POLICY, marins.tenant.id)]
    assert partnered.consents() == given


def test_pa10_a_name_or_policy_that_a_partner_corrects_is_what_people_read_next(
    partnered: Partnered, lumens: Brand, lumen: Lumen
) -> None:
    """D1, D2: the same brand is followed at once; what was agreed to before keeps its words."""
    nora = nora_opens(lumen)
    nora.accept(nora.partner("Lumen"), policy=POLICY)
    partnered.go_live()
    key = str(Partnership.objects.get().id)
    before = hidden_in(partnered.public(), "form")
    assert partnered.takes_part("thomas", key).status_code == 302
    other = "https://noe.example/confidentialite"
    settled = {"name": "Torréfaction Noé", "color": "#1F5C43", "policy_url": other}
    assert nora.browser().post("/reglages/site", settled).status_code == 302
    page = partnered.public()
    assert "les offres de Torréfaction Noé par e-mail" in page and other in page
    assert "Brûlerie" not in page and POLICY not in page
    lumen.later(seconds=20)
    stale = {"form": before, "first_name": "Zoé", "email": "zoe@exemple.fr", "box": [key]}
    assert TenantClient(lumen.tenant).post(PAGE, stale).status_code == 409
    assert partnered.takes_part("zoe", key).status_code == 302
    office = Tenant.objects.get(slug="brulerie-noe")
    new = NOES_BOX.replace("Brûlerie Noé", "Torréfaction Noé")
    assert partnered.consents() == [
        ("Brûlerie Noé", NOES_BOX, POLICY, office.id),
        ("Torréfaction Noé", new, other, office.id),
    ]
    assert "Torréfaction Noé" in partnered.office.read("/partenaires")
