"""The checkout page: pay, be declined, or be asked by one's bank."""

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
    say,
)
from billing.sandbox.store import Json
from billing.sandbox.world import World


def page(world: World, session: Json, *, form: Json | None) -> Page:
    english = is_english(session["locale"])
    if session["status"] != "open":
        if session["status"] == "complete" and form is not None:
            return Page(goes_to=_success(session))
        words = (
            ("This session is over", "Start again from your subscription’s page.")
            if english
            else ("Cette session est terminée", "Recommencez depuis la page de votre abonnement.")
        )
        return say(*words, status=410, english=english)
    if form is None or form.get("card") not in CARDS:
        return _ask(world, session, english=english)
    return _pay(world, session, form, english=english)


def _pay(world: World, session: Json, form: Json, *, english: bool) -> Page:
    card, tax_id = form["card"], form.get("tax_id", "").strip()
    if CARDS[card].asks and form.get("bank") is None:
        return _bank(session, card=card, tax_id=tax_id, english=english)
    if form.get("bank") == "no":
        error = "Your bank did not confirm." if english else "Votre banque n’a pas confirmé."
        return _ask(world, session, error=error, english=english)
    try:
        done = buying.complete(world, session, card=card, tax_id=tax_id)
    except RefusalError as refusal:
        code = refusal.body["error"].get("code")
        return _ask(world, session, error=_why(code, english=english), english=english)
    return Page(goes_to=_success(done))


def _success(session: Json) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _why(code: str, *, english: bool) -> str:
    if code == "card_declined":
        return (
            "Your card was declined. Choose another one."
            if english
            else "Votre carte a été refusée. Choisissez-en une autre."
        )
    return (
        "This VAT number cannot be read. Write it like FR12345678901."
        if english
        else "Ce numéro de TVA est illisible. Saisissez-le comme FR12345678901."
    )


def _ask(world: World, session: Json, *, english: bool, error: str = "") -> Page:
    secret = world.store.secret(session["id"])
    price = secret["line_items"]["data"][0]["price"]
    name = escape(price["nickname"] or price["id"])
    trial = secret["trial_end"]
    if trial:
        until = day(trial, english=english)
        due = f"Free until {until}" if english else f"Essai jusqu’au {until}"
        pay = "Begin" if english else "Commencer l’abonnement"
    else:
        due = euros(price["unit_amount"], english=english)
        due += " excl. VAT" if english else " HT"
        pay = "Subscribe" if english else "Payer et s’abonner"
    label, optional = ("VAT number", "Optional") if english else ("Numéro de TVA", "Facultatif")
    back = "Back" if english else "Revenir sans payer"
    tax = (
        f'<label class="field">{label} <span>{optional}</span>'
        '<input name="tax_id" autocomplete="off" placeholder="FR12345678901"></label>'
        if session["tax_id_collection"]["enabled"]
        else ""
    )
    body = f"""<h1>{name}</h1>
<p class="amount">{escape(per(price, english=english))}</p><p class="due">{escape(due)}</p>
{alert(error)}<form method="post">{card_choices(english=english)}{tax}
<button class="main">{pay}</button>
<a class="back" href="{escape(session["cancel_url"] or "/")}">{back}</a></form>"""
    title = f"{name} · Stripe (double)"
    may = origin(session["success_url"])
    status = 402 if error else 200
    return Page(frame(title, body, english=english), status=status, may_lead_to=may)


def _bank(session: Json, *, card: str, tax_id: str, english: bool) -> Page:
    title, text, yes, no = (
        ("Your bank asks", "Confirm this payment with your bank.", "Confirm", "Refuse")
        if english
        else (
            "Votre banque vous interroge",
            "3-D Secure : confirmez ce paiement auprès de votre banque.",
            "Confirmer",
            "Refuser",
        )
    )
    body = f"""<h1>{title}</h1><p>{text}</p><form method="post">
<input type="hidden" name="card" value="{escape(card)}">
<input type="hidden" name="tax_id" value="{escape(tax_id)}">
<button class="main" name="bank" value="yes">{yes}</button>
<button name="bank" value="no">{no}</button></form>"""
    return Page(frame(title, body, english=english), may_lead_to=origin(session["success_url"]))
