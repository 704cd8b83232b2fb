"""The cagnotte at this shop's checkout: asked for, held, shown on the order, given up.

It is offered to customers who are logged in, and to nobody who only types an address: whoever
knows an address could look into the cagnotte behind it, and use it.
"""

import threading
from dataclasses import dataclass, field
from html import escape
from typing import Any

from deploy.demo_shop.ricochet import Ricochet


@dataclass(frozen=True)
class Held:
    """What one basket holds, and for what: `amount` is the basket's, before the discount."""

    id: str
    email: str
    amount: int
    discount: int
    label: str


@dataclass
class Cagnottes:
    """What Ricochet said of the baskets that are being paid, in memory."""

    ricochet: Ricochet
    _held: dict[str, Held] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, basket: str, *, email: str, amount: int) -> Held | None:
        """What this basket holds; given up where the person or the amount is no longer the same."""
        with self._lock:
            held = self._held.get(basket)
        if held is None or (held.email, held.amount) == (email.casefold(), amount):
            return held
        self.drop(basket)
        return None

    def holds(self, basket: str) -> bool:
        """Whether this basket holds anything."""
        with self._lock:
            return basket in self._held

    def quote(self, basket: str, *, email: str, amount: int) -> dict[str, Any] | None:
        """What the basket earns and may use; None while Ricochet is away or loyalty is off."""
        status, answer = self.ricochet.call(
            "POST", "/api/v1/checkout/quotes", _basket(basket, email, amount)
        )
        return answer if status == 200 else None

    def use(self, basket: str, *, email: str, amount: int) -> str:
        """Hold the most that can be used; returns a sentence where that did not work."""
        quote = self.quote(basket, email=email, amount=amount)
        points = quote["usable"]["points"] if quote else 0
        if not points:
            return "Votre cagnotte n’est pas utilisable sur cette commande."
        status, answer = self.ricochet.call(
            "POST",
            "/api/v1/checkout/holds",
            _basket(basket, email, amount) | {"points": points},
        )
        if status not in (200, 201):
            return "Votre cagnotte vient de changer. Regardez-la de nouveau."
        held = Held(
            id=answer["id"],
            email=email.casefold(),
            amount=amount,
            discount=answer["discount"],
            label=answer["line"]["label"],
        )
        with self._lock:
            self._held[basket] = held
        return ""

    def drop(self, basket: str) -> None:
        """Give the basket's points back; Ricochet does so by itself after half an hour."""
        with self._lock:
            held = self._held.pop(basket, None)
        if held is not None:
            self.ricochet.call("DELETE", f"/api/v1/checkout/holds/{held.id}")

    def paid(self, basket: str) -> None:
        """The basket became an order, which names the hold."""
        with self._lock:
            self._held.pop(basket, None)


def _basket(basket: str, email: str, amount: int) -> dict[str, Any]:
    customer = {"id": email.casefold(), "email": email}
    return {"id": basket, "amount": amount, "currency": "EUR", "customer": customer}


def panel(
    quote: dict[str, Any] | None, held: Held | None, *, money: Any, joins: bool, known: bool
) -> str:
    """The fieldset of the checkout form: what is earned, what can be used, and the box to tick.

    `known`: the customer is logged in.
    """
    parts = []
    if not known:
        parts.append(
            "<p>Connectez-vous pour voir ce que votre cagnotte peut payer.</p>"
            '<p><a class="button plain" href="/connexion?retour=commande">Se connecter</a></p>'
        )
    elif quote is None:
        return ""  # Ricochet is away, or the merchant's cagnottes pay for nothing here
    else:
        earned = quote["usable"]["earns"] if held else quote["earns"]
        parts.append(f"<p>Cette commande vous rapporte {_amount(earned, quote, money)}.</p>")
        if quote["joining_needed"] and not quote["member"]:
            ticked = " checked" if joins else ""
            parts.append(
                f'<label class="choice"><input type="checkbox" name="join" value="1"{ticked}> '
                "Rejoindre le programme de fidélité, gratuitement</label>"
            )
        parts.append(_using(quote, held, money))
        parts.append(
            f'<p class="small"><a href="{escape(quote["explanation_url"])}" target="_blank" '
            'rel="noopener">Comment ça marche</a></p>'
        )
    return f"<fieldset><legend>Ma cagnotte</legend>{''.join(parts)}</fieldset>"


def _using(quote: dict[str, Any], held: Held | None, money: Any) -> str:
    usable = quote["usable"]
    if held is not None:
        return (
            f"<p>{money(held.discount)} de votre cagnotte sont déduits.</p>"
            '<button class="plain" name="step" value="drop" formnovalidate>'
            "Ne pas utiliser ma cagnotte</button>"
        )
    if usable["points"]:
        what = _amount(usable["points"], quote, money)
        return (
            '<button class="plain" name="step" value="use" formnovalidate>'
            f"Utiliser {what} de ma cagnotte</button>"
        )
    if usable["reason"] == "order_too_small":
        least = money(quote["minimum_order"])
        return f"<p>Votre cagnotte est utilisable dès {least} de commande.</p>"
    return ""


def _amount(value: int, quote: dict[str, Any], money: Any) -> str:
    return f"{value} points" if quote["unit"] == "PTS" else str(money(value))
