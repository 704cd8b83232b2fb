"""Why a recalculation is refused."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import ConflictError, InvalidInputError, NotFoundError


class UnknownRunError(NotFoundError):
    """There is no such recalculation."""

    code = "unknown_recalculation"
    words = _("Ce recalcul n’existe pas.")


class InvalidPeriodError(InvalidInputError):
    """A recalculation looks at 3, 6 or 12 months, or at everything."""

    code = "invalid_period"
    words = _("Choisissez 3, 6 ou 12 mois, ou tout l’historique.")


class NoRulesError(ConflictError):
    """There are no loyalty rules to recalculate with."""

    code = "no_loyalty_rules"
    words = _("Publiez d’abord vos règles de fidélité : le recalcul les applique.")


class RunInProgressError(ConflictError):
    """Another recalculation is running."""

    code = "recalculation_in_progress"
    words = _("Un recalcul est déjà en cours. Attendez sa fin avant d’en lancer un autre.")


class NotCountedError(ConflictError):
    """This recalculation was not counted to its end, or was carried out already."""

    code = "recalculation_not_ready"
    words = _("Ce recalcul n’est plus à confirmer. Comptez de nouveau avant de le lancer.")


class CountTooOldError(ConflictError):
    """What was shown is too old to be carried out."""

    code = "recalculation_count_too_old"
    words = _("Ce décompte date de plus d’un jour. Comptez de nouveau avant de lancer le recalcul.")
