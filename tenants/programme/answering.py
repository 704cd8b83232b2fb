"""Why no reward? One sentence for any order, and the step that decided (O5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Prefetch, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tenants.activity.models import Order, OrderState
from tenants.programme.decisions import Code
from tenants.programme.models import Decision, ProgrammeVersion, Qualifying
from tenants.programme.outcomes import outcome_of, referral_of
from tenants.programme.sentences import explain
from tenants.referrals.models import Referral, ReferralState, Refusal

# What can keep an order from granting anything though its referral stands.
_STOPS = (Code.YEARLY_LIMIT, Code.FACT_TOO_SMALL)


class Step(StrEnum):
    """Where an order's road ended, in the order of the road."""

    TEST = "test"
    PROGRAMME = "programme"
    FACT = "fact"
    ATTRIBUTION = "attribution"
    EXCLUSION = "exclusion"
    MINIMUM = "minimum"
    LIMIT = "limit"
    CONFIRMATION = "confirmation"
    VERIFICATION = "verification"
    DELAY = "delay"
    WITHDRAWN = "withdrawn"
    GRANTED = "granted"


LABELS: dict[Step, str | Promise] = {
    Step.TEST: gettext_lazy("Essai"),
    Step.PROGRAMME: gettext_lazy("Programme"),
    Step.FACT: gettext_lazy("Ce qui compte"),
    Step.ATTRIBUTION: gettext_lazy("Recherche d’un parrain"),
    Step.EXCLUSION: gettext_lazy("Filleul"),
    Step.MINIMUM: gettext_lazy("Montant"),
    Step.LIMIT: gettext_lazy("Limite"),
    Step.CONFIRMATION: gettext_lazy("Confirmation"),
    Step.VERIFICATION: gettext_lazy("Vérification"),
    Step.DELAY: gettext_lazy("Délai"),
    Step.WITHDRAWN: pgettext_lazy("reward", "Reprise"),
    Step.GRANTED: gettext_lazy("Récompense"),
}
_REFUSED_AT = {
    Refusal.UNKNOWN_CODE: Step.ATTRIBUTION,
    Refusal.OWN_CODE: Step.ATTRIBUTION,
    Refusal.SAME_PERSON: Step.ATTRIBUTION,
    Refusal.CIRCLE: Step.ATTRIBUTION,
    Refusal.ALREADY_BOUGHT: Step.EXCLUSION,
    Refusal.ALREADY_HAS_ACCOUNT: Step.EXCLUSION,
    Refusal.ALREADY_REFERRED: Step.EXCLUSION,
    Refusal.PROGRAMME_OFF: Step.PROGRAMME,
    Refusal.ORDER_TOO_SMALL: Step.MINIMUM,
    Refusal.SUSPICIOUS: Step.VERIFICATION,
    Refusal.SUPERSEDED: Step.CONFIRMATION,
}
_ENDED_AT = {
    ReferralState.REVERSED: Step.WITHDRAWN,
    ReferralState.CLOSED: Step.WITHDRAWN,
    ReferralState.HELD: Step.VERIFICATION,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The step that decided, and its sentence."""

    step: Step
    sentence: str

    def __str__(self) -> str:
        return self.sentence

    @property
    def label(self) -> str:
        return str(LABELS[self.step])

    @property
    def granted(self) -> bool:
        return self.step == Step.GRANTED


def with_parts(rows: QuerySet[Order]) -> QuerySet[Order]:
    """Orders with what `answer` reads, in a fixed number of queries."""
    stops = Decision.objects.filter(code__in=_STOPS).select_related(
        "profile", "referral__referrer", "referral__referee", "version", "order"
    )
    return rows.select_related("profile").prefetch_related(
        "referrals__rewards",
        "referrals__referrer",
        "referrals__referee",
        Prefetch("decisions", queryset=stops.order_by("decided_at", "id"), to_attr="stops"),
    )


def rules() -> list[ProgrammeVersion]:
    """Every version, the latest first: for `answer`, which looks for the one of an order's day."""
    return list(ProgrammeVersion.objects.order_by("-starts_at", "-number"))


def answer(order: Order, *, rules: Sequence[ProgrammeVersion]) -> Answer:
    """Why this order granted nothing, or what it granted. The order is one of `with_parts`."""
    if order.is_test:
        return Answer(Step.TEST, _("Commande de test : elle est reçue, et ne donne rien."))
    stops: list[Decision] = order.stops  # type: ignore[attr-defined]
    referral = referral_of(order.referrals.all())
    if referral is not None:
        return _of_referral(referral, order, stops)
    if stops:
        return Answer(Step.MINIMUM, explain(stops[-1]))
    version = next((row for row in rules if row.starts_at <= order.ordered_at), None)
    return _without_referral(order, version)


def _of_referral(referral: Referral, order: Order, stops: list[Decision]) -> Answer:
    words = outcome_of(order)
    state = ReferralState(referral.state)
    limit = next((row for row in stops if row.code == Code.YEARLY_LIMIT), None)
    if state == ReferralState.REFUSED:
        return Answer(_REFUSED_AT[Refusal(referral.refusal)], words)
    if state in _ENDED_AT:
        return Answer(_ENDED_AT[state], words)
    if limit is not None:
        return Answer(Step.LIMIT, explain(limit))
    if state == ReferralState.PENDING and order.state == OrderState.REPORTED:
        return Answer(Step.CONFIRMATION, words)
    return Answer(Step.DELAY if state == ReferralState.PENDING else Step.GRANTED, words)


def _without_referral(order: Order, version: ProgrammeVersion | None) -> Answer:
    if version is None:
        return Answer(
            Step.PROGRAMME,
            _("Votre programme n’était pas encore publié : aucune commande ne rapporte."),
        )
    if not version.active:
        return Answer(Step.PROGRAMME, _("Le parrainage était fermé ce jour-là."))
    earlier = order.profile.first_order_at
    if earlier is not None and earlier < order.ordered_at:
        return Answer(
            Step.EXCLUSION,
            _("Ce n’est pas une première commande, et rien ne la relie à un parrain."),
        )
    if version.qualifying != Qualifying.ORDER:
        return Answer(
            Step.FACT,
            _("Dans vos règles, c’est une première séance qui compte, pas une commande."),
        )
    return Answer(
        Step.ATTRIBUTION,
        _(
            "Rien ne relie cette commande à un parrain : aucun code saisi, aucun lien suivi avant"
            " l’achat, aucune invitation à cette adresse."
        ),
    )
