"""Saying yes or no to many held referrals at once (R43)."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from shell import formats
from tenants.features import Feature
from tenants.programme import verifying
from tenants.programme.bulk.shapes import Act, Call, Codes, each
from tenants.referrals.models import Referral, ReferralState

_DECIDED = "already_decided"


def _n(count: int) -> dict[str, object]:
    return {"n": formats.number(count)}


def _not_held(call: Call) -> Codes:
    held = Referral.objects.filter(id__in=call.ids, state=ReferralState.HELD)
    return dict.fromkeys(set(call.ids) - set(held.values_list("id", flat=True)), _DECIDED)


_COMMON = {
    "model": Referral,
    "nouns": (_("parrainage"), _("parrainages")),
    "back": lambda: reverse("programme:verifications"),
    "reasons": {_DECIDED: _("Déjà décidé")},
    "judge": _not_held,
    "feature": Feature.REFERRAL,
    "row_name": lambda row: row.referee.name,
    "row_url": lambda row: reverse("programme:referral", args=[row.public_id]),
}

ACCEPT = Act(
    key="referral-accept",
    verb=_("Accepter"),
    question=lambda n: (
        ngettext("Accepter %(n)s parrainage\u202f?", "Accepter %(n)s parrainages\u202f?", n) % _n(n)
    ),
    consequence=lambda _count: str(
        _("Leurs récompenses partent à la fin de leur délai, et chacun reçoit un e-mail.")
    ),
    done=lambda n: ngettext("%(n)s parrainage accepté", "%(n)s parrainages acceptés", n) % _n(n),
    apply=each(
        lambda number, call: verifying.accept(
            referral_id=number, author_id=call.author_id, now=call.now
        )
    ),
    **_COMMON,  # type: ignore[arg-type]  # each field's type stands in Act
)
REFUSE = Act(
    key="referral-refuse",
    verb=_("Refuser"),
    danger=True,
    question=lambda n: (
        ngettext("Refuser %(n)s parrainage\u202f?", "Refuser %(n)s parrainages\u202f?", n) % _n(n)
    ),
    consequence=lambda _count: str(
        _("Leurs récompenses en attente sont annulées. Personne n’est prévenu.")
    ),
    done=lambda n: ngettext("%(n)s parrainage refusé", "%(n)s parrainages refusés", n) % _n(n),
    apply=each(
        lambda number, call: verifying.refuse(
            referral_id=number, author_id=call.author_id, now=call.now
        )
    ),
    **_COMMON,  # type: ignore[arg-type]
)
