"""What a plan holds: SP-24, and the plan's and the operator's half of OF-07 and SO-01."""

import io
import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Invitation, Role
from accounts.services import create_member
from billing.models import Account, Grant
from config.tasks import check_limits, refresh_entitlements
from tenants.context import enter
from tenants.features import Feature, is_on
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tests.acceptance.conftest import OWNER, PASSWORD, STARTED, Lumen, words
from tests.acceptance.referring import THOMAS, pending
from tests.fixtures.plans import begin_with, come_to, fresh
from tests.fixtures.tenants import TenantClient
from widgets.links import landing


def billing(*arguments: str) -> str:
    """Run `manage.py billing …`; what it prints."""
    out = io.StringIO()
    call_command("billing", *arguments, stdout=out)
    landing.forget_pages()
    return out.getvalue()


def seen(lumen: Lumen, path: str) -> tuple[int, str]:
    """The status and the words of a page of the back office."""
    answer = lumen.office().get(path)
    return answer.status_code, words(answer.content.decode())


def test_sp24_referral_and_the_cagnotte_are_from_growing_upwards(
    lumen: Lumen, camille: str
) -> None:
    """On Starter they are neither shown nor reachable, and each page says from which plan they
    are; loyalty works. On Growing and on Scale they work."""
    code = lumen.code_of(camille)
    begin_with(lumen.tenant, "starter")
    home = lumen.office().get("/").content.decode()
    assert "/parrainage" not in home and "/recompenses" not in home and "/fidelite" in home
    for path in ("/parrainage", "/recompenses", "/recompenses/paliers", "/mise-en-route"):
        status, said = seen(lumen, path)
        assert status == 404 and "À partir de la formule Growing" in said, path
        assert 'href="/reglages/abonnement"' in lumen.office().get(path).content.decode()
    assert seen(lumen, "/fidelite")[0] == 200
    assert "À partir de Growing" in seen(lumen, "/reglages/modules")[1]
    sent = lumen.office().post("/reglages/modules/referral", {"on": "1"}, follow=True)
    assert "à partir de la formule Growing" in words(sent.content.decode())
    found = lumen.office().get("/search", {"q": "parrain"}).content.decode()
    assert "/parrainage" not in found and "/reglages/programme" not in found
    lumen.order("L-1", THOMAS, referral_code=code)
    assert pending(lumen, camille) == 0
    assert code not in lumen.page("/espace", lumen.space(camille))
    assert TenantClient(lumen.tenant).get(f"/r/{code}").status_code == 404
    for number, plan in enumerate(("growing", "scale")):
        come_to(lumen.tenant, plan)
        lumen.office().post("/reglages/modules/referral", {"on": "1"})
        assert seen(lumen, "/parrainage")[0] == seen(lumen, "/recompenses")[0] == 200
        before = pending(lumen, camille)
        lumen.order(f"G-{plan}", f"louise{number}@exemple.fr", referral_code=code)
        assert pending(lumen, camille) == before + 800


def test_of07_the_operator_grants_the_module_with_a_reason_and_an_end(
    lumen: Lumen, camille: str, other_merchant: Tenant
) -> None:
    """Beside its plan, for one merchant; when the end has come it is frozen, and nothing lost."""
    code = lumen.code_of(camille)
    begin_with(lumen.tenant, "starter")
    begin_with(other_merchant, "starter")
    assert seen(lumen, "/parrainage")[0] == 404
    day = (timezone.now() + timedelta(days=30)).date()
    for module in ("referral", "wallet"):
        said = billing(
            "grant", "maison-lumen", "feature", module,
            "--reason", "Essai promis au salon", "--until", day.isoformat(),
        )  # fmt: skip
        assert module in said and "grt_" in said
    assert "Essai promis au salon" in billing("show", "maison-lumen")
    assert seen(lumen, "/parrainage")[0] == 404, "granted, and not on by default"
    lumen.office().post("/reglages/modules/referral", {"on": "1"})
    assert seen(lumen, "/parrainage")[0] == 200
    assert not is_on(Feature.REFERRAL, tenant=fresh(other_merchant))
    lumen.order("L-1", THOMAS, referral_code=code)
    assert pending(lumen, camille) == 800
    # The end of that day, on the merchant's clock.
    lumen.later(days=31)
    refresh_entitlements()
    landing.forget_pages()
    status, said = seen(lumen, "/parrainage")
    assert status == 200 and "Parrainage : gelé" in said and "Thomas" in said
    assert "à partir de la formule Growing" in said
    refused = lumen.office().post("/reglages/programme", {"name": "Autre"})
    assert refused.status_code == 402
    assert "Rien n’a été changé" in words(refused.content.decode())
    assert TenantClient(lumen.tenant).get(f"/r/{code}").status_code == 404
    assert "8,00 €" in lumen.page("/espace", lumen.space(camille)), "what was promised is paid"
    billing("plan", "maison-lumen", "growing")
    status, said = seen(lumen, "/parrainage")
    assert status == 200 and "gelé" not in said
    rules = lumen.office().get("/reglages/programme").content.decode()
    assert re.search(r'name="referrer_amount"[^>]*value="8,00"', rules)
    lumen.order("L-2", "louise@exemple.fr", referral_code=code)
    assert pending(lumen, camille) == 800


def test_of07_a_grant_is_withdrawn_at_once(lumen: Lumen, camille: str) -> None:
    begin_with(lumen.tenant, "starter")
    said = billing("grant", "maison-lumen", "feature", "referral", "--reason", "Essai")
    [number] = re.findall(r"grt_\w+", said)
    again = billing("grant", "maison-lumen", "feature", "referral", "--reason", "Essai")
    assert number in again and Grant.objects.count() == 1, "twice is once"
    lumen.office().post("/reglages/modules/referral", {"on": "1"})
    assert seen(lumen, "/parrainage")[0] == 200
    billing("withdraw", number)
    assert "gelé" in seen(lumen, "/parrainage")[1]
    with pytest.raises(CommandError, match="unknown_grant"):
        billing("withdraw", number)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("plan", "maison-lumen", "platinum"), "unknown_plan"),
        (("plan", "maison-lune", "growing"), "no merchant"),
        (("grant", "maison-lumen", "feature", "referral"), "raison"),
        (("grant", "maison-lumen", "feature", "referral", "--reason", "  "), "raison"),
        (("grant", "maison-lumen", "feature", "referral", "--reason", "x" * 301), "raison"),
        (
            ("grant", "maison-lumen", "feature", "referral", "--reason", "x",
             "--until", "2026-02-28"),
            "passée",
        ),
        (("grant", "maison-lumen", "feature", "referral", "--reason", "x", "--until", "demain"),
         "no day"),
        (("grant", "maison-lumen", "feature", "casino", "--reason", "x"), "n’existe pas"),
        (("grant", "maison-lumen", "feature", "referral", "9", "--reason", "x"), "no value"),
        (("grant", "maison-lumen", "limit", "users", "--reason", "x"), "value"),
        (("grant", "maison-lumen", "limit", "users", "0", "--reason", "x"), "entre 1 et"),
        (("grant", "maison-lumen", "limit", "users", "-5", "--reason", "x"), "a number"),
        (("grant", "maison-lumen", "limit", "chairs", "5", "--reason", "x"), "n’existe pas"),
        (("withdraw", "grt_nothing"), "no grant"),
    ],
)  # fmt: skip
def test_a_bad_grant_is_told_and_changes_nothing(
    lumen: Lumen, arguments: tuple[str, ...], message: str
) -> None:
    begin_with(lumen.tenant, "starter")
    with pytest.raises(CommandError, match=message):
        billing(*arguments)
    assert not Grant.objects.exists()
    assert Account.objects.get(tenant_id=lumen.tenant.id).plan == "starter"


def test_so01_the_loyalty_programme_is_activated_on_request(lumen: Lumen) -> None:
    """SO-01: in every plan that is sold, and off until somebody asks for it."""
    for plan in ("starter", "growing", "scale"):
        begin_with(lumen.tenant, plan)
        Tenant.objects.filter(id=lumen.tenant.id).update(modules=[])
        fresh(lumen.tenant)
        status, said = seen(lumen, "/fidelite")
        assert status == 404 and "Ce module n’est pas activé" in said
        assert "/fidelite" not in lumen.office().get("/").content.decode()
        lumen.office().post("/reglages/modules/loyalty", {"on": "1"})
        assert seen(lumen, "/fidelite")[0] == 200
        Account.objects.all().delete()


def test_a_new_merchant_has_the_plan_it_was_made_with(lumen: Lumen) -> None:
    with pytest.raises(CommandError, match="unknown_plan"):
        call_command("tenants", "create", "chez-zoe", "--name", "Zoé", "--plan", "platinum")
    assert not Tenant.objects.filter(slug="chez-zoe").exists()


def team(lumen: Lumen, email: str) -> str:
    sent = lumen.office().post("/reglages/equipe/inviter", {"email": email, "role": "viewer"})
    return words(sent.content.decode()) if sent.status_code != 302 else ""


def test_at_the_limit_what_the_merchant_begins_is_refused_with_the_way_out(lumen: Lumen) -> None:
    """A fourth colleague on Starter; a grant makes room, and a larger plan does."""
    begin_with(lumen.tenant, "starter")
    assert team(lumen, "hugo@maison-lumen.fr") == team(lumen, "ines@maison-lumen.fr") == ""
    refused = team(lumen, "jean@maison-lumen.fr")
    assert "3 personnes dans l’équipe" in refused and "Réglages, Abonnement" in refused
    assert Invitation.objects.count() == 2
    billing("grant", "maison-lumen", "limit", "users", "4", "--reason", "Quatre associés")
    assert team(lumen, "jean@maison-lumen.fr") == ""
    assert "4 personnes" in team(lumen, "paul@maison-lumen.fr")
    billing("plan", "maison-lumen", "scale")
    assert team(lumen, "paul@maison-lumen.fr") == ""


def test_at_the_limit_nothing_that_customers_bring_is_lost(lumen: Lumen) -> None:
    """Orders make new customers beyond it; adding one by hand is refused, and all can be read."""
    begin_with(lumen.tenant, "starter")
    limit_to(lumen, profiles=2)
    for number in range(3):
        lumen.order(f"L-{number}", f"client{number}@exemple.fr")
    with enter(lumen.tenant):
        assert Profile.objects.count() == 3
    sent = lumen.send("/clients/ajouter", first_name="Zoé", email="zoe@exemple.fr")
    assert sent.status_code == 422
    said = words(sent.content.decode())
    assert "2 clients ; vous en avez 3" in said and "Zoé" in sent.content.decode()
    with enter(lumen.tenant):
        assert Profile.objects.count() == 3
    assert "Client2" in lumen.page("/clients")


def test_owners_are_told_once_at_80_and_once_at_100_per_cent(lumen: Lumen) -> None:
    begin_with(lumen.tenant, "starter")
    limit_to(lumen, profiles=5)
    subjects = []
    for number in range(6):
        lumen.order(f"L-{number}", f"client{number}@exemple.fr")
        check_limits()
        check_limits()
        found = [m["Subject"] for m in lumen.inbox(OWNER) if "imite" in str(m["Subject"])]
        subjects.append([re.sub(r"[\s\u00a0\u202f]+", " ", str(one)) for one in found])
    assert [len(found) for found in subjects] == [0, 0, 0, 1, 2, 2]
    assert subjects[-1] == [
        "Bientôt la limite : 4 clients sur 5",
        "Limite atteinte : 5 clients sur 5",
    ]
    assert "Clients : 6 sur 5" in lumen.page("/a-traiter")
    billing("plan", "maison-lumen", "growing")
    check_limits()
    assert "sur 5" not in lumen.page("/a-traiter")


def test_a_team_that_a_smaller_plan_does_not_hold_keeps_its_members(lumen: Lumen) -> None:
    for name in ("hugo", "ines", "jean"):
        create_member(
            email=f"{name}@maison-lumen.fr",
            first_name=name,
            last_name="Test",
            password=PASSWORD,
            tenant_id=lumen.tenant.id,
            role=Role.VIEWER,
            now=STARTED,
        )
    come_to(lumen.tenant, "starter")
    jean = TenantClient(lumen.tenant)
    answer = jean.post("/connexion", {"email": "jean@maison-lumen.fr", "password": PASSWORD})
    assert answer.status_code == 302 and jean.get("/clients").status_code == 200


def limit_to(lumen: Lumen, **limits: int) -> None:
    """Smaller limits than any plan's, so that a test reaches them."""
    lumen.tenant.refresh_from_db()
    lumen.tenant.entitlements["limits"] |= limits
    lumen.tenant.save(update_fields=["entitlements"])
    fresh(lumen.tenant)
