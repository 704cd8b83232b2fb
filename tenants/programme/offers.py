"""What the rules give, in words: « 8,00 € et Bougie Aube », for one side and one fact."""

from django.utils.translation import gettext as _

from kernel.money import Amount
from shell import formats
from tenants.programme import promises
from tenants.programme.models import ProgrammeVersion, Qualifying, RewardRule, Side, Trigger


def gift_name(rule: RewardRule, *, currency: str) -> str:
    """A reward in kind as people read it, with its value where it has one."""
    if not rule.value:
        return rule.name
    return f"{rule.name} ({formats.money(rule.value, currency)})"


def offer(
    version: ProgrammeVersion,
    *,
    side: Side,
    trigger: Trigger = Trigger.QUALIFYING,
    currency: str,
) -> str:
    """The amount and the gift for one side and one fact; "" where there is neither."""
    parts = []
    amount = promises.amount(version, side=side, trigger=trigger)
    if amount:
        parts.append(formats.amount(Amount(amount, version.unit)))
    parts += [
        gift_name(rule, currency=currency)
        for rule in promises.in_kind(version, trigger=trigger)
        if rule.side == side
    ]
    return formats.join(parts) if parts else ""


def welcome(version: ProgrammeVersion, *, currency: str) -> str:
    """What a friend is promised, in one sentence: what, when, from how much on. "" for nothing."""
    trigger = promises.main_trigger(version)
    what = offer(version, side=Side.REFEREE, trigger=trigger, currency=currency)
    if not what:
        return ""
    words = {"amount": what, "minimum": formats.money(version.minimum_order, currency)}
    if trigger == Trigger.ACCOUNT:
        return _("%(amount)s pour vous dès que vous ouvrez un compte.") % words
    if version.qualifying != Qualifying.ORDER:
        return _("%(amount)s pour vous après votre première séance.") % words
    if version.minimum_order:
        return _("%(amount)s pour vous après votre première commande, dès %(minimum)s d’achat.") % (
            words
        )
    return _("%(amount)s pour vous après votre première commande.") % words


def conditions(version: ProgrammeVersion, *, currency: str) -> list[str]:
    """Who gets what for which fact, a sentence each, for whoever reads the rules."""
    sentences = []
    for trigger in (Trigger.ACCOUNT, Trigger.QUALIFYING):
        one = offer(version, side=Side.REFERRER, trigger=trigger, currency=currency)
        two = offer(version, side=Side.REFEREE, trigger=trigger, currency=currency)
        when = _when(version, trigger)
        if one:
            text = _("Le parrain reçoit %(amount)s quand son filleul %(when)s.")
            sentences.append(text % {"amount": one, "when": when})
        if two:
            text = _("Le filleul reçoit %(amount)s quand il %(when)s.")
            sentences.append(text % {"amount": two, "when": when})
    return sentences


def _when(version: ProgrammeVersion, trigger: Trigger) -> str:
    if trigger == Trigger.ACCOUNT:
        return _("ouvre un compte")
    if version.qualifying == Qualifying.SESSION_BOOKED:
        return _("réserve sa première séance")
    if version.qualifying == Qualifying.SESSION_VALIDATED:
        return _("vient à sa première séance")
    return _("passe sa première commande")
