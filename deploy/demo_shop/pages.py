"""The shop's pages, as a customer sees them."""

from html import escape
from typing import Any

from deploy.demo_shop.cagnotte import Held, panel
from deploy.demo_shop.catalogue import (
    BY_SLUG,
    FREE_DELIVERY_FROM,
    PRODUCTS,
    Product,
    delivery_for,
)
from deploy.demo_shop.orders import Order
from deploy.demo_shop.ricochet import Script

Cart = dict[str, int]


def euros(cents: int) -> str:
    """`1 234,50 €`, with a narrow no-break space in groups and a no-break one before the sign."""
    whole, part = divmod(abs(cents), 100)
    grouped = f"{whole:,}".replace(",", "\u202f")
    return f"{'−' if cents < 0 else ''}{grouped},{part:02d}\u00a0€"


def frame(
    *, title: str, body: str, cart: Cart, script: Script | None, key: str, who: str = ""
) -> str:
    """The page around `body`; without `script` Ricochet is away, and nothing is missing."""
    tag = ""
    if script is not None:
        tag = (
            f'<script src="{escape(script.src)}" data-key="{escape(key)}" async '
            'data-space="/compte/cagnotte" '
            f'crossorigin="anonymous" integrity="{escape(script.integrity)}"></script>'
        )
    count = sum(cart.values())
    return f"""<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} · Maison Lumen</title>
<link rel="stylesheet" href="/static/shop.css">
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
<script src="/static/shop.js"></script>
{tag}
</head>
<body>
<p class="ribbon">Livraison offerte dès {euros(FREE_DELIVERY_FROM).replace(",00", "")}</p>
<header>
  <a class="brand" href="/">Maison Lumen</a>
  <nav aria-label="Boutique"><a href="/#lampes">Lampes</a><a href="/#bougies">Bougies</a>
  <a href="/compte">{"Mon compte" if who else "Se connecter"}</a></nav>
  <a class="cart" href="/panier">Panier ({count})</a>
</header>
<main>{body}</main>
<footer>
  <p>Une boutique de démonstration : rien n’y est vendu.</p>
  <p><button class="plain" type="button" data-consent-open>Gérer mes cookies</button>
  <a href="/admin">Espace du commerçant</a></p>
</footer>
<div class="consent" role="region" aria-label="Cookies" hidden>
  <p>Si un proche vous a recommandé notre maison, un cookie nous permet de le remercier.
  L’acceptez-vous\u202f?</p>
  <p><button type="button" data-consent="no">Refuser</button>
  <button type="button" data-consent="yes">Accepter</button></p>
</div>
</body>
</html>
"""


def drawing(product: Product) -> str:
    return f'<svg viewBox="0 0 200 200" role="img" aria-hidden="true">{product.drawing}</svg>'


def home() -> str:
    lamps = [product for product in PRODUCTS if "ougie" not in product.kind]
    candles = [product for product in PRODUCTS if product not in lamps]
    return f"""<p class="referral" data-referral hidden>Votre code de parrainage
<strong data-referral-code></strong> vous attend au moment de payer.</p>
<section class="hero"><h1>La lumière du soir, faite à la main</h1>
<p>Lampes et bougies de petites séries, dessinées à Nantes et coulées à Angers.</p></section>
<h2 id="lampes">Lampes</h2>{_grid(lamps)}
<h2 id="bougies">Bougies</h2>{_grid(candles)}"""


def _grid(products: list[Product]) -> str:
    cards = "".join(
        f'<li><a href="/produit/{product.slug}">{drawing(product)}'
        f"<span>{escape(product.kind)}</span><strong>{escape(product.name)}</strong>"
        f"<b>{euros(product.price)}</b></a></li>"
        for product in products
    )
    return f'<ul class="grid">{cards}</ul>'


def product_page(product: Product) -> str:
    return f"""<article class="product">{drawing(product)}
<div><p class="kind">{escape(product.kind)}</p><h1>{escape(product.name)}</h1>
<p class="price">{euros(product.price)}</p><p>{escape(product.text)}</p>
<form method="post" action="/panier/ajouter">
<input type="hidden" name="product" value="{product.slug}">
<button>Ajouter au panier</button></form>
<p class="small">Expédiée sous 48 h. Retour gratuit pendant 14 jours.</p></div></article>"""


def totals(cart: Cart) -> tuple[list[tuple[str, int]], int, int]:
    """The cart's lines with their prices, the delivery and the total, in cents."""
    lines = [
        (
            f"{BY_SLUG[slug].name} × {quantity}" if quantity > 1 else BY_SLUG[slug].name,
            BY_SLUG[slug].price * quantity,
        )
        for slug, quantity in cart.items()
    ]
    subtotal = sum(price for _, price in lines)
    delivery = delivery_for(subtotal)
    return lines, delivery, subtotal + delivery


def _summary(cart: Cart, held: Held | None = None) -> str:
    lines, delivery, total = totals(cart)
    advantage = ""
    if held is not None:
        total -= held.discount
        advantage = (
            f'<tr class="advantage"><th scope="row">{escape(held.label)}</th>'
            f"<td>{euros(-held.discount)}</td></tr>"
        )
    rows = "".join(
        f"<tr><th scope=row>{escape(name)}</th><td>{euros(price)}</td></tr>"
        for name, price in lines
    )
    shown = euros(delivery) if delivery else "Offerte"
    return f"""<table>{rows}<tr><th scope="row">Livraison</th><td>{shown}</td></tr>{advantage}
<tr class="total"><th scope="row">Total</th><td>{euros(total)}</td></tr></table>"""


def cart_page(cart: Cart) -> str:
    if not cart:
        return '<h1>Votre panier est vide</h1><p><a href="/">Voir les lampes et les bougies</a></p>'
    return f"""<h1>Votre panier</h1>{_summary(cart)}
<form method="post" action="/panier/vider" class="actions">
<a class="button" href="/commande">Commander</a><button class="plain">Vider le panier</button>
</form>"""


def checkout(
    cart: Cart,
    *,
    tracker_only: bool,
    error: str,
    values: dict[str, str],
    basket: str = "",
    who: str = "",
    quote: dict[str, Any] | None = None,
    held: Held | None = None,
) -> str:
    """The order form; `error` is a sentence shown on top, with the values as they were typed.

    `who` is the address of a customer who is logged in: the order is theirs, and their cagnotte
    may pay for it.
    """
    if not cart:
        return cart_page(cart)
    alert = f'<p class="error" role="alert">{escape(error)}</p>' if error else ""
    to_pay = totals(cart)[2] - (held.discount if held else 0)
    api, script = ("", " checked") if tracker_only else (" checked", "")
    return f"""<h1>Commande</h1><div class="columns"><form method="post" action="/commande">{alert}
{field("Prénom", "first_name", values, "given-name")}
{field("Nom", "last_name", values, "family-name")}
{_address(who, values)}
{field("Code de parrainage", "code", values, "off", optional=True)}
<input type="hidden" name="basket" value="{escape(basket)}">
{panel(quote, held, money=euros, joins=bool(values.get("join")), known=bool(who))}
<fieldset><legend>Démonstration : comment Ricochet l’apprend</legend>
<label class="choice"><input type="radio" name="via" value="api"{api}>
Le serveur de la boutique l’envoie par l’API</label>
<label class="choice"><input type="radio" name="via" value="script"{script}>
Seul le navigateur la signale : elle attend une confirmation</label></fieldset>
<button name="step" value="pay">Payer {euros(to_pay)}</button>
<p class="small">Paiement simulé : aucun moyen de paiement n’est demandé.</p></form>
<aside>{_summary(cart, held)}</aside></div>"""


def _address(who: str, values: dict[str, str]) -> str:
    if not who:
        return field("Adresse e-mail", "email", values, "email", kind="email")
    return f'<p class="known">Adresse e-mail<br><strong>{escape(who)}</strong></p>'


def field(
    label: str,
    name: str,
    values: dict[str, str],
    complete: str,
    *,
    kind: str = "text",
    optional: bool = False,
) -> str:
    """A labelled input with what was typed."""
    hint, required = (" <small>Facultatif</small>", "") if optional else ("", " required")
    return (
        f'<label class="field">{label}{hint}<input type="{kind}" name="{name}" maxlength="120" '
        f'value="{escape(values.get(name, ""))}" autocomplete="{complete}"{required}></label>'
    )


def thanks(order: Order) -> str:
    """The page that tells the script, through attributes that shop.js reads."""
    facts = {
        "id": order.id,
        "amount": str(order.amount),
        "currency": "EUR",
        "email": order.email,
        "first_name": order.first_name,
        "last_name": order.last_name,
        "customer_id": order.email.casefold(),
        "code": order.code,
    }
    return f"""<h1>Merci {escape(order.first_name)}</h1>
<p>Votre commande <strong>{order.id}</strong> de {euros(order.amount)} est enregistrée.
Nous l’expédions sous 48 h.</p>
{fact("order", facts)}
<p><a href="/">Retour à la boutique</a></p>"""


def fact(kind: str, values: dict[str, str]) -> str:
    """What shop.js passes to `ricochet(kind, …)`, as attributes: no inline script."""
    fields = " ".join(f'data-{name}="{escape(value)}"' for name, value in values.items() if value)
    return f'<div data-ricochet="{kind}" {fields}></div>'
