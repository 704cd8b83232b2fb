"""A cagnotte's lines, each with where it came from and how it was worked out (S5, B17)."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kernel.ledger import selectors as ledger
from kernel.ledger.models import Transfer, TransferKind
from shell import formats
from tenants.activity.models import Refund
from tenants.loyalty.recalculation.models import Run
from tenants.profiles.models import Profile
from tenants.programme import recalculating
from tenants.programme.loyalty_history import LoyaltyLines
from tenants.programme.models import Decision, Reward, Side
from tenants.rewards.models import Claim

RUN = "recalculation:"
_TAKEN_BACK = {
    "order_refunded": gettext_lazy("Une commande a été remboursée."),
    "invoice_refunded": gettext_lazy("Une facture a été remboursée."),
    "session_cancelled": gettext_lazy("Une séance a été annulée."),
}


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One movement: when, where from, why, how much (signed), and what was left after it.

    `url` is the merchant's page of what it is about, where it has one.
    """

    at: datetime
    title: str
    detail: str
    amount: int
    balance: int
    unit: str
    transfer_id: uuid.UUID
    url: str = ""


def wallet_history(*, profile: Profile, unit: str, for_customer: bool = False) -> list[HistoryLine]:
    """Every line of one cagnotte, the latest first, in a fixed number of queries.

    The merchant reads which version of their rules was counted with; it says nothing to customers.
    """
    lines = _folded(ledger.history(owner_id=profile.id, unit=unit))
    about = _Sources([line.transfer for line in lines], for_customer=for_customer)
    return [
        HistoryLine(
            at=line.transfer.created_at,
            title=title,
            detail=detail,
            amount=line.amount,
            balance=line.balance,
            unit=unit,
            transfer_id=line.transfer.id,
            url="" if for_customer else about.url(line.transfer),
        )
        for line in lines
        for title, detail in [about.words(line.transfer)]
    ]


def _folded(lines: list[ledger.Line]) -> list[ledger.Line]:
    """The latest first, with what one recalculation did to a cagnotte as one line."""
    folded: list[ledger.Line] = []
    for line in lines:
        last = folded[-1] if folded else None
        source = line.transfer.source
        if last is None or last.transfer.source != source or not source.startswith(RUN):
            folded.append(line)
        else:
            folded[-1] = replace(last, amount=last.amount + line.amount)
    return [line for line in folded if line.amount]


class _Sources:
    """What the transfers' `source` texts name, loaded once for all lines."""

    def __init__(self, transfers: list[Transfer], *, for_customer: bool) -> None:
        self.for_customer = for_customer
        self.loyalty = LoyaltyLines(transfers)
        ids: dict[str, set[uuid.UUID]] = {}
        named = [t.answers_id or t.id for t in transfers]
        for transfer in transfers:
            kind, _sep, number = transfer.source.partition(":")
            try:
                ids.setdefault(kind, set()).add(uuid.UUID(number))
            except ValueError:
                continue
        self.rewards = {
            reward.transfer_id: reward
            for reward in Reward.objects.select_related(
                "referral__referee", "referral__referrer", "version", "order"
            ).filter(transfer_id__in=named)
        }
        self.claims = _by_id(Claim.objects.filter(id__in=ids.get("claim", ())))
        self.refunds = _by_id(
            Refund.objects.select_related("order").filter(id__in=ids.get("refund", ()))
        )
        self.runs = _by_id(Run.objects.filter(id__in=ids.get("recalculation", ())))
        self.decisions = _by_id(Decision.objects.filter(id__in=ids.get("decision", ())))

    def words(self, transfer: Transfer) -> tuple[str, str]:
        """The title and the explanation of one transfer."""
        kind, _sep, number = transfer.source.partition(":")
        if (run := self.runs.get(_uuid(number))) is not None:
            return recalculating.history_words(run)
        if transfer.reason == "expired":
            return _("Expiration"), _("Montant arrivé à sa date limite.")
        if transfer.reason == "expiry_undone":
            return _("Expiration annulée"), _("Déjà expiré : rien n’est repris deux fois.")
        if (reward := self.rewards.get(transfer.answers_id or transfer.id)) is not None:
            reverse = transfer.kind == TransferKind.REVERSE
            return self._reversal(transfer, reward) if reverse else self._reward(reward)
        if kind == "claim":
            return self._claim(transfer, number)
        return (
            self.loyalty.words(transfer) or self._taken_back(transfer) or self._other(kind, number)
        )

    def url(self, transfer: Transfer) -> str:
        """The page of the order, invoice or session behind a line, or nothing."""
        reward = self.rewards.get(transfer.answers_id or transfer.id)
        if reward is not None and reward.order is not None:
            return reverse("programme:order", args=[reward.order.public_id])
        refund = self._refund(transfer)
        if refund is not None:
            return reverse("programme:order", args=[refund.order.public_id])
        return self.loyalty.url(transfer)

    def _refund(self, transfer: Transfer) -> Refund | None:
        found: Refund | None = self.refunds.get(_uuid(transfer.source.partition(":")[2]))
        return found

    def _taken_back(self, transfer: Transfer) -> tuple[str, str] | None:
        """What a recalculation had added, and one fact among many no longer earns."""
        if transfer.kind != TransferKind.REVERSE or transfer.reason not in _TAKEN_BACK:
            return None
        if (refund := self._refund(transfer)) is not None:
            words = _("La commande n° %(number)s a été remboursée.")
            return _("Gain repris"), words % {"number": refund.order.external_id}
        return _("Gain repris"), str(_TAKEN_BACK[transfer.reason])

    def _other(self, kind: str, number: str) -> tuple[str, str]:
        if kind == "decision":
            decision = self.decisions.get(_uuid(number))
            reason = decision.facts.get("reason", "") if decision else ""
            return _("Correction"), reason
        return _("Mouvement"), ""

    def _reward(self, reward: Reward) -> tuple[str, str]:
        delay = self._delay(reward)
        if reward.side == Side.REFERRER:
            name = reward.referral.referee.short_name
            return formats.elided(_("Parrainage de %(name)s") % {"name": name}, name), delay
        referrer = reward.referral.referrer
        name = referrer.short_name if referrer else ""
        return _("Bienvenue, grâce à %(name)s") % {"name": name}, delay

    def _delay(self, reward: Reward) -> str:
        days = reward.version.pending_days
        words = {"days": days, "number": reward.version.number}
        if not days:
            rule = _("Sans délai, règle n° %(number)s")
            return _("Sans délai") if self.for_customer else rule % words
        if self.for_customer:
            text = ngettext("Délai de %(days)s jour passé", "Délai de %(days)s jours passé", days)
            return text % words
        return (
            ngettext(
                "Délai de %(days)s jour passé, règle n° %(number)s",
                "Délai de %(days)s jours passé, règle n° %(number)s",
                days,
            )
            % words
        )

    def _reversal(self, transfer: Transfer, reward: Reward) -> tuple[str, str]:
        refund = self._refund(transfer)
        name = reward.referral.referee.short_name
        title = (
            formats.elided(_("Parrainage de %(name)s annulé") % {"name": name}, name)
            if reward.side == Side.REFERRER
            else _("Bienvenue annulée")
        )
        if transfer.reason == "referral_removed":
            return title, _("Parrainage retiré à la main.")
        if refund is None:
            return title, _("La boutique a corrigé la commande.")
        if reward.side == Side.REFERRER:
            return title, _("Sa commande a été remboursée.")
        return title, _("La commande n° %(number)s a été remboursée.") % {
            "number": refund.order.external_id
        }

    def _claim(self, transfer: Transfer, number: str) -> tuple[str, str]:
        claim = self.claims.get(_uuid(number))
        title = _("Lot « %(name)s »") % {"name": claim.prize_name if claim else "—"}
        if transfer.kind == TransferKind.REVERSE:
            return title, _("Demande annulée, montant rendu.")
        # Without its code, which is money: who may only look reads this line as well.
        return title, _("Choisi dans la cagnotte")


def _by_id(rows: Iterable[Model]) -> dict[uuid.UUID, Any]:
    return {row.pk: row for row in rows}


def _uuid(text: str) -> uuid.UUID:
    """The id that a source names, or the nil id, which names nothing."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)
