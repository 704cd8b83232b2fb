"""The double's own page: its clock, its troubles, and what it has sent."""

from html import escape

from billing.sandbox import timeline
from billing.sandbox.money import DAY
from billing.sandbox.pages.frame import Page, day, frame
from billing.sandbox.sender import Sender, Troubles
from billing.sandbox.store import Json
from billing.sandbox.world import World

_STEPS = {"day": DAY, "week": 7 * DAY, "month": 31 * DAY}
_LATEST = 40


def page(world: World, sender: Sender, *, form: Json | None) -> Page:
    if form is not None:
        if step := _STEPS.get(form.get("clock", "")):
            world.advance(step)
            timeline.catch_up(world)
        if "troubles" in form:
            sender.troubles = Troubles(
                duplicate=0.3 if "duplicate" in form else 0.0,
                drop=0.3 if "drop" in form else 0.0,
                late_seconds=20.0 if "late" in form else 0.0,
            )
        return Page(goes_to="/")
    title = "Double local de Stripe"
    body = f"<h1>{title}</h1>{_clock(world)}{_troubles(sender)}{_subscriptions(world)}"
    return Page(frame(title, body + _events(world, sender)))


def _clock(world: World) -> str:
    return f"""<section><h2>Horloge</h2><p>Pour le double, nous sommes le {day(world.now)}.</p>
<form method="post" class="row"><button name="clock" value="day">Avancer d’un jour</button>
<button name="clock" value="week">Avancer d’une semaine</button>
<button name="clock" value="month">Avancer d’un mois</button></form></section>"""


def _troubles(sender: Sender) -> str:
    now = sender.troubles
    rows = "".join(
        f'<label class="choice"><input type="checkbox" name="{name}"{" checked" if on else ""}> '
        f"{words}</label>"
        for name, on, words in (
            ("duplicate", now.duplicate, "Doubler un événement sur trois"),
            ("drop", now.drop, "Perdre un événement sur trois"),
            ("late", now.late_seconds, "Retarder jusqu’à 20 secondes, donc mélanger"),
        )
    )
    return f"""<section><h2>Événements</h2><form method="post">{rows}
<button name="troubles" value="1">Appliquer</button></form></section>"""


def _subscriptions(world: World) -> str:
    rows = []
    for one in world.store.all("subscription")[:_LATEST]:
        customer = world.need(one["customer"], "customer")
        item = one["items"]["data"][0]
        rows.append(
            f"<tr><td>{escape(customer['name'] or customer['id'])}</td>"
            f"<td>{escape(item['price']['nickname'] or item['price']['id'])}</td>"
            f"<td>{escape(one['status'])}</td><td>{day(item['current_period_end'])}</td></tr>"
        )
    none = "<p>Aucun abonnement pour l’instant.</p>"
    body = f"<table>{''.join(rows)}</table>" if rows else none
    return f"<section><h2>Abonnements</h2>{body}</section>"


def _events(world: World, sender: Sender) -> str:
    rows = "".join(
        f"<tr><td>{escape(event['type'])}</td><td>{day(event['created'])}</td>"
        f"<td><code>{escape(event['id'])}</code></td></tr>"
        for event in world.store.all("event")[:_LATEST]
    )
    waiting = f"<p>En attente d’envoi : {sender.waiting()}</p>"
    return f"<section><h2>Envois</h2>{waiting}<table>{rows}</table></section>"
