"""An invoice to read and, while it is open, to pay."""

from html import escape

from billing.sandbox import buying
from billing.sandbox.pages.frame import Page, alert, day, euros, frame, is_english
from billing.sandbox.store import Json
from billing.sandbox.world import World


def page(world: World, invoice: Json, *, form: Json | None) -> Page:
    customer = world.need(invoice["customer"], "customer")
    english = is_english((customer["preferred_locales"] or ["fr"])[0])
    error = ""
    if form is not None and invoice["status"] == "open":
        if buying.pay(world, invoice):
            return Page(goes_to=invoice["hosted_invoice_url"])
        error = "Your card was declined." if english else "Votre carte a été refusée."
    rows = "".join(
        f"<tr><td>{escape(line['description'])}</td>"
        f"<td>{day(line['period']['start'], english=english)} – "
        f"{day(line['period']['end'], english=english)}</td>"
        f"<td>{euros(line['amount'], english=english)}</td></tr>"
        for line in invoice["lines"]["data"]
    )
    words = (
        ("Invoice", "Total excl. VAT", "VAT", "Total", "Pay now", "Paid")
        if english
        else ("Facture", "Total HT", "TVA", "Total TTC", "Payer maintenant", "Payée")
    )
    tax = sum(one["amount"] for one in invoice["total_taxes"])
    rows += "".join(
        f"<tr><td>{word}</td><td></td><td>{euros(amount, english=english)}</td></tr>"
        for word, amount in zip(
            words[1:4], (invoice["subtotal"], tax, invoice["total"]), strict=True
        )
    )
    pay = f'<form method="post"><button class="main">{words[4]}</button></form>'
    state = pay if invoice["status"] == "open" else ""
    if invoice["status"] == "paid":
        state = f"<p>{words[5]}</p>"
    title = f"{words[0]} {invoice['number']}"
    body = (
        f"<h1>{escape(title)}</h1><p>{day(invoice['created'], english=english)} · "
        f"{escape(invoice['customer_name'] or '')}</p>{alert(error)}<table>{rows}</table>{state}"
    )
    return Page(frame(title, body, english=english), status=402 if error else 200)
