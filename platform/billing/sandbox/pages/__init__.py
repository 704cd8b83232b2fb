"""The pages that people see where Stripe would show its own."""

from billing.sandbox.pages import checkout, invoice, panel, portal
from billing.sandbox.pages.frame import Page, say
from billing.sandbox.sender import Sender
from billing.sandbox.store import Json
from billing.sandbox.world import World

__all__ = ["Page", "pages"]


def pages(world: World, sender: Sender, *, method: str, path: str, query: Json, form: Json) -> Page:
    """The page at an address; `form` where it was posted."""
    place, _, rest = path.strip("/").partition("/")
    posted = method == "POST"
    if place == "checkout" and (session := world.store.get(rest, "checkout.session")):
        return checkout.page(world, session, form=form if posted else None)
    if place == "portal" and (session := world.store.get(rest, "billing_portal.session")):
        return portal.page(world, session, form=form if posted else None, query=query)
    found = world.store.get(rest.partition("/")[0], "invoice") if place == "invoice" else None
    if found is not None:
        return invoice.page(world, found, form=form if posted else None)
    if path == "/":
        return panel.page(world, sender, form=form if posted else None)
    return say("Cette page n’existe pas", "Le lien est peut-être périmé.", status=404)
