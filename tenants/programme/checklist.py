"""The first day's steps, ticked by facts received and never by "done" (O3)."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from tenants.activity.models import Order, Session, SessionType
from tenants.context import current_tenant
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


def outside_facts() -> dict[str, bool]:
    """What stands on higher floors (the script was seen, a key exists), by a dotted path."""
    path = getattr(settings, "SETUP_FACTS", "")
    facts: dict[str, bool] = import_string(path)() if path else {}
    return facts


def steps(*, outside: Mapping[str, bool]) -> list[Step]:
    """At most six. `outside` has the facts of higher floors: `script_seen`, `api_key`.

    Who lives from sessions and has no shop is not asked to connect one (O8).
    """
    sittings = not current_tenant().site_url and SessionType.objects.exists()
    outside = {} if sittings else outside
    found = [
        Step(
            _("Publier votre programme"),
            _("Ce que gagnent le parrain et son filleul, et quand."),
            reverse("programme:setup"),
            ProgrammeVersion.objects.exists(),
        ),
        Step(
            _("Proposer un premier lot"),
            _("Ce que vos clients peuvent choisir avec leur cagnotte."),
            reverse("programme:prizes"),
            Prize.objects.exists(),
        ),
    ]
    if "script_seen" in outside:
        found.append(
            Step(
                _("Poser le script sur votre boutique"),
                _("Une ligne à copier ; l’étape se coche quand il répond."),
                "/reglages/site",
                outside["script_seen"],
            )
        )
    if "api_key" in outside:
        found.append(
            Step(
                _("Créer une clé d’API"),
                _("Votre boutique confirme ainsi chaque commande."),
                "/reglages/cles",
                outside["api_key"],
            )
        )
    return [*found, _first_fact(sittings=sittings), _first_invitation()]


def _first_fact(*, sittings: bool) -> Step:
    if sittings:
        return Step(
            _("Enregistrer une première séance"),
            _("Depuis la fiche d’un client ; vos règles disent ce qu’elle rapporte."),
            reverse("programme:customers"),
            Session.objects.exists(),
        )
    return Step(
        _("Recevoir une première commande"),
        _("De votre boutique, ou saisie sur la fiche d’un client."),
        reverse("programme:incoming"),
        Order.objects.exists(),
    )


def _first_invitation() -> Step:
    return Step(
        _("Voir partir la première invitation"),
        _("Donnez son lien à un client fidèle : un clic suffit à cocher."),
        reverse("programme:customers"),
        Invitation.objects.exists() or Click.objects.exists(),
    )
