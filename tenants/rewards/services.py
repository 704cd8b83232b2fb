"""Claiming prizes, handing them over, cancelling."""

import secrets
import uuid
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.db import atomic_with_retry, insert_if_absent
from kernel.errors import ConflictError, InvalidInputError, NotFoundError
from kernel.ids import uuid7
from kernel.ledger import services as ledger
from kernel.ledger.accounts import lock_wallet
from kernel.ledger.errors import KeyReusedError
from tenants.profiles.models import Profile
from tenants.rewards.models import Claim, ClaimState, Prize

_ALPHABET = "34679ACDEFGHJKMNPQRTUVWXY"


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


class OutOfStockError(ConflictError):
    """There is none left of this prize."""

    code = "out_of_stock"
    words = gettext_lazy("Ce lot est épuisé. Votre cagnotte n’a pas changé.")


class ClaimClosedError(ConflictError):
    """This claim was handed over or cancelled before."""

    code = "claim_closed"
    words = gettext_lazy("Cette demande est déjà close.")


class InvalidPrizeError(InvalidInputError):
    """A prize needs a name, and a cost above zero."""

    code = "invalid_prize"
    words = gettext_lazy("Donnez un nom au lot, et un coût supérieur à zéro.")


@atomic_with_retry
def save_prize(
    *, now: datetime, unit: str, prize_id: uuid.UUID | None = None, **fields: Any
) -> Prize:
    """Make or change a prize; claims made before keep their name and cost."""
    if prize_id is None:
        prize = Prize(created_at=now, unit=unit)
    else:
        found = Prize.objects.select_for_update().filter(id=prize_id).first()
        if found is None:
            raise UnknownPrizeError
        prize = found
    for name, value in fields.items():
        setattr(prize, name, value)
    _check_prize(prize)
    prize.save()
    return prize


@atomic_with_retry
def add_prize(*, key: uuid.UUID, now: datetime, unit: str, **fields: Any) -> Prize:
    """Offer one more prize, behind the others; the same `key` answers the same prize.

    However often and however close together it comes: `key` is the prize's id.
    """
    prize = Prize(id=key, created_at=now, unit=unit, position=Prize.objects.count(), **fields)
    _check_prize(prize)
    insert_if_absent([prize])
    return Prize.objects.get(id=key)


def _check_prize(prize: Prize) -> None:
    if not prize.name.strip() or prize.cost <= 0 or (prize.stock is not None and prize.stock < 0):
        raise InvalidPrizeError(_("Donnez un nom au lot, et un coût supérieur à zéro."))


@atomic_with_retry
def claim(*, profile: Profile, prize_id: uuid.UUID, key: str, now: datetime) -> tuple[Claim, bool]:
    """Take a prize: balance, stock and claim change in one step; returns (claim, is new).

    The same `key` answers the same claim, and is refused for another prize (KeyReusedError).
    Raises InsufficientBalanceError, OutOfStockError, PrizeUnavailableError or UnknownPrizeError,
    and then nothing has changed.
    """
    prize = Prize.objects.filter(id=prize_id).first()
    if prize is None:
        raise UnknownPrizeError
    # The wallet first, then the prize: every claim takes its locks in this order.
    lock_wallet(owner_id=profile.id, unit=prize.unit)
    earlier = Claim.objects.filter(key=key, profile=profile).first()
    if earlier is not None:
        if earlier.prize_id != prize.id:
            raise KeyReusedError
        return earlier, False
    if not prize.active:
        raise PrizeUnavailableError
    claim_id = uuid7()
    transfer = ledger.redeem(
        owner_id=profile.id,
        unit=prize.unit,
        amount=prize.cost,
        reason="prize_claimed",
        source=f"claim:{claim_id}",
        key=f"claim:{key}",
        now=now,
    )
    if prize.stock is not None:
        left = Prize.objects.filter(id=prize.id, stock__gt=0).update(stock=F("stock") - 1)
        if not left:
            raise OutOfStockError
    row = Claim.objects.create(
        id=claim_id,
        prize=prize,
        profile=profile,
        prize_name=prize.name,
        cost=prize.cost,
        unit=prize.unit,
        code="".join(secrets.choice(_ALPHABET) for _ in range(10)),
        transfer_id=transfer.id,
        key=key,
        claimed_at=now,
    )
    return row, True


@atomic_with_retry
def hand_over(*, claim_id: uuid.UUID, now: datetime) -> Claim:
    """Say that the customer has the prize."""
    row = _open_claim(claim_id)
    row.state, row.handed_over_at = ClaimState.HANDED_OVER, now
    row.save(update_fields=["state", "handed_over_at"])
    return row


@atomic_with_retry
def undo_hand_over(*, claim_id: uuid.UUID) -> Claim:
    """Take back a hand-over that was noted by mistake."""
    row = Claim.objects.select_for_update().filter(id=claim_id).first()
    if row is None:
        raise UnknownClaimError
    if row.state == ClaimState.HANDED_OVER:
        row.state, row.handed_over_at = ClaimState.CLAIMED, None
        row.save(update_fields=["state", "handed_over_at"])
    return row


@atomic_with_retry
def cancel(*, claim_id: uuid.UUID, now: datetime) -> Claim:
    """Cancel a claim that was not handed over: the customer gets the cost back."""
    row = _open_claim(claim_id)
    ledger.reverse(
        transfer_id=row.transfer_id,
        amount=row.cost,
        reason="claim_cancelled",
        source=f"claim:{row.id}",
        key=f"claim-cancelled:{row.id}",
        now=now,
    )
    Prize.objects.filter(id=row.prize_id, stock__isnull=False).update(stock=F("stock") + 1)
    row.state, row.cancelled_at = ClaimState.CANCELLED, now
    row.save(update_fields=["state", "cancelled_at"])
    return row


def _open_claim(claim_id: uuid.UUID) -> Claim:
    row = Claim.objects.select_for_update().filter(id=claim_id).first()
    if row is None:
        raise UnknownClaimError
    if row.state != ClaimState.CLAIMED:
        raise ClaimClosedError(_("Cette demande est déjà close."))
    return row
