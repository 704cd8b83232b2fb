"""What a test would have done, told step by step; nothing of it was."""

from collections.abc import Sequence, Set
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from operations import fields, optins
from operations.mechanics import mechanic_of
from operations.models import (
    ModulePartner,
    OperationModule,
    Participation,
    ParticipationState,
)
from shell import formats
from tenants.context import current_tenant
from tenants.messaging.kinds import KINDS

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a real participation sets off: what, and the lines that say it exactly."""

    title: Words
    text: Words = ""
    lines: Sequence[tuple[Words, Words]] = ()


def steps_of(participation: Participation) -> list[Step]:
    """The trace of one test, in the order in which things happen."""
    steps = [_form(participation), _boxes(participation)]
    if participation.state == ParticipationState.PENDING:
        steps.append(
            Step(
                _("Confirmation par e-mail"),
                _("La suite attend que la personne touche le bouton de l’e-mail."),
                [(_("E-mail"), _kind("operation_confirm"))],
            )
        )
        return steps
    return [*steps, _outcome(participation), *_partners(participation), _emails(participation)]


def _form(participation: Participation) -> Step:
    asked = {
        one.name: one.label
        for one in fields.asked(participation.module, language=participation.language)
    }
    given = [(asked.get(name, name), str(value)) for name, value in participation.fields.items()]
    return Step(
        _("Formulaire reçu"),
        _("Une fiche client serait créée ou retrouvée avec ces réponses."),
        given,
    )


def _boxes(participation: Participation) -> Step:
    offered = optins.offered(
        optins.as_if_agreed(participation.module), language=participation.language
    )
    ticked = {box.key for box in offered if not box.waits}.intersection(participation.boxes)
    lines = [(box.name, _said(box, ticked)) for box in offered]
    return Step(
        _("Accords"),
        _("Chaque accord serait gardé avec son texte exact, sa date et sa source.")
        if ticked
        else _("Personne n’aurait le droit d’écrire à cette personne."),
        lines,
    )


def _said(box: optins.OptIn, ticked: Set[str]) -> str:
    if box.waits:  # shown by the test alone
        return _("Case absente de la vraie page : l’accord n’est pas accepté des deux côtés")
    return box.text if box.key in ticked else _("Case non cochée : aucun accord")


def _outcome(participation: Participation) -> Step:
    mechanic = mechanic_of(participation.module)
    said = mechanic.outcome_label(outcome=participation.outcome) or _("Participation prise")
    told = [_("Le stock et les codes ne bougent pas."), str(mechanic.rehearsed)]
    return Step(
        _("Résultat"),
        " ".join(filter(None, told)),
        [(mechanic.label, said)],
    )


def _partners(participation: Participation) -> list[Step]:
    """What each partner would receive: its own fields with its own box, a count without.

    Nothing at all of whoever may receive nothing: what is on screen is what would happen today.
    """
    module = optins.as_if_agreed(participation.module)
    ticked = set(participation.boxes)
    asked = {one.name: one.label for one in fields.asked(module, language=participation.language)}
    steps = []
    for partner in module.partners.all():
        brand = optins.name_of(module, partner)
        title = _("Partage avec %(brand)s") % {"brand": brand}
        why = _held_back(module, partner)
        if why:
            steps.append(Step(title, formats.elided(why % {"brand": brand}, brand)))
        elif partner.asks_optin and str(partner.partnership_id) in ticked:
            going = fields.going_to(module, partner.partnership_id)
            given = [
                (asked.get(name, name), str(participation.fields[name]))
                for name in going
                if participation.fields.get(name)
            ]
            steps.append(Step(title, _("Ces réponses partiraient, et rien d’autre."), given))
        else:
            steps.append(Step(title, _("Un participant de plus, sans aucune donnée personnelle.")))
    return steps


def _held_back(module: OperationModule, partner: ModulePartner) -> str:
    """Why nothing goes to this partner today, not even a count; "" where it does."""
    if optins.is_over(module, partner):
        return _("Rien ne partirait : le partenariat avec %(brand)s est terminé.")
    if optins.is_another(module, partner):
        return _(
            "Rien ne partirait tant que l’organisateur n’a pas confirmé que %(brand)s est bien le"
            " partenaire de l’opération."
        )
    if optins.waits(module, partner):
        return _(
            "Rien ne partirait aujourd’hui : %(brand)s et l’organisateur n’ont pas tous deux"
            " accepté leur accord. D’ici là, ni donnée ni chiffre ne lui parvient."
        )
    return ""


def _emails(participation: Participation) -> Step:
    mechanic = mechanic_of(participation.module)
    email = mechanic.result_email(module=participation.module, participation=participation)
    kinds = ["operation_receipt", *([email.kind] if email is not None else [])]
    address = str(participation.fields.get("email", ""))
    return Step(
        _("E-mails"),
        _("Rien n’est envoyé pendant un essai. Partiraient à %(email)s :") % {"email": address},
        [(current_tenant().name, formats.join([_kind(kind) for kind in kinds]))],
    )


def _kind(name: str) -> str:
    kind = KINDS.get(name)
    return str(kind.label) if kind is not None else name
