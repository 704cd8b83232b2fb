"""Every refusal of this room, with the words that a merchant reads."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import ConflictError, InvalidInputError, NotFoundError


class OwnCodeError(InvalidInputError):
    """The merchant typed its own code."""

    code = "own_partner_code"
    words = _("C’est votre propre code. Demandez le sien à votre partenaire.")


class UnknownCodeError(NotFoundError):
    """No active merchant has this code: never made, renewed since, or closed (one answer, R32)."""

    code = "unknown_partner_code"
    words = _(
        "Aucun partenaire n’a ce code. Vérifiez-le auprès de lui : il a pu le renouveler depuis."
    )


class AlreadyPartnersError(ConflictError):
    """There is an open partnership between both already."""

    code = "already_partners"
    words = _("Vous avez déjà un partenariat en cours avec cette marque.")


class AlreadyAskedError(ConflictError):
    """This merchant has an open partnership whose contact has this address."""

    code = "partner_already_asked"
    words = _("Une invitation à cette adresse attend déjà sa réponse.")


class OwnAddressError(InvalidInputError):
    """The contact is of the merchant's own team."""

    code = "own_partner_address"
    words = _(
        "Cette adresse est celle d’une personne de votre équipe. Indiquez celle du partenaire."
    )


class InvalidNameError(InvalidInputError):
    """The name holds what no brand is called: angle brackets or control characters."""

    code = "invalid_partner_name"
    words = _("Écrivez le nom de la marque sans chevrons ni retour à la ligne.")


class LinkInNameError(InvalidInputError):
    """A name of which a mail program would make a link."""

    code = "link_in_partner_name"
    words = _("Écrivez le nom sans adresse de site ni point collé.")


class UnknownPartnershipError(NotFoundError):
    """There is no such partnership of this merchant's."""

    code = "unknown_partnership"


class NotWaitingError(ConflictError):
    """It was answered, withdrawn or ended in the meantime."""

    code = "partnership_not_waiting"
    words = _("Ce partenariat a déjà reçu une réponse, ou il est terminé. Rechargez la page.")


class AlreadyRemindedError(ConflictError):
    """Once a day is enough for a reminder."""

    code = "partner_already_reminded"
    words = _("Ce partenaire a déjà été relancé aujourd’hui. Vous pourrez le relancer demain.")


class StaleAgreementError(ConflictError):
    """The text on screen is not the one in force."""

    code = "stale_agreement"
    words = _("L’accord a changé depuis l’ouverture de cette page. Relisez-le avant d’accepter.")


class NotMadeError(ConflictError):
    """The back office could not be made."""

    code = "back_office_not_made"
    retry = True
    words = _("Le back-office de votre partenaire n’a pas pu être créé. Réessayez dans un instant.")


class UnknownOfferError(NotFoundError):
    """This link was answered, withdrawn, replaced by a later one, or is too old."""

    code = "unknown_partner_offer"


class NotLimitedError(ConflictError):
    """This merchant is a full one already."""

    code = "not_a_limited_partner"
