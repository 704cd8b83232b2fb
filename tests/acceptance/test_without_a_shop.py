"""A photographer without an online shop finishes, on a phone of 390 pixels (O8)."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tenants.context import enter
from tenants.features import Feature, switch
from tenants.models import Tenant
from tenants.programme.models import Reward
from tenants.programme.setting_up import STEPS
from tests.pages.test_messages_in_browser import logged_in, origin  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("shell-browser")]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def fits(page: Page) -> None:
    """No sideways scroll (B12), and nothing that the page itself reported as wrong."""
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, (page.url, width)
    # The policy refuses the width that htmx copies from a pressed button: nothing is seen of it.
    odd = [said for said in page.troubles if "inline style" not in said]  # type: ignore[attr-defined]
    assert odd == [], page.url


def add_customer(page: Page, origin: str, first: str, last: str) -> str:  # noqa: F811
    """A customer, typed in; the address of their record."""
    page.goto(f"{origin}/clients/ajouter")
    page.locator("[name=first_name]").fill(first)
    page.locator("[name=last_name]").fill(last)
    page.locator("[name=email]").fill(f"{first.lower()}@exemple.fr")
    fits(page)
    page.locator("main form button.btn-primary").tap()
    page.wait_for_url(re.compile(r"/clients/cus_\w+$"))
    fits(page)
    return page.url


def test_o8_a_photographer_without_an_online_shop_can_finish(
    logged_in: Callable[..., Page],  # noqa: F811
    origin: str,  # noqa: F811
    live_merchant: Tenant,
    new_page: Callable[..., Page],
) -> None:
    """O8: set up without a shop, a QR code on paper, and "filleul venu" entered on a phone."""
    switch(tenant_id=live_merchant.id, off=[Feature.REFERRAL])
    page = logged_in(**PHONE)
    page.goto(f"{origin}/mise-en-route/objectif")
    # Its figures come by a request, which a page that is left too early would cut short.
    with page.expect_request_finished(lambda asked: "trade=photo" in asked.url):
        page.locator("[name=trade]").select_option("photo")
    expect(page.locator("[name=average_basket]")).not_to_have_value("")
    for step in STEPS[1:]:
        fits(page)
        page.get_by_role("button", name="Continuer", exact=True).tap()
        page.wait_for_url(f"{origin}/mise-en-route/{step}")
        expect(page.locator("#setup-form")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="Publier le programme").tap()
    page.wait_for_url(f"{origin}/")
    fits(page)
    page.goto(f"{origin}/reglages/seances")
    page.locator("[name=name]").fill("Portrait")
    page.locator("main form button.btn-primary").first.tap()
    expect(page.locator("main")).to_contain_text("Portrait")
    fits(page)

    # The QR code on paper: its text stands beside it.
    camille = add_customer(page, origin, "Camille", "Rouvière")
    page.goto(f"{camille}/carte")
    expect(page.locator("svg.qr").first).to_be_visible()
    code = re.search(r"\b(CAMILLE-\w+)\b", page.locator("main").inner_text())
    assert code, page.locator("main").inner_text()
    fits(page)
    friend = new_page(**PHONE)
    friend.goto(f"{origin}/r/{code[1]}?s=qr")
    expect(friend.locator("main")).to_contain_text("Camille")
    expect(friend.locator("main")).to_contain_text(code[1])
    fits(friend)

    # "Filleul venu": on the day, with the code that Thomas shows.
    thomas = add_customer(page, origin, "Thomas", "Guérin")
    page.get_by_role("link", name="Séance").first.tap()
    page.wait_for_url(re.compile(r"/seance$"))
    fits(page)
    page.locator("[name=validated]").check(force=True)
    page.locator("[name=code]").fill(code[1].lower())
    page.get_by_role("button", name="Enregistrer la séance").tap()
    page.wait_for_url(re.compile(r"(/clients/cus_\w+|/seances/ses_\w+)$"))
    page.goto(thomas)
    expect(page.locator("main")).to_contain_text("Camille Rouvière")
    fits(page)
    page.goto(camille)
    expect(page.locator("main")).to_contain_text("Thomas")
    counted = re.sub(r"\s+", " ", page.locator(".panel-parrainage").inner_text())
    assert "Filleuls qui comptent 1" in counted, counted
    fits(page)
    with enter(live_merchant):
        assert Reward.objects.filter(side="referrer").count() == 1
