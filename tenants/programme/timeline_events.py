"""Where the events of a customer's timeline come from: each source gives its latest ones.

A source is asked for its events up to a moment, the latest first, and for no more than a number.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.money import Amount
from shell import formats
from tenants.activity.models import (
    Invoice,
    Order,
    OrderState,
    Payment,
    PaymentKind,
    Refund,
    Session,
)
from tenants.loyalty.models import Earning, Membership
from tenants.messaging import selectors as messaging
from tenants.messaging.models import Click as EmailClick
from tenants.messaging.models import Email, EmailState
from tenants.profiles.models import Profile
from tenants.programme.decisions import Code
from tenants.programme.models import Decision, Reward, Side
from tenants.programme.sentences import explain
from tenants.referrals.models import Click, Invitation, Referral
from tenants.rewards.models import Award, Claim

_MADE_BY: dict[str, str | Promise] = {
    "api": "API",
    "import": "Import",
    "shop": gettext_lazy("Connexion depuis la boutique"),
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One event; `money` marks what moved an amount, `url` leads to what it is about."""

    at: datetime
    text: str
    detail: str = ""
    money: bool = False
    url: str = ""


def latest(rows: QuerySet[Any], column: str, until: datetime | None, limit: int) -> QuerySet[Any]:
    """The latest rows by a column, up to a moment."""
    rows = rows.filter(**{f"{column}__isnull": False})
    if until is not None:
        rows = rows.filter(**{f"{column}__lte": until})
    return rows.order_by(f"-{column}", "-pk")[:limit]


def _once(
    until: datetime | None, at: datetime | None, text: str, detail: str = ""
) -> list[Happening]:
    if at is None or (until is not None and at > until):
        return []
    return [Happening(at, text, detail)]


# ---------------------------------------------------------------- purchases
def orders(profile: Profile, until: datetime | None, limit: int) -> Iterable[Happening]:
    """Orders, reported or confirmed."""
    for order in latest(Order.objects.filter(profile=profile), "ordered_at", until, limit):
        words = (
            _("Le navigateur annonce une commande de %(amount)s")
            if order.state == OrderState.REPORTED
            else _("A commandé pour %(amount)s")
        )
        text = words % {"amount": formats.money(order.amount, order.currency)}
        url = reverse("programme:order", args=[order.public_id])
        yield Happening(order.ordered_at, text, order.external_id, money=True, url=url)


def refunds(profile: Profile, until: datetime | None, limit: int) -> Iterable[Happening]:
    """What was given back on orders."""
    rows = Refund.objects.select_related("order").filter(order__profile=profile)
    for refund in latest(rows, "refunded_at", until, limit):
        amount = formats.money(refund.amount, refund.order.currency)
        text = _("Remboursement de %(amount)s") % {"amount": amount}
        url = reverse("programme:order", args=[refund.order.public_id])
        yield Happening(refund.refunded_at, text, refund.order.external_id, money=True, url=url)


def invoices(profile: Profile, until: datetime | None, limit: int) -> Iterable[Happening]:
    """Invoices."""
    for invoice in latest(Invoice.objects.filter(profile=profile), "issued_at", until, limit):
        amount = formats.money(invoice.total, invoice.currency)
        text = _("Facture de %(amount)s") % {"amount": amount}
        url = reverse("programme:invoice", args=[invoice.public_id])
        yield Happening(invoice.issued_at, text, invoice.external_id, money=True, url=url)


def payments(profile: Profile, until: datetime | None, limit: int) -> Iterable[Happening]:
    """What was paid on invoices, or given back."""
    rows = Payment.objects.select_related("invoice").filter(invoice__profile=profile)
    for payment in latest(rows, "paid_at", until, limit):
        invoice = payment.invoice
        words = _MOVES[PaymentKind(payment.kind)]()
        yield Happening(
            payment.paid_at,
            words % {"amount": formats.money(payment.amount, invoice.currency)},
            _("facture n° %(number)s") % {"number": invoice.external_id},
            money=True,
            url=reverse("programme:invoice", args=[invoice.public_id]),
        )


_MOVES: dict[PaymentKind, Callable[[], str]] = {
    PaymentKind.DEPOSIT: lambda: _("A versé un acompte de %(amount)s"),
    PaymentKind.BALANCE: lambda: _("A réglé le solde de %(amount)s"),
    PaymentKind.FULL: lambda: _("A réglé %(amount)s"),
    PaymentKind.REFUND: lambda: _("Remboursement de %(amount)s"),
}


def sessions(profile: Profile, until: datetime | None, limit: int) -> Iterable[Happening]:
    """Sessions: booked, validated, cancelled."""
    rows = Session.objects.select_related("type").filter(profile=profile)
    told = (
        ("booked_at", _("Séance « %(name)s » réservée")),
        ("validated_at", _("Séance « %(name)s » validée")),
        ("cancelled_at", _("Séance « %(name)s » annulée")),
    )
    for column, words in told:
        for session in latest(rows, column, until, limit):
            url = reverse("programme:session", args=[session.public_id])
            yield Happening(getattr(session, column), words % {"name": session.type.name}, url=url)


# ---------------------------------------------------------------- referral
def invitations(profile: Profile, until: datetime | None, limit: int) -> Iterable[Happening]:
    """Friends whom they invited."""
    rows = Invitation.objects.filter(referrer=profile)
    for row in latest(rows, "created_at", until, limit):
        name = row.first_name or _("un proche")
        yield Happening(row.created_at, _("A invité %(name)s par e-mail") % {"name": name})


def clicks(profile: Profile, until: datetime | None, limit: int) -> Iterable[Happening]:
    """Links of referrers that they followed."""
    rows = Click.objects.filter(visitor=profile).select_related("code__profile")
    for row in latest(rows, "clicked_at", until, limit):
        name = row.code.profile.name
        text = formats.elided(_("A suivi le lien de %(name)s") % {"name": name}, name)
        yield Happening(row.clicked_at, text, str(row.get_channel_display()))


def received(profile: Profile, until: datetime | None, limit: int) -> Iterable[Happening]:
    """Who brought them."""
    rows = Referral.objects.select_related("referrer").filter(referee=profile)
    for row in latest(rows, "created_at", until, limit):
        name = row.referrer.name if row.referrer else _("un parrain inconnu")
        text = formats.elided(_("Parrainage par %(name)s") % {"name": name}, name)
        url = reverse("programme:referral", args=[row.public_id])
        yield Happening(row.created_at, text, str(row.get_state_display()), url=url)


def made(profile: Profile, until: datetime | None, limit: int) -> Iterable[Happening]:
    """Whom they brought."""
    rows = Referral.objects.select_related("referee").filter(referrer=profile)
    for row in latest(rows, "created_at", until, limit):
        name = row.referee.name
        text = formats.elided(_("Parrainage de %(name)s") % {"name": name}, name)
        url = reverse("programme:referral", args=[row.public_id])
        yield Happening(row.created_at, text, str(row.get_state_display()), url=url)


# ---------------------------------------------------------------- wallet
def rewards(profile: Profile, until: datetime | None, limit: int) -> Iterable[Happening]:
    """Referral rewards that reached the wallet."""
    rows = Reward.objects.select_related("referral__referee").filter(profile=profile)
    for reward in latest(rows, "posted_at", until, limit):
        amount = formats.amount(Amount(reward.amount, reward.unit))
        name = reward.referral.referee.name
        text = (
            _("%(name)s compte comme filleul") % {"name": name}
            if reward.side == Side.REFERRER
            else _("Bienvenue")
        )
        detail = _("%(amount)s versés") % {"amount": amount}
        yield Happening(reward.posted_at, text, detail, money=True)


def earnings(profile: Profile, until: datetime | None, limit: int) -> Iterable[Happening]:
    """What purchases and sessions earned."""
    rows = Earning.objects.filter(profile=profile, amount__gt=0)
    for row in latest(rows, "created_at", until, limit):
        amount = formats.amount(Amount(row.amount, row.unit))
        text = _("A gagné %(amount)s") % {"amount": amount}
        yield Happening(row.created_at, text, str(row.get_fact_kind_display()), money=True)


def claims(profile: Profile, until: datetime | None, limit: int) -> Iterable[Happening]:
    """Prizes: chosen, sent, handed over, cancelled."""
    rows = Claim.objects.filter(profile=profile)
    told = (
        ("claimed_at", _("A choisi « %(prize)s »")),
        ("sent_at", _("« %(prize)s » envoyé")),
        ("handed_over_at", _("« %(prize)s » remis")),
        ("cancelled_at", _("« %(prize)s » annulé, montant rendu")),
    )
    for column, words in told:
        for row in latest(rows, column, until, limit):
            yield Happening(getattr(row, column), words % {"prize": row.prize_name})


def awards(profile: Profile, until: datetime | None, limit: int) -> Iterable[Happening]:
    """Rewards in kind: given, handed over, withdrawn."""
    rows = Award.objects.filter(profile=profile)
    told = (
        ("granted_at", _("A reçu « %(name)s »")),
        ("handed_over_at", _("« %(name)s » remis")),
        ("cancelled_at", _("« %(name)s » retiré")),
    )
    for column, words in told:
        for row in latest(rows, column, until, limit):
            yield Happening(
                getattr(row, column), words % {"name": row.name}, str(row.get_origin_display())
            )


def corrections(profile: Profile, until: datetime | None, limit: int) -> Iterable[Happening]:
    """Corrections by hand."""
    rows = Decision.objects.filter(profile=profile, code=Code.ADJUSTED)
    for row in latest(rows, "decided_at", until, limit):
        amount = formats.amount(Amount(row.amount, row.unit), signed=True)
        text = _("Cagnotte corrigée de %(amount)s") % {"amount": amount}
        yield Happening(row.decided_at, text, str(row.facts.get("reason", "")), money=True)


# ---------------------------------------------------------------- messages
def emails(profile: Profile, until: datetime | None, limit: int) -> Iterable[Happening]:
    """Emails that were sent, or not."""
    rows = Email.objects.filter(profile=profile).exclude(state=EmailState.QUEUED)
    for row in latest(rows, "queued_at", until, limit):
        subject = row.subject or messaging.title_of(row)
        text = _("E-mail : %(subject)s") % {"subject": subject}
        yield Happening(row.queued_at, text, str(messaging.look_of(row).word))


def followed(profile: Profile, until: datetime | None, limit: int) -> Iterable[Happening]:
    """Links of emails that they followed."""
    rows = EmailClick.objects.select_related("email").filter(email__profile=profile)
    for row in latest(rows, "first_at", until, limit):
        subject = row.email.subject or messaging.title_of(row.email)
        text = _("A suivi un lien de « %(subject)s »") % {"subject": subject}
        yield Happening(row.first_at, text)


# ---------------------------------------------------------------- record
def record(profile: Profile, until: datetime | None, _limit: int) -> Iterable[Happening]:
    """What the record itself tells, with consent and membership."""
    yield from _once(
        until, profile.created_at, _("Fiche créée"), str(_MADE_BY.get(profile.source, ""))
    )
    yield from _once(until, profile.account_created_at, _("A ouvert un compte"))
    yield from _once(until, profile.unsubscribed_at, _("Désinscription des messages"))
    yield from _once(
        until,
        profile.bought_before,
        _("Faisait déjà partie de vos clients, d’après votre historique"),
    )
    member = Membership.objects.filter(profile=profile).first()
    if member is not None:
        yield from _once(until, member.joined_at, _("A rejoint le programme de fidélité"))
        yield from _once(until, member.left_at, _("A quitté le programme de fidélité"))


def merged(profile: Profile, until: datetime | None, limit: int) -> Iterable[Happening]:
    """Records that were merged into this one."""
    rows = Decision.objects.filter(profile=profile, code=Code.MERGED)
    for row in latest(rows, "decided_at", until, limit):
        yield Happening(row.decided_at, explain(row))
