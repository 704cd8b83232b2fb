"""The first day's steps, ticked by facts received and never by "done" (O3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from billing.plans import Allowed
from tenants.activity.models import Order, Session, SessionType
from tenants.context import current_tenant
from tenants.features import Feature, is_on
from tenants.loyalty.models import LoyaltyVersion
from tenants.profiles.models import CustomerImport, ImportState, Profile
from tenants.programme import setting_up
from tenants.programme.models import ProgrammeVersion
from tenants.referrals.models import Click, Invitation
from tenants.rewards.models import Prize


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what to do, what it is for, where, and whether the fact is there."""

    title: str
    text: str
    url: str
    done: bool


_CONNECTED = ("script_seen", "api_key")


def outside_facts() -> dict[str, bool]:
    """What stands on higher floors (the script was seen, a key exists), by a dotted path."""
    path = getattr(settings, "SETUP_FACTS", "")
    facts: dict[str, bool] = import_string(path)() if path else {}
    return facts


def steps(*, outside: Mapping[str, bool]) -> list[Step]:
    """At most six. `outside` has the facts of higher floors: `script_seen`, `api_key`.

    Who has no online shop is not asked to connect one (O8).
    """
    sittings = not current_tenant().site_url and SessionType.objects.exists()
    no_shop = sittings or not has_shop()
    referral = is_on(Allowed.REFERRAL)
    return [
        _rules(referral=referral),
        *([_first_prize()] if is_on(Allowed.WALLET) else []),
        Step(
            _("Importer vos clients"),
            _("Un fichier suffit : personne ne parraine quelqu’un qui achète déjà chez vous.")
            if referral
            else _("Un fichier suffit : chacun retrouve ses achats dès la première visite."),
            reverse("programme:imports"),
            CustomerImport.objects.filter(state=ImportState.APPLIED).exists(),
        ),
        *([] if no_shop else [_connected(outside, referral=referral)]),
        _first_fact(sittings=sittings, no_shop=no_shop),
        *([_first_invitation()] if referral else []),
    ]


def _rules(*, referral: bool) -> Step:
    """The referral programme; loyalty, where the plan holds no referrals."""
    if referral:
        return Step(
            _("Publier votre programme"),
            _("Ce que gagnent le parrain et son filleul, et quand."),
            reverse("programme:setup"),
            ProgrammeVersion.objects.exists(),
        )
    on = is_on(Feature.LOYALTY)
    return Step(
        _("Publier vos règles de fidélité"),
        _("Ce que chaque achat rapporte à vos clients, et comment ils s’en servent."),
        reverse("programme:loyalty" if on else "programme:modules"),
        LoyaltyVersion.objects.exists(),
    )


def _first_prize() -> Step:
    return Step(
        _("Proposer un premier lot"),
        _("Ce que vos clients peuvent choisir avec leur cagnotte."),
        reverse("programme:prizes"),
        Prize.objects.exists(),
    )


def next_step(found: Sequence[Step]) -> Step | None:
    """The first that is not done."""
    return next((step for step in found if not step.done), None)


def has_shop() -> bool:
    """What the set-up was told, else whether there is an address, else what the trade is like."""
    said = setting_up.preferences().draft.get("online")
    if said is not None:
        return bool(said)
    return bool(current_tenant().site_url) or setting_up.draft().online


def _connected(outside: Mapping[str, bool], *, referral: bool) -> Step:
    """One way is enough: a line to paste, a developer's key, or orders that came by themselves."""
    return Step(
        _("Relier votre boutique"),
        _(
            "Une ligne à coller, ou une clé pour votre développeur. Si vous ne vendez"
            " pas en ligne, dites-le au même endroit."
        ),
        reverse("programme:setup_step", args=["boutique"]) if referral else "/reglages/site",
        any(outside.get(name, False) for name in _CONNECTED),
    )


def _first_fact(*, sittings: bool, no_shop: bool) -> Step:
    if sittings:
        return Step(
            _("Enregistrer une première séance"),
            _("Depuis la fiche d’un client ; vos règles disent ce qu’elle rapporte."),
            _first_customer(),
            Session.objects.exists(),
        )
    return Step(
        _("Recevoir une première commande"),
        _("Saisie sur la fiche d’un client : l’étape se coche aussitôt.")
        if no_shop
        else _("De votre boutique, ou saisie sur la fiche d’un client."),
        _first_customer() if no_shop else reverse("programme:incoming"),
        Order.objects.exists(),
    )


def _first_customer() -> str:
    """Where there is a record to begin from, else where one is made."""
    there = Profile.objects.exists()
    return reverse("programme:customers" if there else "programme:add_customer")


def _first_invitation() -> Step:
    return Step(
        _("Voir partir la première invitation"),
        _("Donnez son lien à un client fidèle : un clic suffit à cocher."),
        _first_customer(),
        Invitation.objects.exists() or Click.objects.exists(),
    )
