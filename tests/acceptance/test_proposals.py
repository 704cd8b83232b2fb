"""A proposal that its own author takes back, answered or not (PA-02, D5)."""

import pytest

from tests.acceptance.brands import Brand, letters
from tests.acceptance.conftest import Lumen, hidden_in, words

pytestmark = pytest.mark.usefixtures("quick")


def test_pa02_a_major_takes_its_proposal_back_even_once_the_partner_has_accepted(
    lumen: Lumen, lumens: Brand, marins: Brand
) -> None:
    """D5: it has not bound itself yet. The partner is told once, and may be asked again."""
    lumens.add(how="code", code=marins.code())
    path, theirs = lumens.partner("Marin"), marins.partner("Lumen")
    assert "Il manque celui de Maison Lumen" in marins.accept(theirs)
    page = lumens.html(path)
    assert f'href="{path}/retirer"' in page and "Relancer" not in page
    asked = lumens.page(f"{path}/retirer")
    assert "Atelier Marin, qui a déjà accepté l’accord, en est prévenu" in asked
    text = lumens.html(f"{path}/accord")
    for _twice in range(2):
        assert lumens.browser().post(f"{path}/retirer").status_code == 302
    assert "Retiré" in lumens.page(path) and "Retiré" in marins.page(theirs)
    told = letters(lumen, marins.owner, marins.tenant)
    assert [one for one in told if "Maison Lumen a retiré sa proposition" in one] == told[-1:]
    # Neither side's word makes anything of it any more.
    fields = {name: hidden_in(text, name) for name in ("text", "language")}
    late = lumens.browser().post(f"{path}/accord", fields, follow=True)
    assert "déjà reçu une réponse, ou il est terminé" in words(late.content.decode())
    assert lumens.add(how="code", code=marins.code()).status_code == 302


def test_pa02_a_partnership_that_both_accepted_is_ended_and_not_taken_back(
    lumens: Brand, marins: Brand
) -> None:
    lumens.add(how="code", code=marins.code())
    path = lumens.partner("Marin")
    lumens.accept(path)
    marins.accept(marins.partner("Lumen"))
    late = lumens.browser().post(f"{path}/retirer", follow=True)
    assert "déjà reçu une réponse" in words(late.content.decode())
    assert "Actif" in lumens.page(path) and f'href="{path}/retirer"' not in lumens.html(path)
