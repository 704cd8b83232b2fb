"""The editor of an operation in a real Chromium: it opens where something is missing, asks for what
was chosen, and is never what it was before."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from operations.models import Operation, OperationModule
from tests.pages import test_operations_in_browser as pages
from tests.pages.test_operations_in_browser import checked, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("shell-browser")]
module, origin = pages.module, pages.origin
PICKED = "f => f.value.slice(f.selectionStart, f.selectionEnd)"
LONG = "\n".join(f"Ligne {number}." for number in range(80))


def test_the_editor_opens_at_what_waits_and_asks_for_what_was_chosen(
    origin: str, module: OperationModule, new_page: Callable[..., Page]
) -> None:
    """B2: the passage is selected and in sight; the number of times comes with its choice."""
    Operation.objects.update(state="draft", title={"fr": "Un automne"})
    page = new_page(viewport={"width": 390, "height": 844})
    sign_in(page, origin)
    own = f"{origin}/operations/{Operation.objects.get().public_id}"
    page.goto(f"{own}/textes")
    rules = page.locator("[name=rules_fr]")
    rules.fill(f"{LONG}\nFait à [à compléter : le lieu].\n{LONG}")
    page.get_by_role("button", name="Enregistrer les textes").click()
    expect(rules).to_be_focused()
    assert rules.evaluate(PICKED) == "[à compléter : le lieu]"
    expect(rules).to_be_in_viewport()
    assert rules.evaluate("f => f.scrollTop") > 400
    checked(page, 390)
    page.goto(f"{own}/modules/{module.public_id}")
    times = page.locator("[name=times]")
    expect(times).to_be_hidden()
    page.get_by_text("Plusieurs fois", exact=True).click()
    expect(times).to_be_visible()
    expect(page.locator("[name=title_en]")).to_be_hidden()
    page.get_by_text("Version anglaise").last.click()
    expect(page.locator("[name=title_en]")).to_be_visible()
    assert page.troubles == []


def test_a_page_is_as_things_are_when_one_comes_back_to_it(
    origin: str, module: OperationModule, new_page: Callable[..., Page]
) -> None:
    page = new_page(viewport={"width": 1280, "height": 900})
    sign_in(page, origin)
    own = f"{origin}/operations/{Operation.objects.get().public_id}"
    Operation.objects.update(state="draft")
    page.goto(f"{own}/essais")
    expect(page.get_by_text("Brouillon")).to_be_visible()
    page.get_by_role("button", name="Ouvrir la page d’essai").click()
    page.get_by_role("link", name="Revenir au back-office").wait_for()
    page.go_back()
    expect(page.get_by_text("Brouillon")).to_be_hidden()
    page.go_forward()
    page.get_by_role("link", name="Revenir au back-office").click()
    page.wait_for_url(f"{own}/essais")
