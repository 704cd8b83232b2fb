"""PA-08 to PA-10: an operation from its name to its participants, through the pages."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.utils import timezone

from partnerships.models import Partnership, State
from tenants.models import Tenant
from tests.acceptance.conftest import Lumen, hidden_in, words
from tests.fixtures.sharing import agree
from tests.fixtures.tenants import TenantClient

NAME = "Un automne à la maison"
PUBLIC = "/o/un-automne-a-la-maison"
POLICY = "https://atelier-marin.example/donnees"


class Office:
    """The operation's pages of the back office, as Claire uses them."""

    def __init__(self, lumen: Lumen) -> None:
        self.lumen = lumen
        self.client = lumen.office()
        self.path = ""

    def create(self, **more: str) -> None:
        today = timezone.localtime()
        fields = {
            "name": NAME,
            "kind": "form",
            "starts_at": today.strftime("%Y-%m-%dT%H:%M"),
            "ends_at": (today + timedelta(days=20)).strftime("%Y-%m-%dT%H:%M"),
            **more,
        }
        if fields.get("partner"):  # whom the page showed goes with it
            page = self.client.get("/operations/ajouter").content.decode()
            fields.setdefault("shown", hidden_in(page, "shown"))
        answer = self.client.post("/operations/ajouter", fields)
        assert answer.status_code == 302, words(answer.content.decode())
        self.path = answer["Location"].partition("/modules/")[0]

    def read(self, path: str = "") -> str:
        """The words of one of its pages."""
        return self.lumen.page(f"{self.path}{path}", self.client)

    def send(self, path: str, **fields: Any) -> HttpResponse:
        return self.client.post(f"{self.path}{path}", fields)

    def modules(self) -> list[str]:
        """The modules' own paths, in order."""
        page = self.client.get(f"{self.path}/modules").content.decode()
        found = re.findall(rf'href="{self.path}(/modules/mod_\w+)"', page)
        return list(dict.fromkeys(found))

    def place(self, partner: str, **fields: Any) -> HttpResponse:
        """Send a partner's page as it is read now: in which modules it takes part."""
        path = f"/partenaires/{partner}"
        page = self.client.get(f"{self.path}{path}").content.decode()
        return self.send(path, read=hidden_in(page, "read"), **fields)

    def acquire(self, module: str, **fields: Any) -> HttpResponse:
        """Send "Acquisition de données" as its page shows it, but for what is named here."""
        return self.send(f"{module}/donnees", **{**self.acquisition(module), **fields})

    def acquisition(self, module: str) -> dict[str, Any]:
        """The form of "Acquisition de données" in a tab that is opened now."""
        page = self.client.get(f"{self.path}{module}/donnees").content.decode()
        form = page.partition("<main")[2]
        kept: dict[str, Any] = {}
        for tag in re.findall(r"<input[^>]*>", form):
            name, value = _of(tag, "name"), _of(tag, "value")
            if "checkbox" in tag and "checked" in tag:
                kept.setdefault(name, []).append(value or "on")
            elif "checkbox" not in tag and name != "csrfmiddlewaretoken":
                kept[name] = value
        for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>\s*([^<]*)<', form):
            kept[name] = html.unescape(text)
        return kept


def _of(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else ""


@pytest.fixture
def office(lumen: Lumen) -> Office:
    return Office(lumen)


@pytest.fixture
def marin(lumen: Lumen, other_merchant: Tenant) -> str:
    """Atelier Marin is a partner; the outside id of the partnership."""
    row = agree(lumen.tenant, other_merchant)
    return row.public_id


@pytest.fixture
def take_part(lumen: Lumen) -> Callable[..., HttpResponse]:
    """`take_part("zoe@exemple.fr", box=[…])`: open the page, fill it in, send it."""

    def send(email: str, **more: Any) -> HttpResponse:
        client = TenantClient(lumen.tenant)
        page = client.get(PUBLIC).content.decode()
        seal = _of(re.search(r'<input[^>]*name="form"[^>]*>', page)[0], "value")  # type: ignore[index]
        lumen.clock.shift(timedelta(seconds=20))
        form = {"form": seal, "first_name": "Zoé", "email": email, **more}
        return client.post(PUBLIC, form)

    return send


def test_pa08_an_operation_is_created_planned_renamed_and_found_again(
    lumen: Lumen, office: Office, marin: str
) -> None:
    office.create()
    assert "Brouillon" in office.read()
    assert NAME in lumen.page("/operations")
    month = timezone.localdate().strftime("%Y-%m")
    assert NAME in lumen.page(f"/operations/calendrier?mois={month}")
    # Alone, it is no partner operation; with a partner it stands in both places.
    assert NAME not in lumen.page("/operations/partenaires")
    [module] = office.modules()
    fields = {f"{marin}-on": "on", f"{marin}-policy_url": POLICY}
    assert office.acquire(module, **fields).status_code == 302
    assert NAME in lumen.page("/operations/partenaires")
    assert office.send("/nom", name="Automne 2026").status_code == 302
    assert "Automne 2026" in lumen.page("/operations?q=automne 2026")
    assert "Automne 2026" in lumen.page("/operations?q=atelier marin")
    found = office.client.get("/search", {"q": "automne"}).content.decode()
    assert office.path in found
    assert (
        "/operations/partenaires"
        in office.client.get("/search", {"q": "partenaires"}).content.decode()
    )


def test_pa09_an_operation_is_one_or_more_modules_in_their_order(
    lumen: Lumen, office: Office
) -> None:
    office.create()
    assert office.send("/modules/ajouter", kind="form").status_code == 302
    first, second = office.modules()
    for path, title in ((first, "Premier pas"), (second, "Second pas")):
        fields = {"rule": "once", "title_fr": title, "button_fr": "", "thanks_fr": ""}
        assert office.send(path, **fields).status_code == 302
    assert office.send(f"{second}/place", to="up").status_code == 302
    assert office.send("/en-ligne").status_code == 302
    page = words(TenantClient(lumen.tenant).get(PUBLIC).content.decode())
    assert page.index("Second pas") < page.index("Premier pas")


def test_pa10_the_module_names_the_partner_and_asks_for_its_opt_in(
    lumen: Lumen, office: Office, marin: str, take_part: Callable[..., HttpResponse]
) -> None:
    office.create()
    [module] = office.modules()
    wanted = {
        f"{marin}-on": "on",
        f"{marin}-asks": "on",
        f"{marin}-fields": ["first_name", "email"],
    }
    refused = office.acquire(module, **wanted)
    assert refused.status_code == 422
    assert "Indiquez où lire la politique de confidentialité d’Atelier Marin." in words(
        refused.content.decode()
    )
    assert office.acquire(module, **wanted, **{f"{marin}-policy_url": POLICY}).status_code == 302
    assert office.send("/en-ligne").status_code == 302
    page = TenantClient(lumen.tenant).get(PUBLIC).content.decode()
    boxes = [tag for tag in re.findall(r"<input[^>]*>", page) if 'name="box"' in tag]
    assert len(boxes) == 2 and not any("checked" in box for box in boxes)
    assert "<b>Atelier Marin</b>" in page and f'href="{POLICY}"' in page
    assert take_part("zoe@exemple.fr", box=[_of(box, "value") for box in boxes]).status_code == 302
    [receipt] = lumen.inbox("zoe@exemple.fr")
    assert "Maison Lumen et Atelier Marin" in lumen.text_of(receipt)
    rows = office.client.get(f"{office.path}/participants?export=csv")
    text = b"".join(rows.streaming_content if rows.streaming else [rows.content]).decode(
        "utf-8-sig"
    )
    assert "zoe@exemple.fr" in text and "Maison Lumen, Atelier Marin" in text
    assert len(re.findall(r"cst_\w{26}", text)) == 2  # D3: the proofs travel with the people


def test_a_partnership_that_ended_asks_nobody_any_more(
    lumen: Lumen, office: Office, marin: str, take_part: Callable[..., HttpResponse]
) -> None:
    """A form that was open meanwhile is shown again; what was agreed before stays."""
    office.create()
    [module] = office.modules()
    wanted = {f"{marin}-on": "on", f"{marin}-asks": "on", f"{marin}-policy_url": POLICY}
    assert office.acquire(module, **wanted).status_code == 302
    assert office.send("/en-ligne").status_code == 302
    row = Partnership.objects.get()
    assert take_part("zoe@exemple.fr", box=[str(row.id)]).status_code == 302
    open_page = TenantClient(lumen.tenant).get(PUBLIC).content.decode()
    Partnership.objects.update(state=State.ENDED)
    page = TenantClient(lumen.tenant).get(PUBLIC).content.decode()
    assert "<b>Atelier Marin</b>" in open_page and "<b>Atelier Marin</b>" not in page
    assert take_part("ana@exemple.fr", box=[str(row.id)]).status_code == 400
    rows = office.client.get(f"{office.path}/participants?q=zoe").content.decode()
    assert "zoe@exemple.fr" in rows


def test_a_double_confirmation_counts_once_the_emailed_button_is_pressed(
    lumen: Lumen, office: Office, take_part: Callable[..., HttpResponse]
) -> None:
    office.create()
    [module] = office.modules()
    assert office.acquire(module, double_optin="on").status_code == 302
    assert office.send("/en-ligne").status_code == 302
    waits = take_part("zoe@exemple.fr", box=["own"])
    client = TenantClient(lumen.tenant)
    assert "Encore un geste" in words(client.get(waits["Location"]).content.decode())
    assert "Participants 0" in office.read()
    [asked] = lumen.inbox("zoe@exemple.fr")
    link = re.search(r"(/o/confirmer/\S+)", lumen.text_of(asked))
    assert link
    assert waits["Location"].endswith("/envoyee")
    # Mail programs open links by themselves: a GET confirms nothing (D10).
    page = client.get(link[1])
    assert page.status_code == 200
    # The page shows what the button confirms.
    assert "J’accepte de recevoir les offres de Maison Lumen par e-mail." in words(
        page.content.decode()
    )
    form = re.findall(r'name="(entry|consent)" value="([^"]+)"', page.content.decode())
    assert [name for name, _value in form] == ["entry", "consent"]
    assert "Participants 0" in office.read()
    done = client.post(link[1], dict(form))
    assert "Merci" in words(client.get(done["Location"]).content.decode())
    assert "Participants 1" in office.read()
    assert [str(m["Subject"]).strip() for m in lumen.inbox("zoe@exemple.fr")][1:] == [
        "Un automne à la maison\u00a0: votre participation est enregistrée"
    ]


def test_the_end_comes_by_itself_and_the_page_says_so(
    lumen: Lumen, office: Office, take_part: Callable[..., HttpResponse]
) -> None:
    office.create()
    office.send("/en-ligne")
    assert take_part("zoe@exemple.fr").status_code == 302
    lumen.later(days=21)
    assert "L’opération est terminée" in words(
        TenantClient(lumen.tenant).get(PUBLIC).content.decode()
    )
    office = _again(office)
    assert "Terminée" in office.read()


def _again(office: Office) -> Office:
    """The same pages after the session of three weeks ago has ended."""
    fresh = Office(office.lumen)
    fresh.path = office.path
    return fresh
