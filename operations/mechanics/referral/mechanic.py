"""The referral as a mechanic. It hands out a link and counts; it earns nobody anything.

What a friend's order earns is decided where every order is (`tenants.programme.conductor`): once,
by its own rules. A module more never pays a second time.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.plans import Allowed
from operations.mechanics.base import BaseMechanic
from operations.mechanics.finding import people_url
from operations.mechanics.referral.forms import ReferralSettings
from operations.mechanics.shape import (
    Figure,
    Mechanic,
    Outcome,
    Problem,
    ResultEmail,
)
from operations.models import OperationModule, Participation, ParticipationState
from operations.words import pick
from tenants.context import current_tenant
from tenants.features import Feature, is_on
from tenants.messaging.links import referral_url
from tenants.programme import offers, versions
from tenants.referrals.codes import code_for
from tenants.referrals.models import OPEN_STATES, Click, Referral, ReferralCode

LINK, TAKEN, MAILED = "link", "taken", "mailed"
SAMPLE = "ESSAI-4T7G"


class ReferralModule(BaseMechanic):
    """Whoever takes part has their own link and code: those of the programme, for ever."""

    kind = "referral"
    held_by = Allowed.REFERRAL
    label = gettext_lazy("Parrainage")
    hint = gettext_lazy("Chaque personne reçoit son lien de votre programme, à partager.")
    heading = gettext_lazy("Votre lien à partager")
    icon = "hops"
    settings_form = ReferralSettings

    def check(self, *, module: OperationModule) -> list[Problem]:
        if not is_on(Feature.REFERRAL):
            return [Problem(_("Activez le module Parrainage, ou retirez-le de l’opération."))]
        if not versions.is_open(versions.in_force(now=timezone.now())):
            return [Problem(_("Publiez votre programme de parrainage."))]
        return []

    def questions(self, *, module: OperationModule, language: str) -> Mapping[str, Any]:
        shown = is_on(Feature.REFERRAL)
        version = versions.in_force(now=timezone.now()) if shown else None
        currency = current_tenant().currency
        return {
            "button": pick(module.settings.get("button"), language) or _("Recevoir mon lien"),
            "conditions": offers.conditions(version, currency=currency)
            if version is not None and versions.is_open(version)
            else [],
            "off": not shown,
        }

    def play(
        self,
        *,
        module: OperationModule,
        participation: Participation,
        answers: Mapping[str, Any],
        now: datetime,
    ) -> Outcome:
        """Where the merchant has switched the module off meanwhile, it counts without a link."""
        if not is_on(Feature.REFERRAL):
            return Outcome(TAKEN)
        if participation.is_test or participation.profile is None:
            return Outcome(LINK, {"code": SAMPLE})
        return Outcome(LINK, {"code": code_for(profile=participation.profile, now=now).code})

    def result(
        self, *, module: OperationModule, participation: Participation, language: str
    ) -> Mapping[str, Any]:
        """The link as it is today: a code that was renamed since is shown with its new name."""
        code = str(participation.outcome.get("code") or "")
        if not code or not is_on(Feature.REFERRAL):
            return {
                "code": "",
                "words": "",
                "mailed": participation.outcome.get("kind") == MAILED,
            }
        own = ReferralCode.objects.filter(profile=participation.profile).first()
        code = own.code if own is not None else code
        return {
            "code": code,
            "words": pick(module.settings.get("words"), language),
            "friends": _friends(module, participation),
            "link": _link(code, "link"),
            **_shares(code),
        }

    def at_once(
        self,
        *,
        module: OperationModule,
        answers: Mapping[str, Any],
        outcome: Mapping[str, Any] | None,
    ) -> Mapping[str, Any]:
        return {"kind": MAILED if is_on(Feature.REFERRAL) else TAKEN}

    def in_words(
        self, *, module: OperationModule, participation: Participation, language: str
    ) -> str:
        if not participation.outcome.get("code"):
            return ""
        return _("Votre lien à partager vous parvient dans un autre e-mail.")

    def outcome_label(self, *, outcome: Mapping[str, Any]) -> str:
        code = str(outcome.get("code") or "")
        return _("Code %(code)s") % {"code": code} if code else ""

    def result_email(
        self, *, module: OperationModule, participation: Participation
    ) -> ResultEmail | None:
        code = participation.outcome.get("code")
        return ResultEmail("operation_referral", {"code": code}) if code else None

    def figures(self, *, module: OperationModule) -> list[Figure]:
        counted = _counted(module)
        given = counted.filter(outcome__kind=LINK).values("profile_id").distinct().count()
        return [
            Figure(gettext_lazy("Liens donnés"), given, href=people_url(module, LINK)),
            Figure(gettext_lazy("Visites par ces liens"), _clicks(counted)),
            Figure(gettext_lazy("Proches venus"), _referrals(counted).count()),
        ]


def _counted(module: OperationModule) -> QuerySet[Participation]:
    return Participation.objects.filter(
        module=module, is_test=False, state=ParticipationState.COUNTED
    )


def _clicks(counted: QuerySet[Participation]) -> int:
    """Visits since the person of the link took part; each counts once."""
    after = counted.filter(
        profile_id=OuterRef("code__profile_id"), created_at__lte=OuterRef("clicked_at")
    )
    return Click.objects.filter(Exists(after)).count()


def _referrals(counted: QuerySet[Participation]) -> QuerySet[Referral]:
    """Friends who count or may still, brought since the referrer took part; each once."""
    after = counted.filter(
        profile_id=OuterRef("referrer_id"), created_at__lte=OuterRef("created_at")
    )
    return Referral.objects.filter(Exists(after), state__in=OPEN_STATES)


def _friends(module: OperationModule, participation: Participation) -> int:
    if participation.profile_id is None:
        return 0
    mine = _counted(module).filter(profile_id=participation.profile_id)
    return _referrals(mine).count()


def _link(code: str, channel: str) -> str:
    return referral_url(tenant=current_tenant(), code=code, channel=channel)


def _shares(code: str) -> dict[str, str]:
    """Ready messages; the person sends them, from their own telephone or mail program."""

    def words(channel: str) -> str:
        text = _("%(brand)s, par mon lien : %(link)s")
        return quote(text % {"brand": current_tenant().name, "link": _link(code, channel)})

    subject = quote(current_tenant().name)
    return {
        "whatsapp": f"https://wa.me/?text={words('whatsapp')}",
        "sms": f"sms:?&body={words('sms')}",
        "mail": f"mailto:?subject={subject}&body={words('email')}",
    }


REFERRAL: Mechanic = ReferralModule()
