"""Everything that changes the books. Each call is one transaction, or part of the caller's.

Amounts are whole and positive (cents or points). `source` names what the transfer is about;
`key` makes the call idempotent: the same key and content answer the first transfer again,
other content raises KeyReusedError.
"""

from kernel.ledger.bulk import Credit, Reversal, issue_many, reverse_many
from kernel.ledger.crediting import credit_new
from kernel.ledger.expiring import expire_lot
from kernel.ledger.issuing import Promise, issue, issue_pending
from kernel.ledger.merging import merge
from kernel.ledger.resolving import post, set_due, void
from kernel.ledger.reversing import reverse
from kernel.ledger.spending import hold, redeem

__all__ = [
    "Credit",
    "Promise",
    "Reversal",
    "credit_new",
    "expire_lot",
    "hold",
    "issue",
    "issue_many",
    "issue_pending",
    "merge",
    "post",
    "redeem",
    "reverse",
    "reverse_many",
    "set_due",
    "void",
]
