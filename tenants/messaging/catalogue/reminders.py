"""Reminders: the emails of the ready-made scenarios. `SCENARIOS` gives each one's usual delays."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from tenants.messaging.catalogue.shapes import Audience, Kind, Topic, Words

# Days, step by step. What `before` is about comes later: its days count backwards.
SCENARIOS: dict[str, tuple[int, ...]] = {
    "share": (10, 30),
    "balance": (45,),
    "soon": (3,),
    "expiry": (30,),
    "invited": (7,),
    "clicked": (5,),
}
FRIEND_SCENARIOS = ("invited", "clicked")

_FRIEND: dict[str, Any] = {
    "referrer": "Camille Rouvière",
    "first_name": "Thomas",
    "code": "CAMILLE-7Q3X",
    "invitation": "inv_01jd00000000000000000000aa",
    "amount": 500,
    "unit": "EUR",
}
_OWN: dict[str, Any] = {
    "first_name": "Camille",
    "code": "CAMILLE-7Q3X",
    "amount": 800,
    "unit": "EUR",
}


def kind_name(key: str, number: int) -> str:
    """The kind of email of one step."""
    return f"reminder_{key}_{number}"


def _reminder(
    key: str,
    number: int,
    label: Words,
    when: Words,
    topic: Topic = Topic.REMINDERS,
    **more: Any,
) -> Kind:
    return Kind(
        kind_name(key, number),
        label=label,
        when=when,
        marketing=True,
        topic=topic,
        tracked=True,
        mailing=True,
        always=_("Il s’active avec sa relance."),
        **more,
    )


def _to_friend(key: str, label: Words, when: Words) -> Kind:
    return _reminder(
        key,
        1,
        label,
        when,
        topic=Topic.INVITATIONS,
        audience=Audience.FRIEND,
        values=("referrer", "amount", "code", "referral_url"),
        needs=("referral_url",),
        target="referral_url",
        sample=_FRIEND,
    )


REMINDERS = (
    _reminder(
        "share",
        1,
        _("Parler de vous : première relance"),
        _("Après un achat, à un client qui n’a encore invité personne."),
        values=("amount", "code", "referral_url", "space_url"),
        sample=_OWN,
    ),
    _reminder(
        "share",
        2,
        _("Parler de vous : seconde relance"),
        _("Plus tard, s’il n’a toujours invité personne."),
        values=("amount", "code", "referral_url", "space_url"),
        sample=_OWN,
    ),
    _reminder(
        "balance",
        1,
        _("Cagnotte à utiliser"),
        _("Quand un client n’a rien acheté depuis un moment et que sa cagnotte l’attend."),
        values=("amount", "space_url"),
        sample={**_OWN, "amount": 2400},
    ),
    _reminder(
        "soon",
        1,
        _("Récompense bientôt disponible"),
        _("Quelques jours avant qu’une récompense soit disponible."),
        values=("amount", "due_on", "space_url"),
        sample={**_OWN, "due_at": "2026-12-02T09:00:00+00:00"},
    ),
    _reminder(
        "expiry",
        1,
        _("Cagnotte qui expire"),
        _("Avant qu’une partie de la cagnotte expire."),
        values=("amount", "expires_on", "space_url"),
        sample={**_OWN, "expires_at": "2026-12-31T22:59:59+00:00"},
    ),
    _to_friend(
        "invited",
        _("Rappel à un proche invité"),
        _("À un proche qui n’a pas ouvert son invitation, une seule fois."),
    ),
    _to_friend(
        "clicked",
        _("Rappel à un proche venu voir"),
        _("À un proche venu sur la boutique sans acheter, une seule fois."),
    ),
)
