"""The made-up merchant, and Camille's cagnotte at each moment of its story. Nothing is stored."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kernel.ledger.selectors import Balance
from kernel.money import Amount
from shell import brand, formats
from tenants.features import Feature
from tenants.models import Tenant
from tenants.profiles.models import Profile
from tenants.programme.history import HistoryLine
from tenants.programme.models import ProgrammeVersion
from tenants.rewards.models import Claim, Prize
from widgets.space.selectors import PendingLine, PrizeLine, RefereeLine, Space

UNIT = "EUR"
CODE = "CAMILLE-7KXD"
GAIN, WELCOME, MINIMUM = 800, 500, 3_000
_COLOR = "#E5A83B"
_CANDLE, _VOUCHER = uuid.UUID(int=1), uuid.UUID(int=2)
# In the order in which they happen; what happens last brings the story back to its beginning.
MOMENTS = ("partage", "commande", "credit", "lot", "retour")


@dataclass(frozen=True, slots=True)
class Moment:
    """What Camille's cagnotte holds. `thomas` is the state of the friend who has just come."""

    name: str
    thomas: str = ""
    claims: list[Claim] = field(default_factory=list)

    @property
    def spent(self) -> int:
        return sum(claim.cost for claim in self.claims)

    @property
    def available(self) -> int:
        return 2 * GAIN + (GAIN if self.thomas == "validated" else 0) - self.spent

    @property
    def pending(self) -> int:
        return GAIN if self.thomas == "pending" else 0


def merchant() -> Tenant:
    """Maison Lumen, which is in no database; it speaks the reader's language."""
    return Tenant(
        name="Maison Lumen",
        slug="maison-lumen",
        brand_color=_COLOR,
        brand_tokens=brand.compute(_COLOR).as_dict(),
        currency=UNIT,
        language=(get_language() or "fr")[:2],
        modules=[Feature.REFERRAL.value],
    )


def rules(*, now: datetime) -> ProgrammeVersion:
    """8 € for who brings a friend, 5 € for the friend, from 30 € on."""
    return ProgrammeVersion(
        number=1,
        unit=UNIT,
        name=_("La cagnotte de Camille"),
        referrer_amount=GAIN,
        referee_amount=WELCOME,
        minimum_order=MINIMUM,
        pending_days=14,
        starts_at=now - timedelta(days=90),
    )


def prizes() -> list[Prize]:
    """What the cagnotte is spent on."""
    return [
        Prize(id=_CANDLE, name=_("Bougie Aube 190 g"), icon="candle", cost=2_000, unit=UNIT),
        Prize(id=_VOUCHER, name=_("Bon d’achat de 30,00 €"), icon="ticket", cost=3_000, unit=UNIT),
    ]


def moment(name: str, *, now: datetime) -> Moment:
    """One moment of the story; an unknown name is that of the money's arrival."""
    states = {"partage": "", "commande": "pending", "lot": "validated", "retour": "refunded"}
    claims = []
    if name == "lot":
        prize = prizes()[0]
        claims = [
            Claim(
                prize_name=prize.name,
                cost=prize.cost,
                unit=UNIT,
                kind=prize.kind,
                code="BOUGIE-4T9M",
                claimed_at=now,
            )
        ]
    known = name if name in MOMENTS else "credit"
    return Moment(known, states.get(known, "validated"), claims)


def space(at: Moment, *, now: datetime) -> Space:
    """The page's whole content, as `widgets.space.selectors.space_of` reads it for real people."""
    return Space(
        profile=Profile(first_name="Camille", email="camille@exemple.fr"),
        unit=UNIT,
        version=rules(now=now),
        balance=Balance(unit=UNIT, available=at.available, pending=at.pending, posted=at.available),
        pendings=_pendings(at, now),
        prizes=[line(prize, available=at.available) for prize in prizes()],
        claims=at.claims,
        referees=_referees(at, now),
        history=_history(at, now),
    )


def line(prize: Prize, *, available: int) -> PrizeLine:
    """A prize beside what there is."""
    missing = max(prize.cost - available, 0)
    return PrizeLine(
        prize=prize,
        cost=Amount(prize.cost, UNIT),
        available=available,
        missing=Amount(missing, UNIT),
        friends=-(-missing // GAIN),
    )


def _pendings(at: Moment, now: datetime) -> list[PendingLine]:
    if not at.pending:
        return []
    due = now + timedelta(days=14)
    amount = Amount(at.pending, UNIT)
    return [PendingLine(amount=amount, thanks_to="Thomas", own_order=False, due_at=due)]


def _referees(at: Moment, now: datetime) -> list[RefereeLine]:
    gained = Amount(GAIN, UNIT)
    lines = [
        RefereeLine("Inès", "validated", "", ordered_at=now - timedelta(days=41), gained=gained),
        RefereeLine("Karim", "validated", "", ordered_at=now - timedelta(days=63), gained=gained),
    ]
    if at.thomas:
        came = now if at.thomas == "pending" else now - timedelta(days=14)
        paid = gained if at.thomas == "validated" else None
        lines.insert(0, RefereeLine("Thomas", at.thomas, "", ordered_at=came, gained=paid))
    else:
        lines.insert(0, RefereeLine("Thomas", "not_yet", "clicked"))
    return lines


def _history(at: Moment, now: datetime) -> list[HistoryLine]:
    def brought(name: str) -> str:
        return formats.elided(_("Parrainage de %(name)s") % {"name": name}, name)

    lines = [
        (now - timedelta(days=49), brought("Karim"), GAIN),
        (now - timedelta(days=27), brought("Inès"), GAIN),
    ]
    if at.thomas in ("validated", "refunded"):
        lines.append((now - timedelta(hours=1), brought("Thomas"), GAIN))
    if at.thomas == "refunded":
        lines.append((now, _("Parrainage de %(name)s annulé") % {"name": "Thomas"}, -GAIN))
    lines += [(now, claim.prize_name, -claim.cost) for claim in at.claims]
    found, balance = [], 0
    for when, title, amount in lines:
        balance += amount
        found.append(HistoryLine(when, title, "", amount, balance, UNIT, uuid.UUID(int=0)))
    return found[::-1]
