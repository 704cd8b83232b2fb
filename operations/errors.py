"""Why a participation is refused: each reason has a code and a sentence of its own."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import ConflictError, InvalidInputError, NotFoundError


class UnknownOperationError(NotFoundError):
    """There is no such operation, or module, here."""

    code = "unknown_operation"
    words = _("Cette opération n’existe pas.")


class NotOpenYetError(ConflictError):
    """The operation has not begun."""

    code = "operation_not_open_yet"
    words = _("L’opération n’a pas encore commencé. Revenez à la date indiquée.")


class OperationOverError(ConflictError):
    """The operation has ended."""

    code = "operation_over"
    words = _("L’opération est terminée : les participations ne sont plus prises.")


class AlreadyTookPartError(ConflictError):
    """This person has taken part as often as the rule allows."""

    code = "already_took_part"
    words = _("Vous avez déjà participé avec cette adresse. La confirmation est dans vos e-mails.")


class KeyReusedError(ConflictError):
    """The same form was sent before, with other answers (R3)."""

    code = "form_sent_before"
    words = _("Ce formulaire a déjà été envoyé avec d’autres réponses. Rouvrez la page.")


class TooYoungError(InvalidInputError):
    """The person is younger than the rules allow."""

    code = "too_young"
    status = 422


class RulesNotAcceptedError(InvalidInputError):
    """The module asks that its rules be accepted, and they were not."""

    code = "rules_not_accepted"
    status = 422
    words = _("Cochez la case du règlement pour participer.")


class NoPolicyError(InvalidInputError):
    """People read a partner's policy before they agree to anything."""

    code = "partner_without_policy"
    words = _("Indiquez où lire la politique de confidentialité de ce partenaire.")


class StaleFormError(ConflictError):
    """The form changed, or grew old, after it was shown: what was read is not what is asked."""

    code = "form_out_of_date"
    words = _("Cette page a changé depuis que vous l’avez ouverte. Relisez-la, puis renvoyez-la.")


class ForgedFormError(InvalidInputError):
    """The form is not one of ours, not of this merchant, or not of this module."""

    code = "form_not_ours"
    status = 403
    words = _("Ce formulaire ne vient pas de cette page. Rouvrez la page et recommencez.")
