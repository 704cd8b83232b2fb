"""Joining and leaving the loyalty programme, many customers at once (SO-11)."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from shell import formats
from tenants.features import Feature
from tenants.loyalty import membership
from tenants.loyalty.membership import JoinedBy
from tenants.profiles.models import Profile
from tenants.programme.bulk.shapes import Act, Call, Codes

_MEMBER, _NOT_A_MEMBER, _GONE = "already_member", "not_a_member", "customer_gone"
_REASONS = {
    _MEMBER: _("Déjà membre"),
    _NOT_A_MEMBER: _("Pas membre"),
    _GONE: _("Fiche fusionnée ou effacée"),
}


def _n(count: int) -> dict[str, object]:
    return {"n": formats.number(count)}


def _gone(call: Call) -> Codes:
    there = Profile.objects.filter(
        id__in=call.ids, erased_at__isnull=True, merged_into__isnull=True
    ).values_list("id", flat=True)
    return dict.fromkeys(set(call.ids) - set(there), _GONE)


def _cannot_join(call: Call) -> Codes:
    members = membership.members_among(profile_ids=call.ids)
    return {**dict.fromkeys(members, _MEMBER), **_gone(call)}


def _cannot_leave(call: Call) -> Codes:
    members = membership.members_among(profile_ids=call.ids)
    return dict.fromkeys(set(call.ids) - members, _NOT_A_MEMBER)


def _join(call: Call) -> Codes:
    gone = _gone(call)
    wanted = [number for number in call.ids if number not in gone]
    membership.join_many(profile_ids=wanted, source=JoinedBy.MANUAL, now=call.now)
    return gone


def _leave(call: Call) -> Codes:
    membership.leave_many(profile_ids=call.ids, now=call.now)
    return {}


_COMMON = {
    "model": Profile,
    "nouns": (_("client"), _("clients")),
    "back": lambda: reverse("programme:members"),
    "reasons": _REASONS,
    "feature": Feature.LOYALTY,
    "row_name": lambda profile: profile.name,
    "row_url": lambda profile: reverse("programme:customer", args=[profile.public_id]),
}

JOIN = Act(
    key="loyalty-join",
    verb=_("Ajouter à la fidélité"),
    question=lambda n: (
        ngettext(
            "Ajouter %(n)s client au programme de fidélité\u202f?",
            "Ajouter %(n)s clients au programme de fidélité\u202f?",
            n,
        )
        % _n(n)
    ),
    consequence=lambda n: ngettext(
        "Ses prochains achats et séances lui rapporteront des points. Rien n’est envoyé.",
        "Leurs prochains achats et séances leur rapporteront des points. Rien n’est envoyé.",
        n,
    ),
    done=lambda n: (
        ngettext(
            "%(n)s client a rejoint le programme.", "%(n)s clients ont rejoint le programme.", n
        )
        % _n(n)
    ),
    judge=_cannot_join,
    apply=_join,
    **_COMMON,  # type: ignore[arg-type]
)
LEAVE = Act(
    key="loyalty-leave",
    verb=_("Retirer de la fidélité"),
    question=lambda n: (
        ngettext(
            "Retirer %(n)s client du programme de fidélité\u202f?",
            "Retirer %(n)s clients du programme de fidélité\u202f?",
            n,
        )
        % _n(n)
    ),
    consequence=lambda n: ngettext(
        "Ce qui est gagné reste gagné\u202f; la suite ne rapportera plus rien à ce client.",
        "Ce qui est gagné reste gagné\u202f; la suite ne rapportera plus rien à ces clients.",
        n,
    ),
    done=lambda n: (
        ngettext("%(n)s client a quitté le programme.", "%(n)s clients ont quitté le programme.", n)
        % _n(n)
    ),
    judge=_cannot_leave,
    apply=_leave,
    danger=True,
    **_COMMON,  # type: ignore[arg-type]
)
