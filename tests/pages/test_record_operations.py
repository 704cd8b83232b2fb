"""A customer's record tells of operations: taken part, won, agreed, taken back."""

from datetime import timedelta

from operations import withdrawing
from operations.models import Participation, Win, WinningMoment
from tenants.models import Tenant
from tenants.profiles.models import Consent
from tests.fixtures.mechanics import make_live
from tests.fixtures.operations import BEGINS, NOW, take
from tests.fixtures.tenants import TenantClient
from tests.pages.conftest import text_of


def test_the_record_tells_of_participations_wins_and_consents(
    claire: TenantClient, merchant: Tenant
) -> None:
    """FS-02."""
    module = make_live("instant_win", asks_optin=True)
    WinningMoment.objects.update(at=BEGINS)
    taken = take(module, boxes=frozenset({"own"})).participation
    withdrawing.withdraw(consent=Consent.objects.get(), how="link", now=NOW + timedelta(hours=1))
    win = Win.objects.select_related("prize").get()
    win.handed_at, win.handed_by = NOW + timedelta(hours=2), win.id
    win.save()
    assert taken.profile is not None
    path = f"/clients/{taken.profile.public_id}"
    told = (
        "A participé à « Un automne à la maison »",
        f"A gagné « {win.prize.name['fr']} »",
        f"« {win.prize.name['fr']} » remis",
        f"Accord donné à {merchant.name}",
        f"Accord retiré à {merchant.name}",
    )
    for page in (text_of(claire.get(path)), text_of(claire.get(f"{path}/activite"))):
        for words in told:
            assert words in page, words
    page = claire.get(f"{path}/activite?sujet=operations")
    text = text_of(page)
    assert all(words in text for words in told[:3]) and told[3] not in text
    assert f"/operations/{taken.operation.public_id}" in page.content.decode()


def test_a_rehearsal_and_what_waits_for_a_confirmation_are_no_part_of_a_record(
    claire: TenantClient, merchant: Tenant
) -> None:
    module = make_live("instant_win", asks_optin=True, double_optin=True)
    taken = take(module, boxes=frozenset({"own"})).participation
    take(module, test=True)
    assert taken.profile is not None and Participation.objects.count() == 2
    page = text_of(claire.get(f"/clients/{taken.profile.public_id}/activite"))
    assert "A participé" not in page and "Accord donné" not in page
