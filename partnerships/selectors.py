"""Reading partnerships, always as one of their sides."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from accounts.models import Invitation, Membership, Role, User
from kernel.db import prepared_cursor
from partnerships.agreement import minor_contact
from partnerships.errors import UnknownPartnershipError
from partnerships.models import (
    OPEN_STATES,
    AgreementAcceptance,
    Partnership,
    Side,
    State,
)
from tenants.models import Tenant, TenantState


def may_share(*, partnership_id: uuid.UUID) -> bool:
    """Whether data may move now: active, and both accepted the version in force for it (D5)."""
    return partnership_id in sharing(partnership_ids=[partnership_id])


# What `_words_given` says, for the form of every participation.
_AGREED = """
    SELECT given.partnership_id, given.side, row.minor_id, COALESCE(minor.name, row.name),
        minor.policy_url
    FROM partnerships_agreementacceptance AS given
    JOIN partnerships_partnership AS row ON row.id = given.partnership_id
    LEFT JOIN public.tenants_tenant AS minor ON minor.id = row.minor_id
    WHERE row.id = ANY(%s) AND row.agreement = given.version AND row.terms = given.terms
        AND row.state = %s
"""


def agreed(*, partnership_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these partnerships whose agreement both sides accepted, and which are not over.

    A merchant that is suspended for a while has agreed all the same; see `sharing`.
    """
    return set(agreed_minors(partnership_ids=partnership_ids))


@dataclass(frozen=True, slots=True)
class Minor:
    """The minor of a partnership, as it calls itself now.

    `policy_url` is where it says that its policy is read, or "". While nobody has said which back
    office it is, `tenant_id` is None, and the name the one that the major typed.
    """

    tenant_id: uuid.UUID | None
    name: str
    policy_url: str


def agreed_minors(*, partnership_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Minor]:
    """The same, each with the minor's back office: whoever was named at first may be another."""
    with prepared_cursor() as cursor:
        cursor.execute(_AGREED, [list(partnership_ids), State.ACTIVE.value])
        rows = cursor.fetchall()
    known = {row[0]: Minor(row[2], row[3], row[4] or "") for row in rows}
    return {number: known[number] for number in _by_both(row[:2] for row in rows)}


def minors(*, partnership_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Minor]:
    """The minors of those of these partnerships that are not over, agreed or not."""
    rows = Partnership.objects.filter(id__in=list(partnership_ids), state__in=OPEN_STATES)
    found = rows.values_list("id", "minor_id", "name", "minor__name", "minor__policy_url")
    return {
        # A back office in the making has an id, and no name of its own.
        number: Minor(minor if own else None, own or typed, policy or "")
        for number, minor, typed, own, policy in found
    }


def contacts(*, partnership_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """How people reach the minors of those whose agreement is in force: as its text says it.

    An email address or a site's; "" where the brand has given neither.
    """
    ready = agreed(partnership_ids=partnership_ids)
    rows = Partnership.objects.filter(id__in=ready).select_related("minor") if ready else []
    told = {row.id: minor_contact(row) for row in rows}
    return {number: "" if "://" not in to and "@" not in to else to for number, to in told.items()}


def owes_policy(*, tenant_id: uuid.UUID) -> bool:
    """Whether an agreement that this merchant accepted has it say where its policy is read."""
    rows = Partnership.objects.filter(minor=tenant_id).exclude(state=State.ENDED)
    return rows.filter(Exists(_accepted().filter(side=Side.MINOR))).exists()


def sharing(*, partnership_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these partnerships in which data may move now, in one query.

    Both merchants have to be there, too: what was suspended or deleted stays outside (R20).
    """
    there = _words_given(partnership_ids).filter(
        partnership__major__state=TenantState.ACTIVE,
        partnership__minor__state=TenantState.ACTIVE,
    )
    return _accepted_by_both(there)


def _words_given(partnership_ids: Iterable[uuid.UUID]) -> QuerySet[AgreementAcceptance]:
    """The words given on the text in force of these, as far as they are active."""
    return AgreementAcceptance.objects.filter(
        partnership_id__in=list(partnership_ids),
        version=F("partnership__agreement"),
        terms=F("partnership__terms"),
        partnership__state=State.ACTIVE,
    )


def _accepted_by_both(words: QuerySet[AgreementAcceptance]) -> set[uuid.UUID]:
    return _by_both(words.values_list("partnership_id", "side"))


def _by_both(words: Iterable[tuple[uuid.UUID, str]]) -> set[uuid.UUID]:
    sides: dict[uuid.UUID, set[str]] = {}
    for partnership_id, side in words:
        sides.setdefault(partnership_id, set()).add(side)
    return {number for number, found in sides.items() if found == set(Side.values)}


def ended(*, partnership_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these partnerships that are over: nobody is asked for their sake any more."""
    rows = Partnership.objects.filter(id__in=list(partnership_ids), state=State.ENDED)
    return set(rows.values_list("id", flat=True))


def partnerships_of(*, tenant_id: uuid.UUID) -> QuerySet[Any]:
    """All partnerships that this merchant may know of, as it sees them.

    Each has `partner` (the other's name), `my_side`, `i_accepted` and `they_accepted`.

    A major sees those that it asked for from the first moment; a minor those that were proposed
    to it. While a person who owns a back office has not said which, its name is not told: the
    name that the major typed stands there.
    """
    mine = Q(major=tenant_id) | Q(minor=tenant_id) & ~Q(state=State.MAKING)
    return (
        Partnership.objects.filter(mine)
        .select_related("major", "minor")
        .annotate(
            partner=Case(
                When(major=tenant_id, then=Coalesce(F("minor__name"), F("name"))),
                default=F("major__name"),
                output_field=CharField(),
            ),
            my_side=Case(
                When(major=tenant_id, then=Value(Side.MAJOR.value)),
                default=Value(Side.MINOR.value),
                output_field=CharField(),
            ),
            i_accepted=Exists(_accepted().filter(tenant_id=tenant_id)),
            they_accepted=Exists(_accepted().exclude(tenant_id=tenant_id)),
        )
    )


def _accepted() -> QuerySet[AgreementAcceptance]:
    """The words given on the text in force of an outer partnership: its version, its parties."""
    return AgreementAcceptance.objects.filter(
        partnership=OuterRef("pk"), version=OuterRef("agreement"), terms=OuterRef("terms")
    )


def partnership(*, partnership_id: uuid.UUID, tenant_id: uuid.UUID) -> Partnership:
    """One of this merchant's partnerships; UnknownPartnershipError for any other (R23)."""
    found: Partnership | None = (
        partnerships_of(tenant_id=tenant_id).filter(id=partnership_id).first()
    )
    if found is None:
        raise UnknownPartnershipError
    return found


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner as an operation names it: `tenant_id` is None until there is a back office."""

    partnership_id: uuid.UUID
    public_id: str
    name: str
    tenant_id: uuid.UUID | None
    site_url: str
    may_share: bool
    # As the partner gives it in its own settings; "" until it has.
    policy_url: str = ""


def partners_to_choose(*, major_id: uuid.UUID) -> list[Partner]:
    """The minors that a merchant may name in a module: all that is open, by name."""
    rows = list(
        partnerships_of(tenant_id=major_id)
        .filter(major=major_id, state__in=OPEN_STATES)
        .order_by("partner", "id")
    )
    ready = sharing(partnership_ids=[row.id for row in rows])
    return [
        Partner(
            partnership_id=row.id,
            public_id=row.public_id,
            name=row.partner,
            tenant_id=row.minor_id,
            site_url=row.minor.site_url if row.minor else row.site_url,
            may_share=row.id in ready,
            policy_url=row.minor.policy_url if row.minor else "",
        )
        for row in rows
    ]


def acceptances(*, partnership: Partnership, tenant_id: uuid.UUID) -> list[Any]:
    """Who accepted what, as one side may read it: what counts first, the major before the minor.

    Each has `stands`: an earlier word, on a text that named somebody else, is kept and counts no
    more. Whoever is the minor now is shown none of those: they tell whom the major asked before.
    """
    stands = Q(version=partnership.agreement, terms=partnership.terms)
    rows = AgreementAcceptance.objects.filter(partnership=partnership).annotate(
        stands=Case(When(stands, then=True), default=False, output_field=BooleanField())
    )
    if tenant_id != partnership.major_id:
        rows = rows.filter(stands | Q(tenant_id=tenant_id))
    return list(rows.order_by("-stands", "side", "-accepted_at"))


def has_accepted(row: Partnership, *, side: Side) -> bool:
    """Whether this side accepted the text in force: this version, between these parties."""
    return AgreementAcceptance.objects.filter(
        partnership=row, side=side, version=row.agreement, terms=row.terms
    ).exists()


def had_accepted(row: Partnership, *, side: Side) -> bool:
    """Whether this side accepted some text of this partnership, the one in force or an earlier."""
    return AgreementAcceptance.objects.filter(partnership=row, side=side).exists()


def to_answer(*, tenant_id: uuid.UUID) -> int:
    """How many partnerships wait for this merchant's word on the agreement."""
    return int(waiting_for(tenant_id=tenant_id).count())


def waiting_for(*, tenant_id: uuid.UUID) -> QuerySet[Any]:
    """The partnerships that wait for this merchant's word, the latest first."""
    open_to_it = (State.PROPOSED, State.ACTIVE)  # the latter where two texts had been accepted
    rows = partnerships_of(tenant_id=tenant_id).filter(state__in=open_to_it, i_accepted=False)
    return rows.order_by("-created_at", "-id")


def majors_of(*, tenant_id: uuid.UUID) -> list[str]:
    """The names of those who share operations with this merchant."""
    rows = partnerships_of(tenant_id=tenant_id).filter(minor=tenant_id, state__in=OPEN_STATES)
    return sorted({row.major.name for row in rows})


def owners_of(*, tenant_id: uuid.UUID) -> list[User]:
    """The people who speak for a merchant."""
    rows = Membership.objects.select_related("user").filter(
        tenant_id=tenant_id, role=Role.OWNER, user__is_active=True
    )
    return [row.user for row in rows.order_by("user__email")]


def invited_as(*, invitation: Invitation) -> dict[str, str]:
    """The names that the major typed of whoever is to open this back office (PA-03)."""
    rows = Partnership.objects.filter(
        minor=invitation.tenant_id, contact_email__iexact=invitation.email
    )
    row = rows.exclude(state=State.ENDED).first()
    if row is None:
        return {}
    return {"first_name": row.contact_first_name, "last_name": row.contact_last_name}


def offices_owned_by(*, user_id: uuid.UUID) -> list[Tenant]:
    """The active back offices that a person owns, by name."""
    owned = Membership.objects.filter(user_id=user_id, role=Role.OWNER).values("tenant_id")
    return list(Tenant.objects.filter(id__in=owned, state=TenantState.ACTIVE).order_by("name"))
