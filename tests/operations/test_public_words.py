"""What the public pages say: the rules, the data, in both languages, and names that never run."""

from operations.models import Operation, OperationModule
from tests.fixtures.tenants import TenantClient
from tests.operations.test_public_page import PAGE, text_of


def test_rules_and_data_are_one_tap_away(shopper: TenantClient) -> None:
    """S2, D5: who receives what, and who answers for what."""
    page = shopper.get(PAGE).content.decode()
    assert f'href="{PAGE}/reglement"' in page and f'href="{PAGE}/donnees"' in page
    assert "Un lot, un tirage." in text_of(shopper.get(f"{PAGE}/reglement"))
    told = text_of(shopper.get(f"{PAGE}/donnees"))
    assert "Ce que Brûlerie Noé reçoit" in told and "Qui répond de quoi" in told


def test_names_and_words_of_brands_never_run(
    shopper: TenantClient, module: OperationModule
) -> None:
    """R34: whatever a merchant or a partner is called."""
    evil = "<script>alert(1)</script>"
    module.partners.update(name=evil, policy_url="javascript:alert(1)")
    Operation.objects.update(title={"fr": evil}, rules={"fr": f"{evil}\n\n[x](javascript:1)"})
    for path in (PAGE, f"{PAGE}/reglement", f"{PAGE}/donnees"):
        page = shopper.get(path).content.decode()
        assert "<script" not in page, path
        assert 'href="javascript:' not in page, path


def test_english_is_complete(shopper: TenantClient) -> None:
    text = text_of(shopper.get(f"{PAGE}?langue=en"))
    assert "I agree to receive offers from Brûlerie Noé by email." in text
    assert "An autumn at home" in text
    assert "Participer" not in text
