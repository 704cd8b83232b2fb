"""Why a prize cannot be made, changed or claimed. Each has its own code and its own words."""

from django.utils.translation import gettext_lazy

from kernel.errors import ConflictError, InvalidInputError, NotFoundError


class UnknownPrizeError(NotFoundError):
    """There is no such prize."""

    code = "unknown_prize"
    words = gettext_lazy("Ce lot n’existe pas.")


class UnknownClaimError(NotFoundError):
    """There is no such claim."""

    code = "unknown_claim"
    words = gettext_lazy("Cette demande n’existe pas.")


class PrizeUnavailableError(ConflictError):
    """This prize is not offered any more."""

    code = "prize_unavailable"
    words = gettext_lazy("Ce lot n’est plus proposé.")


class PrizeOutOfSeasonError(ConflictError):
    """This prize is not offered on this day."""

    code = "prize_out_of_season"
    words = gettext_lazy("Ce lot n’est pas proposé en ce moment. Votre cagnotte n’a pas changé.")


class PrizeLimitReachedError(ConflictError):
    """This person took this prize as often as the merchant allows."""

    code = "prize_limit_reached"
    words = gettext_lazy("Vous avez déjà choisi ce lot. Votre cagnotte n’a pas changé.")


class PrizeChangedError(ConflictError):
    """The prize costs something else than what the person saw."""

    code = "prize_changed"
    words = gettext_lazy("Le coût de ce lot vient de changer. Votre cagnotte n’a pas changé.")


class OutOfStockError(ConflictError):
    """There is none left of this prize."""

    code = "out_of_stock"
    words = gettext_lazy("Ce lot est épuisé. Votre cagnotte n’a pas changé.")


class ClaimClosedError(ConflictError):
    """This claim was handed over or cancelled before."""

    code = "claim_closed"
    words = gettext_lazy("Cette demande est déjà close.")


class InvalidPrizeError(InvalidInputError):
    """A prize lacks something that its kind needs; `param` says what."""

    code = "invalid_prize"
    words = gettext_lazy("Donnez un nom au lot, et un coût supérieur à zéro.")


class InvalidAddressError(InvalidInputError):
    """An address to post to is incomplete; `param` says where."""

    code = "invalid_address"
    words = gettext_lazy("Indiquez une adresse postale complète.")
