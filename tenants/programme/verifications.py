"""The queue of held referrals, as the merchant reads it: who, why, and what is blocked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel.ids import parse_public_id
from kernel.money import Amount
from shell import formats
from tenants.profiles.models import Profile
from tenants.programme import granting
from tenants.programme.models import RewardState
from tenants.referrals.models import Referral, ReferralState, Suspicion, SuspicionState
from tenants.referrals.suspicion import Signal


@dataclass(frozen=True, slots=True)
class Case:
    """One referral with what speaks against it; `blocked` says in words what waits."""

    suspicion: Suspicion
    referral: Referral
    evidence: list[str]
    blocked: str

    @property
    def people(self) -> list[tuple[str, Profile]]:
        """Both accounts, to be laid side by side."""
        referrer = self.referral.referrer
        pair = [(_("Parrain"), referrer)] if referrer is not None else []
        return [*pair, (_("Filleul"), self.referral.referee)]


def waiting(*, limit: int) -> list[Case]:
    """Those that wait for a decision, the oldest first."""
    rows = _rows().filter(state=SuspicionState.WAITING, referral__state=ReferralState.HELD)
    return _cases(list(rows.order_by("raised_at", "referral_id")[:limit]))


def decided(*, limit: int) -> list[Case]:
    """Those that were decided, the latest first."""
    rows = _rows().exclude(state=SuspicionState.WAITING)
    return _cases(list(rows.order_by("-decided_at", "-referral_id")[:limit]))


def _rows() -> Any:
    return Suspicion.objects.select_related(
        "referral__referrer", "referral__referee", "referral__order"
    ).prefetch_related("referral__rewards")


def _cases(rows: list[Suspicion]) -> list[Case]:
    numbers = {parse_public_id("cus", r["customer"]) for row in rows for r in row.reasons
               if r.get("customer")}  # fmt: skip
    named = Profile.objects.in_bulk([number for number in numbers if number])
    names = {profile.public_id: profile.name for profile in named.values()}
    return [
        Case(
            suspicion=row,
            referral=row.referral,
            evidence=[words_of(reason, names) for reason in row.reasons],
            blocked=_blocked(row.referral),
        )
        for row in rows
    ]


def words_of(reason: dict[str, Any], names: dict[str, str]) -> str:
    """One line of evidence, in words."""
    sentence = _WORDS.get(reason["code"])
    return sentence(reason, names) if sentence else str(reason["code"])


_WORDS: dict[str, Callable[[dict[str, Any], dict[str, str]], str]] = {
    Signal.DEVICE: lambda _r, _n: _("La commande vient d’un appareil dont le parrain s’est servi."),
    Signal.ADDRESS: lambda _r, _n: _("La commande est livrée à une adresse du parrain."),
    Signal.SURNAME: lambda _r, _n: _("Les deux portent le même nom de famille."),
    Signal.ALIAS: lambda r, names: (
        _("L’adresse e-mail est une variante de celle de %(name)s.")
        % {"name": names.get(r.get("customer", ""), _("un autre client"))}
    ),
    Signal.DISPOSABLE: lambda _r, _n: _(
        "L’adresse e-mail est jetable : elle ne dure que quelques minutes."
    ),
    Signal.MANY: lambda r, _n: (
        _("%(count)s filleuls de ce parrain en %(days)s jours.")
        % {"count": r.get("count"), "days": r.get("days")}
    ),
    Signal.RING: lambda r, _n: (
        ngettext(
            "Même appareil ou même adresse que %(count)s autre personne de ce cercle.",
            "Même appareil ou même adresse que %(count)s autres personnes de ce cercle.",
            int(r.get("count", 1)),
        )
        % {"count": r.get("count", 1)}
    ),
}


def _blocked(referral: Referral) -> str:
    waits = [r for r in referral.rewards.all() if r.state == RewardState.PENDING]
    parts = []
    if waits:
        total = sum(reward.amount - reward.reversed for reward in waits)
        parts.append(formats.amount(Amount(total, waits[0].unit)))
    parts += [
        _("« %(name)s »") % {"name": award.name}
        for award in granting.awards_of(referral=referral)
        if granting.can_cancel(award)
    ]
    return formats.join(parts) if parts else ""
