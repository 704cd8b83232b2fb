"""Finding, making and locking accounts."""

import uuid
from collections.abc import Iterable

from kernel.db import aside, insert_if_absent, read
from kernel.ids import uuid7
from kernel.ledger.models import Account, AccountKind

_NAMESPACE = uuid.UUID("6f1c7a52-5d0e-5b0e-9d43-9f2a6c1b7e10")
SYSTEM_KINDS = (
    AccountKind.ISSUED,
    AccountKind.REDEEMED,
    AccountKind.EXPIRED,
    AccountKind.ADJUSTED,
)

_LOCK_WALLETS = """
    SELECT {0} FROM ledger_account
    WHERE kind = 'wallet' AND owner_id = ANY(%s) AND unit = %s ORDER BY id FOR UPDATE
"""


def system_account_id(kind: AccountKind, unit: str) -> uuid.UUID:
    """The id of a system account: the same in every tenant, so that none is looked up."""
    return uuid.uuid5(_NAMESPACE, f"{kind}:{unit}")


def lock_wallets(*, owner_ids: Iterable[uuid.UUID], unit: str) -> dict[uuid.UUID, Account]:
    """The owners' wallets, locked in primary-key order until the transaction ends.

    Wallets that do not exist yet are made, with the unit's system accounts.
    """
    wanted = set(owner_ids)
    found = _select(wanted, unit)
    missing = wanted - {account.owner_id for account in found}
    if missing:
        # With a wallet of this unit its system accounts were made, and nothing takes them away.
        made = _create(missing, unit, first=not found)
        # Wallets that we made are ours until we commit; others appeared at this moment.
        found = found + made if len(made) == len(missing) else _select(wanted, unit)
    return {account.owner_id: account for account in found if account.owner_id}


def lock_wallet(*, owner_id: uuid.UUID, unit: str) -> Account:
    """One owner's wallet, locked until the transaction ends."""
    return lock_wallets(owner_ids=[owner_id], unit=unit)[owner_id]


def lock_account(*, account_id: uuid.UUID) -> Account:
    """An account by its id, locked until the transaction ends."""
    return Account.objects.select_for_update().get(id=account_id)


def lock_heir(*, account_id: uuid.UUID) -> Account:
    """An account by its id, or the one it was merged into, locked until the transaction ends."""
    account = lock_account(account_id=account_id)
    if account.merged_into_id is None:
        return account
    return lock_account(account_id=account.merged_into_id)


def _select(owner_ids: set[uuid.UUID], unit: str) -> list[Account]:
    with aside(Account):
        found = read((Account,), _LOCK_WALLETS, [list(owner_ids), unit])
    return [account for (account,) in found]


def _create(owner_ids: set[uuid.UUID], unit: str, *, first: bool) -> list[Account]:
    system = [
        Account(id=system_account_id(kind, unit), kind=kind, owner_id=None, unit=unit)
        for kind in (SYSTEM_KINDS if first else ())
    ]
    wallets = [
        Account(id=uuid7(), kind=AccountKind.WALLET, owner_id=owner_id, unit=unit)
        for owner_id in sorted(owner_ids)
    ]
    # Somebody else may make the same ones at this moment: the unique constraint settles it.
    inserted = insert_if_absent([*system, *wallets])
    return [wallet for wallet in wallets if wallet.id in inserted]
