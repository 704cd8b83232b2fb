"""The merchant's side of the shop: its orders, and what was told to Ricochet."""

from datetime import datetime
from html import escape

from deploy.demo_shop.orders import Order
from deploy.demo_shop.pages import euros


def admin(orders: list[Order], *, ricochet_url: str) -> str:
    """The list of orders, newest first, each with the buttons that make sense for it."""
    if not orders:
        listing = '<p>Aucune commande. <a href="/">Passez-en une dans la boutique.</a></p>'
    else:
        rows = "".join(_row(order) for order in orders)
        listing = f"""<div class="scroll"><table class="orders"><thead><tr><th>Commande</th>
<th>Client</th><th>Montant</th><th>Ricochet</th><th>Actions</th></tr></thead>
<tbody>{rows}</tbody></table></div>"""
    return f"""<h1>Commandes de la boutique</h1>
<p>Ce que verrait Maison Lumen dans son logiciel de boutique. Son programme est dans
<a href="{escape(ricochet_url)}">Ricochet</a>.</p>{listing}"""


def _row(order: Order) -> str:
    state = "Envoyée par l’API" if order.sent else "Signalée par le navigateur seul"
    if order.refunded:
        state += f", {euros(order.refunded)} remboursés"
    notes = "".join(f"<li>{escape(note)}</li>" for note in order.notes)
    details = f"<details><summary>Réponses</summary><ol>{notes}</ol></details>" if notes else ""
    code = f"<br>Code {escape(order.code)}" if order.code else ""
    moment = datetime.fromisoformat(order.created_at).astimezone()
    return f"""<tr id="{order.id}"><th scope="row">{order.id}<br>
<small>{moment:%d/%m/%Y %H:%M}</small></th>
<td>{escape(order.first_name)} {escape(order.last_name)}<br>
<small>{escape(order.email)}{code}</small></td>
<td class="amount">{euros(order.amount)}</td><td>{state}{details}</td>
<td>{_actions(order)}</td></tr>"""


def _actions(order: Order) -> str:
    parts = []
    if not order.sent:
        parts.append(
            f'<form method="post" action="/admin/{order.id}/confirmer">'
            "<button>Confirmer auprès de Ricochet (API)</button></form>"
        )
    left = order.amount - order.refunded
    if order.sent and left > 0:
        parts.append(
            f'<form method="post" action="/admin/{order.id}/rembourser">'
            f'<label>Montant en euros <input name="amount" inputmode="decimal" '
            f'value="{left // 100},{left % 100:02d}"></label>'
            "<button>Rembourser</button></form>"
        )
    return "".join(parts) or "Remboursée"
