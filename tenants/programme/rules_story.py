"""A programme's rules told as a story, and what one version changed of the one before."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel.money import Amount
from shell import formats
from tenants.programme import offers, promises
from tenants.programme.models import (
    LeadsTo,
    ProgrammeVersion,
    Qualifying,
    RewardRule,
    Side,
    Trigger,
)
from tenants.rewards.models import AwardKind


def story(version: ProgrammeVersion, *, currency: str) -> list[str]:
    """What happens to Camille and Thomas under these rules, a sentence each."""
    if not version.active:
        return [_("Le parrainage est fermé : les liens mènent à la boutique, rien n’est promis.")]
    lines = [_invited(version, currency)]
    for trigger in (Trigger.ACCOUNT, Trigger.QUALIFYING):
        one = offers.offer(version, side=Side.REFERRER, trigger=trigger, currency=currency)
        two = offers.offer(version, side=Side.REFEREE, trigger=trigger, currency=currency)
        if one or two:
            lines.append(_fact(version, trigger, currency))
            lines.append(_gains(one, two, version.pending_days))
    if version.qualifying == Qualifying.ORDER:
        lines.append(_("Si la commande est remboursée, ce qu’elle a apporté est repris."))
    else:
        lines.append(_("Si la séance est annulée, ce qu’elle a apporté est repris."))
    return lines


def _invited(version: ProgrammeVersion, currency: str) -> str:
    coupon = next(iter(promises.in_kind(version, trigger=Trigger.INVITATION)), None)
    if version.leads_to == LeadsTo.COUPON and coupon is not None:
        gift = offers.gift_name(coupon, currency=currency)
        return _("Camille invite Thomas : il reçoit aussitôt %(gift)s par e-mail.") % {"gift": gift}
    return _("Camille invite Thomas, qui découvre votre boutique.")


def _fact(version: ProgrammeVersion, trigger: Trigger, currency: str) -> str:
    if trigger == Trigger.ACCOUNT:
        return _("Thomas ouvre un compte.")
    if version.qualifying == Qualifying.SESSION_BOOKED:
        return _("Thomas réserve sa première séance.")
    if version.qualifying == Qualifying.SESSION_VALIDATED:
        return _("Thomas vient à sa première séance, vous la validez.")
    if version.minimum_order:
        return _("Thomas passe sa première commande, d’au moins %(minimum)s.") % {
            "minimum": formats.money(version.minimum_order, currency)
        }
    return _("Thomas passe sa première commande.")


def _gains(one: str, two: str, days: int) -> str:
    when = (
        ngettext("%(days)s jour plus tard", "%(days)s jours plus tard", days) % {"days": days}
        if days
        else _("Aussitôt")
    )
    words = {"when": when, "one": one, "two": two}
    if one and two:
        return _("%(when)s, Camille reçoit %(one)s et Thomas %(two)s.") % words
    if one:
        return _("%(when)s, Camille reçoit %(one)s.") % words
    return _("%(when)s, Thomas reçoit %(two)s.") % words


def changes(
    version: ProgrammeVersion,
    previous: ProgrammeVersion | None,
    *,
    gifts: list[RewardRule],
    gifts_before: list[RewardRule],
    currency: str,
) -> list[str]:
    """What this version changed: "Pour le parrain : 8,00 € → 10,00 €"."""
    if previous is None:
        return [_("Premières règles.")]
    lines = []
    for name, label in _labels():
        before, after = getattr(previous, name), getattr(version, name)
        if before != after:
            words = {
                "label": label,
                "before": _shown(previous, name, currency),
                "after": _shown(version, name, currency),
            }
            lines.append(_("%(label)s : %(before)s → %(after)s") % words)
    lines += _gift_changes(gifts, gifts_before, currency)
    if version.terms != previous.terms:
        lines.append(_("Vos conditions ont été récrites."))
    return lines or [_("Rien de visible.")]


def _gift_changes(gifts: list[RewardRule], before: list[RewardRule], currency: str) -> list[str]:
    def named(rules: list[RewardRule]) -> dict[tuple[str, str], str]:
        return {
            (rule.side, rule.trigger): offers.gift_name(rule, currency=currency) for rule in rules
        }

    old, new = named(before), named(gifts)
    lines = []
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) == new.get(key):
            continue
        who = _("parrain") if key[0] == Side.REFERRER else _("filleul")
        words = {"who": who, "before": old.get(key, "—"), "after": new.get(key, "—")}
        lines.append(_("Cadeau du %(who)s : %(before)s → %(after)s") % words)
    return lines


def _labels() -> list[tuple[str, str]]:
    return [
        ("active", _("Parrainage")),
        ("name", _("Nom")),
        ("unit", _("Unité")),
        ("qualifying", _("Ce qui compte")),
        ("leads_to", _("L’invitation mène à")),
        ("referrer_amount", _("Pour le parrain")),
        ("referee_amount", _("Pour le filleul")),
        ("referrer_account_amount", _("Pour le parrain, au compte")),
        ("referee_account_amount", _("Pour le filleul, au compte")),
        ("minimum_order", _("Commande minimum")),
        ("pending_days", _("Délai en jours")),
        ("cookie_days", _("Un clic compte, en jours")),
        ("expiry_months", _("Expire après, en mois")),
        ("referrals_a_year", _("Filleuls par an")),
    ]


def _shown(version: ProgrammeVersion, name: str, currency: str) -> str:
    value = getattr(version, name)
    if name == "minimum_order":
        return formats.money(value, currency)
    if name.endswith("_amount"):
        return formats.amount(Amount(value, version.unit))
    words = {
        ("active", True): _("ouvert"),
        ("active", False): _("fermé"),
        ("qualifying", Qualifying.ORDER): _("la commande"),
        ("qualifying", Qualifying.SESSION_BOOKED): _("la séance réservée"),
        ("qualifying", Qualifying.SESSION_VALIDATED): _("la séance validée"),
        ("leads_to", LeadsTo.SHOP): _("la boutique"),
        ("leads_to", LeadsTo.COUPON): _("un code cadeau"),
    }
    if (name, value) in words:
        return words[name, value]
    return "—" if value is None else str(value)


def kind_words(rule: RewardRule) -> str:
    """What sort of thing a reward in kind is."""
    return str(AwardKind(rule.kind).label)
