"""Why the ledger refuses."""

from django.utils.translation import gettext_lazy

from kernel.errors import ConflictError, InvalidInputError, NotFoundError


class InvalidAmountError(InvalidInputError):
    """An amount in the ledger is a whole number above zero."""

    code = "invalid_amount"
    words = gettext_lazy("Indiquez un montant entier, supérieur à zéro.")


class InsufficientBalanceError(ConflictError):
    """The wallet does not hold enough for this."""

    code = "insufficient_balance"
    words = gettext_lazy("La cagnotte ne contient pas assez pour cela.")


class KeyReusedError(ConflictError):
    """This idempotency key was used for another transfer."""

    code = "idempotency_key_reused"
    words = gettext_lazy(
        "Cette demande a déjà servi pour autre chose. Rechargez la page et recommencez."
    )


class AlreadyResolvedError(ConflictError):
    """This pending transfer was posted, voided or expired before."""

    code = "already_resolved"
    words = gettext_lazy("Ce montant en attente est déjà réglé.")


class ReversalTooLargeError(ConflictError):
    """More would be reversed than is left of the transfer."""

    code = "reversal_too_large"
    words = gettext_lazy("Il ne reste pas autant à reprendre.")


class UnknownTransferError(NotFoundError):
    """There is no such transfer."""

    code = "unknown_transfer"
    words = gettext_lazy("Ce mouvement n’existe pas.")
