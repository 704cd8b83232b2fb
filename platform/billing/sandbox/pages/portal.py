"""The customer portal: card, invoices, another plan, leaving and coming back."""

from html import escape

from billing.sandbox import buying
from billing.sandbox.cards import CARDS
from billing.sandbox.errors import RefusalError
from billing.sandbox.pages.frame import (
    Page,
    alert,
    card_choices,
    day,
    euros,
    frame,
    is_english,
    origin,
    per,
)
from billing.sandbox.store import Json
from billing.sandbox.world import World

_HOUR = 3_600
_LATEST = 12


def page(world: World, session: Json, *, form: Json | None, query: Json) -> Page:
    english = is_english(session["locale"])
    if world.now > session["created"] + _HOUR and not world.frozen:
        title = "This link is over" if english else "Ce lien n’est plus valable"
        return Page(frame(title, f"<h1>{title}</h1>", english=english), status=410)
    error = ""
    if form is not None:
        error = _act(world, session, form, english=english)
        if not error and session["flow"]:
            return Page(goes_to=session["return_url"] or session["url"])
        if not error:
            return Page(goes_to=session["url"])
    body = _body(world, session, english=english)
    title = "Billing" if english else "Facturation"
    head = f"<h1>{title}</h1>{alert(error)}"
    may = origin(session["return_url"])
    status = 402 if error else 200
    return Page(frame(title, head + body, english=english), status=status, may_lead_to=may)


def _act(world: World, session: Json, form: Json, *, english: bool) -> str:
    """Do what was asked; a sentence where it did not work."""
    customer = world.need(session["customer"], "customer")
    subscription = _subscription(world, customer)
    try:
        match form.get("do"):
            case "card" if form.get("card") in CARDS:
                buying.change_card(world, customer, card=form["card"])
            case "cancel" if subscription:
                buying.cancel(world, subscription)
            case "return" if subscription:
                buying.come_back(world, subscription)
            case "switch" if subscription:
                price = world.need(form.get("price", ""), "price")
                buying.switch(world, subscription, price)
            case "pay":
                found = world.need(form.get("invoice", ""), "invoice")
                if found["customer"] == customer["id"] and not buying.pay(world, found):
                    raise RefusalError("declined", code="card_declined")
    except RefusalError as refusal:
        if refusal.body["error"].get("code") == "card_declined":
            return "Your card was declined." if english else "Votre carte a été refusée."
        return str(refusal)
    return ""


def _subscription(world: World, customer: Json) -> Json | None:
    for subscription in world.store.all("subscription"):
        if subscription["customer"] == customer["id"] and subscription["status"] not in (
            "canceled",
            "incomplete_expired",
        ):
            return subscription
    return None


def _body(world: World, session: Json, *, english: bool) -> str:
    customer = world.need(session["customer"], "customer")
    subscription = _subscription(world, customer)
    parts = []
    if subscription:
        parts.append(_plan(world, subscription, english=english))
    parts.append(_card(world, customer, english=english))
    parts.append(_invoices(world, customer, english=english))
    back = "Back to Ricochet" if english else "Revenir à Ricochet"
    leave = f'<a class="back" href="{escape(session["return_url"] or "/")}">{back}</a>'
    return "".join(parts) + leave


def _plan(world: World, subscription: Json, *, english: bool) -> str:
    item = subscription["items"]["data"][0]
    price = item["price"]
    end = day(item["current_period_end"], english=english)
    if subscription["cancel_at"]:
        ends = day(subscription["cancel_at"], english=english)
        state = f"Ends on {ends}." if english else f"S’arrête le {ends}."
        word = "Keep my subscription" if english else "Garder mon abonnement"
        act = f'<form method="post"><button name="do" value="return">{word}</button></form>'
    else:
        state = f"Renews on {end}." if english else f"Se renouvelle le {end}."
        word = f"Cancel for {end}" if english else f"Résilier pour le {end}"
        act = f'<form method="post"><button name="do" value="cancel">{word}</button></form>'
    others = "".join(
        f'<option value="{escape(one["id"])}">{escape(one["nickname"] or one["id"])} · '
        f"{escape(per(one, english=english))}</option>"
        for one in reversed(world.store.all("price"))
        if one["active"] and one["lookup_key"] and one["id"] != price["id"]
    )
    label = "Another plan" if english else "Une autre formule"
    word = "Change" if english else "Changer de formule"
    note = (
        "More is had at once and billed in proportion; less begins at the period’s end."
        if english
        else "Une formule supérieure s’applique tout de suite, au prorata ; une formule"
        " inférieure, à la fin de la période."
    )
    change = (
        f'<form method="post"><label class="field">{label}<select name="price">{others}</select>'
        f'</label><p class="note">{note}</p><button name="do" value="switch">{word}</button></form>'
    )
    name = escape(price["nickname"] or price["id"])
    return (
        f"<section><h2>{name}</h2><p>{escape(per(price, english=english))} · {state}</p>"
        f"{act}{change if others else ''}</section>"
    )


def _card(world: World, customer: Json, *, english: bool) -> str:
    card_id = customer["invoice_settings"]["default_payment_method"]
    card = world.store.get(card_id, "payment_method") if card_id else None
    has = f"Visa •••• {card['card']['last4']}" if card else ("None" if english else "Aucune")
    title, word = ("Card", "Use this card") if english else ("Carte", "Utiliser cette carte")
    return (
        f'<section><h2>{title}</h2><p>{has}</p><form method="post">'
        f'{card_choices(english=english)}<button name="do" value="card">{word}</button>'
        "</form></section>"
    )


def _invoices(world: World, customer: Json, *, english: bool) -> str:
    rows = []
    words = {"paid": ("Payée", "Paid"), "open": ("À payer", "To pay"), "void": ("Annulée", "Void")}
    own = [one for one in world.store.all("invoice") if one["customer"] == customer["id"]]
    for one in own[:_LATEST]:
        state = words.get(one["status"], (one["status"], one["status"]))[english]
        pay = ""
        if one["status"] == "open":
            word = "Pay now" if english else "Payer maintenant"
            pay = (
                f'<form method="post"><input type="hidden" name="invoice" value="{one["id"]}">'
                f'<button name="do" value="pay">{word}</button></form>'
            )
        rows.append(
            f'<tr><td><a href="{escape(one["hosted_invoice_url"])}">{escape(one["number"])}</a>'
            f"</td><td>{day(one['created'], english=english)}</td>"
            f"<td>{euros(one['total'], english=english)}</td><td>{state}{pay}</td></tr>"
        )
    title = "Invoices" if english else "Factures"
    return f"<section><h2>{title}</h2><table>{''.join(rows)}</table></section>" if rows else ""
