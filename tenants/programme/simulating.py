"""A referral played from end to end by the engine itself, and undone before anybody sees it (O4).

The whole runs in one transaction that is always rolled back: the rules, the ledger, the reasons
and the emails are the true ones, and no customer, figure, stock or outbox keeps anything. Once or
a hundred times is the same.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kernel.ids import uuid7
from kernel.ledger.selectors import balance
from kernel.money import Amount
from tenants import features
from tenants.activity.booking import save_type
from tenants.activity.models import Source
from tenants.activity.types import OrderInput, RefundInput, SessionInput
from tenants.context import current_tenant
from tenants.features import Feature
from tenants.messaging.kinds import kind_of
from tenants.messaging.models import Email
from tenants.messaging.render import render
from tenants.profiles import services as profiles
from tenants.profiles.models import Profile
from tenants.profiles.services import Identity
from tenants.programme import awarding, conductor, promises, services, versions
from tenants.programme.models import (
    Decision,
    ProgrammeVersion,
    Qualifying,
    Reward,
    RewardState,
    Side,
    Trigger,
)
from tenants.programme.sentences import explain
from tenants.referrals import codes
from tenants.referrals.facts import Clues
from tenants.referrals.services import record_click
from tenants.rewards.models import Award, AwardState

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Letter:
    """An email as it would read; `kind` and `context` are what it takes to write it again."""

    to: str
    label: str
    subject: str
    text: str
    kind: str
    language: str
    context: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Purse:
    """One person's cagnotte after a step."""

    name: str
    available: Amount
    pending: Amount


@dataclass(frozen=True, slots=True)
class Step:
    """What happens, when, why, what is written to whom, and what both then hold."""

    title: str
    at: datetime
    sentences: list[str]
    letters: list[Letter] = field(default_factory=list)
    purses: list[Purse] = field(default_factory=list)


class _OverError(Exception):
    """Ends the transaction of a simulation: what it wrote never was."""


def simulate(*, basket: int, now: datetime, draft: Mapping[str, Any] | None = None) -> list[Step]:
    """The steps of a referral whose order is of `basket` cents, at least of the rules' minimum.

    Under the rules in force, or with `draft` (as `versions.publish` takes it) under rules that are
    not published. Raises ProgrammeClosedError, and what `versions.publish` raises.
    """
    steps: list[Step] = []
    # Publishing a draft would switch the module on.
    with features.assumed(*([] if draft is None else [Feature.REFERRAL])):
        try:
            with transaction.atomic():
                if draft is not None:
                    versions.publish(now=now, **draft)
                steps = _Play(services.open_programme(now=now), now).steps(basket)
                raise _OverError
        except _OverError:
            pass
    return steps


class _Play:
    """Camille invites Thomas. Every call is one that a door or the clock makes."""

    def __init__(self, version: ProgrammeVersion, now: datetime) -> None:
        self.version, self.now = version, now
        mark = uuid7().hex
        self.friend = f"thomas-{mark}@simulation.test"
        self.number = f"TEST-{mark[-8:].upper()}"
        self.camille = profiles.create(
            now=now - _DAY,
            source=Source.MANUAL,
            email=f"camille-{mark}@simulation.test",
            first_name=_("Camille"),
            last_name=_("Exemple"),
            language=current_tenant().language,
        )
        self.known: set[uuid.UUID] = set()

    def steps(self, basket: int) -> list[Step]:
        made = [self._invites()]
        click, visit = self._clicks()
        made.append(visit)
        if self._rewards_accounts():
            made.append(self._opens_account(click))
        made.append(self._buys(click, max(basket, self.version.minimum_order)))
        made.append(self._waits())
        made.append(self._gives_back())
        return made

    def _invites(self) -> Step:
        self.invitation = services.invite_friend(
            referrer=self.camille, email=self.friend, first_name=_("Thomas"), now=self.now
        )
        told = _("Son adresse n’est invitée qu’une fois, quelle que soit la personne qui l’invite.")
        return self._told(_("Camille invite Thomas par e-mail"), self.now, told)

    def _clicks(self) -> tuple[uuid.UUID | None, Step]:
        at = self.now + _HOUR
        code = codes.code_for(profile=self.camille, now=at).code
        click = record_click(code=code, channel="email", now=at, invitation_id=self.invitation.id)
        told = _("La visite est notée ; elle désigne Camille pendant %(days)s jours.") % {
            "days": self.version.cookie_days
        }
        return click, self._told(_("Thomas suit le lien"), at, told)

    def _rewards_accounts(self) -> bool:
        granted = (
            promises.amount(self.version, side=side, trigger=Trigger.ACCOUNT) for side in Side
        )
        return any(granted) or bool(promises.in_kind(self.version, trigger=Trigger.ACCOUNT))

    def _opens_account(self, click: uuid.UUID | None) -> Step:
        at = self.now + 2 * _HOUR
        conductor.account_created(
            identity=self._thomas(),
            source=Source.API,
            at=at,
            now=at,
            clues=Clues(click_id=click),
        )
        return self._told(_("Thomas ouvre un compte"), at)

    def _buys(self, click: uuid.UUID | None, amount: int) -> Step:
        at = self.now + 3 * _HOUR
        if self.version.qualifying == Qualifying.ORDER:
            order = OrderInput(
                external_id=self.number,
                amount=amount,
                currency=current_tenant().currency,
                ordered_at=at,
                customer=self._thomas(),
                source=Source.API,
                click_id=click,
            )
            conductor.order_received(order=order, now=at)
            return self._told(_("Thomas passe sa première commande"), at)
        kind = save_type(name=self.number, now=at)
        session = SessionInput(
            external_id=self.number,
            type_key=kind.key,
            booked_at=at,
            takes_place_at=at,
            customer=self._thomas(),
            source=Source.API,
            click_id=click,
        )
        conductor.session_booked(session=session, now=at)
        conductor.session_validated(session_id=self.number, at=at, now=at)
        return self._told(_("Thomas vient à sa première séance, vous la validez"), at)

    def _waits(self) -> Step:
        self.due = promises.due(self.version, self.now + 3 * _HOUR)
        people = self._people()
        waiting = Reward.objects.filter(profile__in=people, state=RewardState.PENDING)
        for transfer in waiting.order_by("id").values_list("transfer_id", flat=True):
            conductor.post_due_reward(transfer_id=transfer, now=self.due)
        gifts = Award.objects.filter(profile__in=people, state=AwardState.PENDING)
        for award in gifts.order_by("id").values_list("id", flat=True):
            awarding.make_available(award_id=award, now=self.due)
        return self._told(_("Le délai est passé : les récompenses sont disponibles"), self.due)

    def _gives_back(self) -> Step:
        at = self.due + _DAY
        if self.version.qualifying != Qualifying.ORDER:
            conductor.session_cancelled(session_id=self.number, at=at, now=at)
            return self._told(_("La séance est annulée après coup"), at)
        order = self._people()[1].orders.get()
        refund = RefundInput(external_id="TEST", amount=order.amount, refunded_at=at)
        conductor.refund_received(order_id=self.number, refund=refund, now=at)
        return self._told(_("La commande est remboursée"), at)

    def _thomas(self) -> Identity:
        return Identity(email=self.friend, first_name=_("Thomas"), last_name=_("Exemple"))

    def _people(self) -> list[Profile]:
        friend = Profile.objects.filter(email=self.friend)
        return [self.camille, *friend]

    def _told(self, title: str, at: datetime, *sentences: str) -> Step:
        """The step with whatever is new since the one before."""
        people = self._people()
        rows = Decision.objects.filter(profile__in=people).select_related(
            "profile", "referral__referrer", "referral__referee", "version", "order"
        )
        reasons = [row for row in rows.order_by("decided_at", "id") if self._is_new(row.id)]
        queued = Email.objects.filter(to__in=[self.camille.email, self.friend])
        letters = [row for row in queued.order_by("queued_at", "id") if self._is_new(row.id)]
        return Step(
            title=title,
            at=at,
            sentences=[*sentences, *dict.fromkeys(explain(row) for row in reasons)],
            letters=[_letter(row, self._name_of(row)) for row in letters],
            purses=[_purse(person, self.version.unit) for person in people],
        )

    def _is_new(self, number: uuid.UUID) -> bool:
        new = number not in self.known
        self.known.add(number)
        return new

    def _name_of(self, email: Email) -> str:
        return _("Camille") if email.to == self.camille.email else _("Thomas")


def _letter(email: Email, name: str) -> Letter:
    email.is_test = True
    written = render(email=email, tenant=current_tenant())
    kind = kind_of(email.kind)
    return Letter(
        to=name,
        label=str(kind.label) if kind is not None else "",
        subject=written.subject,
        # What is only shown opens nothing.
        text=written.kept(written.text),
        kind=email.kind,
        language=email.language,
        context=email.context,
    )


def _purse(person: Profile, unit: str) -> Purse:
    held = balance(owner_id=person.id, unit=unit)
    return Purse(
        name=person.first_name,
        available=Amount(held.available, unit),
        pending=Amount(held.pending, unit),
    )
