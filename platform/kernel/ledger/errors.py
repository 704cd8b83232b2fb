"""Why the ledger refuses."""

from kernel.errors import ConflictError, InvalidInputError, NotFoundError


class InvalidAmountError(InvalidInputError):
    """An amount in the ledger is a whole number above zero."""

    code = "invalid_amount"


class InsufficientBalanceError(ConflictError):
    """The wallet does not hold enough for this."""

    code = "insufficient_balance"


class KeyReusedError(ConflictError):
    """This idempotency key was used for another transfer."""

    code = "idempotency_key_reused"


class AlreadyResolvedError(ConflictError):
    """This pending transfer was posted, voided or expired before."""

    code = "already_resolved"


class ReversalTooLargeError(ConflictError):
    """More would be reversed than is left of the transfer."""

    code = "reversal_too_large"


class UnknownTransferError(NotFoundError):
    """There is no such transfer."""

    code = "unknown_transfer"
